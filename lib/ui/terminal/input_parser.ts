/** What came from the terminal: a key that a person pressed, or an answer to what was asked. */
export type TerminalInput =
  /** A character as typed, or the name of a key without one. */
  | { kind: "key"; key: string }
  /** A control sequence that is no key: `private` is `?`, `>` or none. */
  | { kind: "csi"; private: string; params: number[]; final: string }
  /** A control string, without what begins and ends it. */
  | { kind: "string"; type: "DCS" | "OSC" | "APC"; text: string };

/** Most characters of an answer that are looked at; terminals' answers have some dozens. */
export const MOST_ANSWER = 4096;

/** Control characters that are keys. */
const CONTROL_KEYS: Readonly<Record<string, string>> = {
  "\x03": "Ctrl-C",
  "\x04": "Ctrl-D",
  "\x0c": "Ctrl-L",
  "\r": "Enter",
  "\n": "Enter",
  "\x7f": "Backspace",
  "\b": "Backspace",
  "\t": "Tab",
};
/** Finals of CSI and SS3 that are keys (xterm, VT220 and Linux console). */
const FINAL_KEYS: Readonly<Record<string, string>> = {
  A: "Up",
  B: "Down",
  C: "Right",
  D: "Left",
  H: "Home",
  F: "End",
};
/** Numbers before `~` that are keys. */
const NUMBERED_KEYS: Readonly<Record<number, string>> = {
  1: "Home",
  4: "End",
  7: "Home",
  8: "End",
};

const INTRODUCERS: Readonly<Record<string, "DCS" | "OSC" | "APC">> = {
  P: "DCS",
  "]": "OSC",
  _: "APC",
};

/**
 * Reads keys and answers out of the bytes of a terminal. A lone ESC may be a key or the begin of
 * more: it waits until {@linkcode InputParser.flush} says that nothing follows.
 */
export class InputParser {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** Whether something has begun that may go on. */
  get waits(): boolean {
    return this.#rest !== "";
  }

  feed(bytes: Uint8Array): TerminalInput[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const found: TerminalInput[] = [];
    for (let taken = this.#take(found); taken > 0; taken = this.#take(found)) {
      this.#rest = this.#rest.slice(taken);
    }
    if (this.#rest.length > MOST_ANSWER) this.#rest = "";
    return found;
  }

  /** Nothing follows for now: what waits is a lone ESC, or worth nothing. */
  flush(): TerminalInput[] {
    const isEscape = this.#rest === "\x1b";
    // An answer under way is not cut: its tail would look like keys.
    // deno-lint-ignore no-control-regex
    if (isEscape || /^\x1b[[O]$/.test(this.#rest)) this.#rest = "";
    return isEscape ? [{ kind: "key", key: "Escape" }] : [];
  }

  /** Takes one input off the rest. @returns how many characters it was, 0 for not yet */
  #take(found: TerminalInput[]): number {
    const rest = this.#rest;
    if (rest === "") return 0;
    if (rest[0] !== "\x1b") {
      const character = String.fromCodePoint(rest.codePointAt(0)!);
      const key = CONTROL_KEYS[character] ?? character;
      found.push({ kind: "key", key });
      return character.length;
    }
    if (rest.length === 1) return 0;
    if (rest[1] === "[") return takeCsi(rest, found);
    if (rest[1] === "O") return takeSs3(rest, found);
    const type = INTRODUCERS[rest[1]!];
    if (type !== undefined) return takeString(rest, type, found);
    found.push({ kind: "key", key: "Escape" });
    return 1;
  }
}

/** ECMA-48, section 5.4: parameters, intermediates, and a final. */
function takeCsi(rest: string, found: TerminalInput[]): number {
  // deno-lint-ignore no-control-regex
  const match = /^\x1b\[([<-?]?)([0-9:;]*)([ -/]*)([@-~])/.exec(rest);
  if (match === null) {
    // What can never become one is thrown away up to where it went wrong.
    // deno-lint-ignore no-control-regex
    const begun = /^\x1b\[[0-?]*[ -/]*/.exec(rest)![0].length;
    return begun === rest.length ? 0 : begun;
  }
  const [all, mark, numbers, intermediate, final] = match as unknown as string[];
  const params = numbers === "" ? [] : numbers!.split(";").map((text) => parseInt(text) || 0);
  const key = final === "~" ? NUMBERED_KEYS[params[0] ?? 0] : FINAL_KEYS[final!];
  if (mark === "" && intermediate === "" && key !== undefined) found.push({ kind: "key", key });
  else found.push({ kind: "csi", private: mark!, params, final: intermediate! + final! });
  return all!.length;
}

/** SS3: cursor keys in application mode. */
function takeSs3(rest: string, found: TerminalInput[]): number {
  if (rest.length < 3) return 0;
  const key = FINAL_KEYS[rest[2]!];
  if (key !== undefined) found.push({ kind: "key", key });
  return 3;
}

function takeString(
  rest: string,
  type: "DCS" | "OSC" | "APC",
  found: TerminalInput[],
): number {
  // deno-lint-ignore no-control-regex
  const end = /\x1b\\|\x07/.exec(rest);
  if (end === null) return 0;
  const text = rest.slice(2, end.index);
  if (text.length <= MOST_ANSWER) found.push({ kind: "string", type, text });
  return end.index + end[0].length;
}
