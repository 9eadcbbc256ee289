/** How a terminal shows words; each function returns the text with what turns it on and off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

/** ECMA-48 "select graphic rendition". */
function rendition(on: number, off: number): (text: string) => string {
  return (text) => text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
}

const COLOURED: Style = {
  bold: rendition(1, 22),
  dim: rendition(2, 22),
  red: rendition(31, 39),
  yellow: rendition(33, 39),
  green: rendition(32, 39),
  cyan: rendition(36, 39),
};

const asIs = (text: string): string => text;

/** Text and nothing else. */
export const PLAIN: Style = {
  bold: asIs,
  dim: asIs,
  red: asIs,
  yellow: asIs,
  green: asIs,
  cyan: asIs,
};

export function styleFor(colour: boolean): Style {
  return colour ? COLOURED : PLAIN;
}
