import type { Clock } from "../../net/clock.ts";
import type { PictureSize } from "../../media/transcode/picture_size.ts";
import { APC, CSI, DCS, PLAIN, ST } from "./control_codes.ts";
import type { ColourDepth } from "./half_blocks.ts";
import type { TerminalInput } from "./input_parser.ts";

/** How a picture gets onto the screen. */
export type Graphics = "kitty" | "iterm" | "sixel" | "blocks";

/** What a terminal can do, as far as it says. */
export interface Capabilities {
  graphics: Graphics;
  /** Of half-blocks and of the status line. */
  colours: ColourDepth;
  /** Pixels of a character cell; undefined where the terminal does not tell. */
  cell: PictureSize | undefined;
  /** Whether it answers when it is asked for its status: it tells when it has drawn a picture. */
  answers: boolean;
  /** What it calls itself; empty where it does not. */
  name: string;
}

/** What the person's environment says of the terminal; absent where there is no such variable. */
export interface TerminalEnvironment {
  TERM?: string | undefined;
  COLORTERM?: string | undefined;
  TERM_PROGRAM?: string | undefined;
  NO_COLOR?: string | undefined;
}

/** How a terminal is asked. */
export interface Conversation {
  clock: Clock;
  write(bytes: Uint8Array): Promise<void>;
  /** @param take is given everything that comes from the terminal @returns what ends it */
  listen(take: (input: TerminalInput) => void): () => void;
}

/** How long a terminal may take for an answer, in ms: it may be at the other end of the world. */
const PATIENCE_MS = 1500;

/** XTVERSION: the terminal's name and version. */
const ASK_NAME = `${CSI}>q`;
/** DA1: what every terminal answers, so that what has not been answered before it never will. */
const ASK_ATTRIBUTES = `${CSI}c`;
/** xterm's window manipulation 16: the size of a cell in pixels. */
const ASK_CELL = `${CSI}16t`;
/** A colour that nobody uses, and DECRQSS for the rendition in force: it says what became of it. */
const PROBE_COLOUR = [3, 5, 7] as const;
const ASK_COLOUR = `${CSI}48;2;${PROBE_COLOUR.join(";")}m${DCS}$qm${ST}${PLAIN}`;
/** A picture of one pixel that is not to be kept. */
const ASK_KITTY = `${APC}Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA${ST}`;

/** The attribute of DA1 that says sixels. */
const SIXEL_ATTRIBUTE = 4;
/** These sit between us and the person's terminal; they would take Kitty's query for a title. */
const MULTIPLEXERS = /^(tmux|screen|zellij)/i;
/** These draw JPEG files themselves. */
const INLINE_IMAGES = /^(iTerm2|WezTerm)/i;
/** These show any colour, or the nearest that the terminal around them can show. */
const ANY_COLOUR = /^(tmux|kitty|WezTerm|iTerm2|ghostty|foot|contour|konsole|XTerm|VTE|mintty)/i;

/** Answers so far. */
interface Answers {
  name?: string;
  attributes?: readonly number[];
  cell?: PictureSize;
  colour?: string;
  kitty?: boolean;
}

/** Asks the terminal what it can do; what it does not say, the environment may. */
export async function askTerminal(
  conversation: Conversation,
  environment: TerminalEnvironment,
): Promise<Capabilities> {
  const answers: Answers = {};
  const first = await ask(conversation, `${ASK_NAME}${ASK_ATTRIBUTES}`, answers);
  const isMultiplexer = MULTIPLEXERS.test(answers.name ?? "");
  if (first && answers.name !== undefined) {
    const kitty = isMultiplexer ? "" : ASK_KITTY;
    await ask(conversation, `${ASK_CELL}${ASK_COLOUR}${kitty}${ASK_ATTRIBUTES}`, answers);
  } else if (first) await ask(conversation, `${ASK_CELL}${ASK_ATTRIBUTES}`, answers);
  return judge(answers, first, environment);
}

/** What is known of a terminal that cannot be asked. */
export function unasked(environment: TerminalEnvironment): Capabilities {
  return judge({}, false, environment);
}

/** @returns whether the attributes were told before patience ended */
function ask(conversation: Conversation, text: string, answers: Answers): Promise<boolean> {
  delete answers.attributes;
  return new Promise((resolve, reject) => {
    const finish = (isAnswered: boolean): void => {
      timer.cancel();
      end();
      resolve(isAnswered);
    };
    const timer = conversation.clock.setTimer(PATIENCE_MS, () => finish(false));
    const end = conversation.listen((input) => {
      note(input, answers);
      if (answers.attributes !== undefined) finish(true);
    });
    conversation.write(new TextEncoder().encode(text)).catch((error) => {
      timer.cancel();
      end();
      reject(error);
    });
  });
}

function note(input: TerminalInput, answers: Answers): void {
  if (input.kind === "csi") {
    const { params, final } = input;
    if (input.private === "?" && final === "c") answers.attributes = params;
    if (input.private === "" && final === "t" && params[0] === 6) {
      const [, height = 0, width = 0] = params;
      if (width > 0 && height > 0) answers.cell = { width, height };
    }
  }
  if (input.kind !== "string") return;
  if (input.type === "DCS" && input.text.startsWith(">|")) answers.name = input.text.slice(2);
  if (input.type === "DCS" && /^1\$r/.test(input.text)) answers.colour = input.text;
  if (input.type === "APC" && input.text.startsWith("G")) {
    answers.kitty = /;OK$/.test(input.text);
  }
}

function judge(
  answers: Answers,
  isAnswered: boolean,
  environment: TerminalEnvironment,
): Capabilities {
  const name = answers.name ?? "";
  const colours = coloursOf(answers, environment);
  return {
    // Who wants no colour wants no coloured pictures either, unless asked for by name.
    graphics: colours === "none" ? "blocks" : graphicsOf(answers, environment),
    colours,
    cell: answers.cell,
    answers: isAnswered,
    name,
  };
}

function graphicsOf(answers: Answers, { TERM_PROGRAM = "" }: TerminalEnvironment): Graphics {
  const { name = "" } = answers;
  if (INLINE_IMAGES.test(name)) return "iterm";
  // Inside a multiplexer the variable tells of the terminal around it.
  if (name === "" && /^iTerm\.app$/.test(TERM_PROGRAM)) return "iterm";
  if (answers.kitty) return "kitty";
  if (answers.attributes?.slice(1).includes(SIXEL_ATTRIBUTE)) return "sixel";
  return "blocks";
}

function coloursOf(answers: Answers, environment: TerminalEnvironment): ColourDepth {
  if ((environment.NO_COLOR ?? "") !== "") return "none";
  if (/^(truecolor|24bit)$/i.test(environment.COLORTERM ?? "")) return "true";
  if (/-direct/.test(environment.TERM ?? "")) return "true";
  const told = answers.colour?.match(/48[:;]2[:;]+(?:1[:;])?(\d+)[:;](\d+)[:;](\d+)/);
  if (told?.slice(1).every((part, i) => Number(part) === PROBE_COLOUR[i])) return "true";
  return ANY_COLOUR.test(answers.name ?? "") ? "true" : "256";
}

/** How many ms a terminal may take to draw before the next picture comes all the same. */
export const DRAWING_PATIENCE_MS = 2000;

/** Whether an input says that the terminal has come to where {@linkcode ASK_STATUS} stood. */
export function isStatus(input: TerminalInput): boolean {
  return input.kind === "csi" && input.private === "" && input.final === "n" &&
    input.params.length === 1 && (input.params[0] === 0 || input.params[0] === 3);
}
