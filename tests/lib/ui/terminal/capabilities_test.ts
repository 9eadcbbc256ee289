// deno-lint-ignore-file no-control-regex
import {
  askTerminal,
  type Capabilities,
  type TerminalEnvironment,
  unasked,
} from "../../../../lib/ui/terminal/capabilities.ts";
import { InputParser, type TerminalInput } from "../../../../lib/ui/terminal/input_parser.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { ascii } from "../../../support/split.ts";

const NAME = "\x1b[>q", ATTRIBUTES = "\x1b[c", CELL = "\x1b[16t", COLOUR = "\x1bP$qm\x1b\\";
const KITTY = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\";

/** A terminal that answers what it knows, in the order it is asked. */
async function told(
  answers: Record<string, string>,
  environment: TerminalEnvironment = {},
): Promise<Capabilities & { asked: string }> {
  const clock = new FakeClock();
  const listeners = new Set<(input: TerminalInput) => void>();
  const parser = new InputParser();
  let asked = "";
  const asking = askTerminal({
    clock,
    listen: (take) => {
      listeners.add(take);
      return () => listeners.delete(take);
    },
    write: (bytes) => {
      const text = new TextDecoder().decode(bytes);
      asked += text;
      const found = Object.keys(answers).filter((question) => text.includes(question));
      found.sort((a, b) => text.indexOf(a) - text.indexOf(b));
      for (const question of found) {
        for (const input of parser.feed(ascii(answers[question]!))) {
          for (const take of [...listeners]) take(input);
        }
      }
      return Promise.resolve();
    },
  }, environment);
  await clock.advance(10_000);
  const capabilities = await asking;
  assertEquals(listeners.size, 0);
  assertEquals(clock.pending, 0);
  return { ...capabilities, asked };
}

const TERMINALS: readonly [
  name: string,
  answers: Record<string, string>,
  graphics: string,
  colours: string,
][] = [
  [
    "kitty",
    {
      [NAME]: "\x1bP>|kitty(0.35.2)\x1b\\",
      [ATTRIBUTES]: "\x1b[?62;52;c",
      [CELL]: "\x1b[6;20;10t",
      [COLOUR]: "\x1bP1$r0;48:2:3:5:7m\x1b\\",
      [KITTY]: "\x1b_Gi=31;OK\x1b\\",
    },
    "kitty",
    "true",
  ],
  [
    "WezTerm, which draws JPEG itself",
    {
      [NAME]: "\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\",
      [ATTRIBUTES]: "\x1b[?65;4;6;18;22c",
      [KITTY]: "\x1b_Gi=31;OK\x1b\\",
    },
    "iterm",
    "true",
  ],
  [
    "iTerm2",
    {
      [NAME]: "\x1bP>|iTerm2 3.5.2\x1b\\",
      [ATTRIBUTES]: "\x1b[?62;4c",
    },
    "iterm",
    "true",
  ],
  [
    "foot",
    {
      [NAME]: "\x1bP>|foot(1.16.2)\x1b\\",
      [ATTRIBUTES]: "\x1b[?62;4;22c",
    },
    "sixel",
    "true",
  ],
  [
    "xterm as VT340",
    {
      [NAME]: "\x1bP>|XTerm(379)\x1b\\",
      [ATTRIBUTES]: "\x1b[?63;1;2;4;6;9;15;22c",
    },
    "sixel",
    "true",
  ],
  [
    "VTE",
    {
      [NAME]: "\x1bP>|VTE(7600)\x1b\\",
      [ATTRIBUTES]: "\x1b[?65;1;9c",
      [KITTY]: "",
    },
    "blocks",
    "true",
  ],
  [
    "tmux",
    {
      [NAME]: "\x1bP>|tmux 3.3a\x1b\\",
      [ATTRIBUTES]: "\x1b[?1;2c",
    },
    "blocks",
    "true",
  ],
  [
    "one without a name that says what became of a colour",
    {
      [NAME]: "\x1bP>|unheard of\x1b\\",
      [ATTRIBUTES]: "\x1b[?64;4c",
      [COLOUR]: "\x1bP1$r0;48;2;3;5;7m\x1b\\",
    },
    "sixel",
    "true",
  ],
  [
    "one that turned the colour into one of 256",
    {
      [NAME]: "\x1bP>|unheard of\x1b\\",
      [ATTRIBUTES]: "\x1b[?64c",
      [COLOUR]: "\x1bP1$r0;48;5;16m\x1b\\",
      [KITTY]: "\x1b_Gi=31;ENOTSUPPORTED\x1b\\",
    },
    "blocks",
    "256",
  ],
  ["a VT102, whose only attribute is 6", { [ATTRIBUTES]: "\x1b[?6c" }, "blocks", "256"],
  ["one whose class is 4 and has no sixels", { [ATTRIBUTES]: "\x1b[?4;6c" }, "blocks", "256"],
];

for (const [name, answers, graphics, colours] of TERMINALS) {
  Deno.test(`what a terminal says decides how pictures are drawn: ${name}`, async () => {
    const capabilities = await told(answers);
    assertEquals([capabilities.graphics, capabilities.colours], [graphics, colours]);
    assertEquals(capabilities.answers, true);
    const cell = CELL in answers ? { width: 10, height: 20 } : undefined;
    assertEquals(capabilities.cell, cell);
  });
}

Deno.test("Kitty's question is put neither to multiplexers nor to who has no name", async () => {
  const tmux = await told({ [NAME]: "\x1bP>|tmux 3.3a\x1b\\", [ATTRIBUTES]: "\x1b[?1;2c" });
  assert(!tmux.asked.includes("\x1b_"), "tmux would make it the window's title");
  const console = await told({ [ATTRIBUTES]: "\x1b[?6c" });
  assert(!/\x1b[_P]/.test(console.asked), "old ones would print control strings");
});

Deno.test("a terminal that does not answer is not waited for long, and gets half-blocks", async () => {
  const { graphics, colours, answers, asked } = await told({});
  assertEquals([graphics, colours, answers], ["blocks", "256", false]);
  assertEquals(asked, "\x1b[>q\x1b[c", "nothing more is asked");
});

Deno.test("the environment tells of colours, and NO_COLOR wins", () => {
  const cases: [TerminalEnvironment, string, string][] = [
    [{}, "blocks", "256"],
    [{ COLORTERM: "truecolor" }, "blocks", "true"],
    [{ COLORTERM: "24bit" }, "blocks", "true"],
    [{ TERM: "xterm-direct" }, "blocks", "true"],
    [{ TERM: "xterm-256color", COLORTERM: "" }, "blocks", "256"],
    [{ COLORTERM: "truecolor", NO_COLOR: "1" }, "blocks", "none"],
    [{ COLORTERM: "truecolor", NO_COLOR: "" }, "blocks", "true"],
    [{ TERM_PROGRAM: "iTerm.app", COLORTERM: "truecolor" }, "iterm", "true"],
    [{ TERM_PROGRAM: "iTerm.app", NO_COLOR: "1" }, "blocks", "none"],
  ];
  for (const [environment, graphics, colours] of cases) {
    const told = unasked(environment);
    assertEquals([told.graphics, told.colours], [graphics, colours], JSON.stringify(environment));
    assertEquals(told.answers, false);
  }
});
