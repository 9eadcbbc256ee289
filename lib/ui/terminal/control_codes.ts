/** Control functions of ECMA-48 and of DEC and xterm, as this program sends them. */
export const ESC = "\x1b";
export const CSI = "\x1b[";
export const DCS = "\x1bP";
export const OSC = "\x1b]";
export const APC = "\x1b_";
/** Ends DCS, OSC and APC. */
export const ST = "\x1b\\";
export const BEL = "\x07";

/** Leaves what the person had on the screen as it is, below ours (xterm's private mode 1049). */
export const ENTER_SCREEN = `${CSI}?1049h`;
export const LEAVE_SCREEN = `${CSI}?1049l`;
export const HIDE_CURSOR = `${CSI}?25l`;
export const SHOW_CURSOR = `${CSI}?25h`;
/** Text at the right edge stays there (DECAWM reset), so that no line ever scrolls the screen. */
export const NO_WRAP = `${CSI}?7l`;
export const WRAP = `${CSI}?7h`;
/** What follows is shown all at once (synchronized output, DEC private mode 2026). */
export const BEGIN_UPDATE = `${CSI}?2026h`;
export const END_UPDATE = `${CSI}?2026l`;
export const PLAIN = `${CSI}0m`;
export const ERASE_SCREEN = `${CSI}2J`;
export const ERASE_TO_END_OF_LINE = `${CSI}K`;
/** Device status report: the terminal answers when it has come so far (ECMA-48, DSR 5). */
export const ASK_STATUS = `${CSI}5n`;
