import fc from "fast-check";
import {
  InputParser,
  MOST_ANSWER,
  type TerminalInput,
} from "../../../../lib/ui/terminal/input_parser.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { ascii, everySplit } from "../../../support/split.ts";

const key = (name: string): TerminalInput => ({ kind: "key", key: name });
const csi = (mark: string, params: number[], final: string): TerminalInput => {
  return { kind: "csi", private: mark, params, final };
};

const GOLDEN: readonly [what: string, bytes: string, inputs: TerminalInput[]][] = [
  ["letters and signs", "sP +0", ["s", "P", " ", "+", "0"].map(key)],
  ["a letter beyond ASCII", "é", [key("é")]],
  ["control characters", "\x03\x04\r\x0c", ["Ctrl-C", "Ctrl-D", "Enter", "Ctrl-L"].map(key)],
  ["cursor keys, normal", "\x1b[D\x1b[C\x1b[H", ["Left", "Right", "Home"].map(key)],
  ["cursor keys, application", "\x1bOD\x1bOC\x1bOH", ["Left", "Right", "Home"].map(key)],
  ["Home of VT220 and of rxvt", "\x1b[1~\x1b[7~", ["Home", "Home"].map(key)],
  ["a key with a modifier", "\x1b[1;5D", [key("Left")]],
  ["a key that is of no use", "\x1b[3~q", [csi("", [3], "~"), key("q")]],
  ["primary attributes", "\x1b[?62;4;22c", [csi("?", [62, 4, 22], "c")]],
  ["the size of a cell", "\x1b[6;16;8t", [csi("", [6, 16, 8], "t")]],
  ["a status", "\x1b[0n", [csi("", [0], "n")]],
  ["a mode's state", "\x1b[?2026;2$y", [csi("?", [2026, 2], "$y")]],
  [
    "a name",
    "\x1bP>|tmux 3.3a\x1b\\u",
    [{ kind: "string", type: "DCS", text: ">|tmux 3.3a" }, key("u")],
  ],
  ["Kitty's word", "\x1b_Gi=31;OK\x1b\\", [{ kind: "string", type: "APC", text: "Gi=31;OK" }]],
  ["a colour, ended by BEL", "\x1b]11;rgb:0/0/0\x07", [
    { kind: "string", type: "OSC", text: "11;rgb:0/0/0" },
  ]],
  ["Alt and a letter", "\x1bq", [key("Escape"), key("q")]],
  ["Escape twice, and a cursor key", "\x1b\x1b[C", [key("Escape"), key("Right")]],
  ["a broken sequence", "\x1b[5\x03q", [key("Ctrl-C"), key("q")]],
];

for (const [what, text, inputs] of GOLDEN) {
  Deno.test(`keys and answers, cut anywhere: ${what}`, () => {
    everySplit(new TextEncoder().encode(text), (pieces, cut) => {
      const parser = new InputParser();
      assertEquals(pieces.flatMap((piece) => parser.feed(piece)), inputs, cut);
      assert(!parser.waits, cut);
    });
  });
}

Deno.test("a lone ESC is the key once nothing follows", () => {
  const parser = new InputParser();
  assertEquals(parser.feed(ascii("\x1b")), []);
  assert(parser.waits);
  assertEquals(parser.flush(), [key("Escape")]);
  assertEquals(parser.feed(ascii("[C")), [key("["), key("C")]);
});

Deno.test("an answer that is slow on the way is not taken for keys", () => {
  const parser = new InputParser();
  assertEquals(parser.feed(ascii("\x1b[?62;")), []);
  assertEquals(parser.flush(), []);
  assertEquals(parser.feed(ascii("4c")), [csi("?", [62, 4], "c")]);
});

Deno.test("an answer may be so long and no longer", () => {
  const string = (length: number): Uint8Array<ArrayBuffer> => {
    return ascii(`\x1bP${"x".repeat(length)}\x1b\\`);
  };
  const atLimit = new InputParser().feed(string(MOST_ANSWER));
  assertEquals(atLimit.length, 1);
  assertEquals(new InputParser().feed(string(MOST_ANSWER + 1)), []);
  const endless = new InputParser();
  endless.feed(ascii(`\x1bP${"x".repeat(MOST_ANSWER)}`));
  assert(!endless.waits, "what does not end is not kept");
});

Deno.test("whatever comes, the parser takes it and cuts make no difference", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(
      fc.constantFrom("\x1b", "[", "]", "P", "_", "?", "1", ";", "c", "\\", "\x07", "O", "q"),
    )
      .map((parts) => ascii(parts.join(""))),
  );
  fc.assert(fc.property(bytes, fc.nat(60), (input, at) => {
    const whole = new InputParser().feed(input);
    const parser = new InputParser();
    const cut = [...parser.feed(input.slice(0, at)), ...parser.feed(input.slice(at))];
    assertEquals(cut, whole);
    for (const found of whole) assert(["key", "csi", "string"].includes(found.kind));
  }));
});
