// deno-lint-ignore-file no-control-regex
// Keys, lines of text, and where they stand.
import fc from "fast-check";
import { NO_NUMBERS, type PlayerSnapshot } from "../../../../lib/ui/player/snapshot.ts";
import { commandOf, nextSpeed } from "../../../../lib/ui/terminal/keys.ts";
import { layoutOf } from "../../../../lib/ui/terminal/layout.ts";
import { messageLines } from "../../../../lib/ui/terminal/message_box.ts";
import { Notices } from "../../../../lib/ui/terminal/notices.ts";
import {
  keysLine,
  progressLine,
  statusLine,
  timeText,
  titleLine,
} from "../../../../lib/ui/terminal/status_lines.ts";
import { TerminalBytes } from "../../../../lib/ui/terminal/terminal_bytes.ts";
import {
  cellsOf,
  cellsOfAll,
  cut,
  type Span,
  span,
  wrap,
  writeLine,
} from "../../../../lib/ui/terminal/text.ts";
import { finding } from "../../../../lib/inspect/finding.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

const NOTHING = {
  setup: false,
  play: false,
  pause: false,
  restart: false,
  backward: false,
  forward: false,
  teardown: false,
};

/** A lab stream in mid-play. */
const PLAYING: PlayerSnapshot = {
  name: "localhost:5678/movie.Mjpeg",
  form: undefined,
  commandLine: "",
  state: "Playing",
  busy: undefined,
  ended: false,
  allowed: { ...NOTHING, pause: true, restart: true, teardown: true },
  missing: {},
  failure: undefined,
  notice: undefined,
  retry: undefined,
  reconnects: 0,
  transport: "udp",
  dialect: "lab",
  encoding: "JPEG",
  frame: 42,
  frames: 500,
  elapsed: 2.1,
  duration: 25,
  seekable: false,
  scale: 1,
  scalable: false,
  numbers: { ...NO_NUMBERS, frames: 42, packets: 42, fps: 20.04, bitsPerSecond: 1_234_567 },
  findings: [],
};
const READINGS = { frame: undefined, sample: undefined };

const words = (spans: readonly Span[]): string => spans.map(({ text }) => text).join("");

Deno.test("the status line tells state, frames, rates, loss, transport and dialect", () => {
  assertEquals(
    words(statusLine(PLAYING, READINGS, 100)),
    " ▶ Playing   FRAMES  42 / 500   20.0 fps   no loss   1.23 Mbit/s   UDP   course lab",
  );
  const lossy = { ...PLAYING.numbers, lost: 3, packets: 297 };
  const sample = { time: 0, fps: 19.4, bitsPerSecond: 95_500, jitterMs: 0, lossPercent: 0 };
  assertEquals(
    words(statusLine(
      { ...PLAYING, numbers: lossy, scale: -2, dialect: "rtsp", transport: "tcp" },
      { frame: 40, sample },
      100,
    )),
    " ▶ Playing   FRAMES  40 / 500   19.4 fps   3 lost (1.0 %)   −2×   95.5 kbit/s   TCP   RTSP",
  );
  assertEquals(
    words(statusLine({ ...PLAYING, state: "Init", busy: "setup", frame: undefined }, READINGS, 46)),
    " … Setting up   FRAMES   – / 500   20.0 fps",
  );
});

Deno.test("before anything came nothing is said of it", () => {
  const before = { ...PLAYING, numbers: NO_NUMBERS, transport: undefined, dialect: undefined };
  const none = { frame: undefined, frames: undefined, elapsed: undefined, duration: undefined };
  const snapshot = { ...before, ...none, state: "Init" } as const;
  assertEquals(words(statusLine(snapshot, READINGS, 100)), " ■ Init   FRAMES   – / –");
  assertEquals(progressLine(snapshot, 100), []);
});

Deno.test("the title has the state machine with its state lit, or the name alone", () => {
  const title = titleLine(PLAYING, 60);
  assertEquals(words(title), " localhost:5678/movie.Mjpeg          Init ─ Ready ─ Playing ");
  assertEquals(title.filter(({ look }) => look === "reverse").map(({ text }) => text), [
    " Playing ",
  ]);
  assertEquals(words(titleLine(PLAYING, 30)), "localhost:5678/movie.Mjpeg");
});

Deno.test("the bar is as long as what has been played", () => {
  assertEquals(
    words(progressLine({ ...PLAYING, elapsed: 12.5 }, 32)),
    ` 0:12 ${"━".repeat(10)}${"─".repeat(10)} 0:25 `,
  );
  assertEquals(
    words(progressLine({ ...PLAYING, ended: true }, 32)),
    ` 0:25 ${"━".repeat(20)} 0:25 `,
  );
  assertEquals(words(progressLine({ ...PLAYING, duration: undefined }, 32)), " 0:02 ");
  assertEquals([0, 59.9, 60, 3725, undefined].map(timeText), [
    "0:00",
    "0:59",
    "1:00",
    "1:02:05",
    "–:––",
  ]);
});

Deno.test("keys that work are lit; where room is short those that matter least go", () => {
  const lit = (spans: readonly Span[]): string[] => {
    return spans.filter(({ look }) => look === "bold").map(({ text }) => text.trim());
  };
  assertEquals(lit(keysLine(PLAYING, 200)), ["space", "u", "r", "t", "q"]);
  assertEquals(words(keysLine(PLAYING, 40)), " space pause  s setup  q quit");
  assertEquals(words(keysLine(PLAYING, 24)), " space pause  q quit");
  const failure = { kind: "cut", title: "x", text: "x", hint: "x" } as const;
  assertEquals(words(keysLine({ ...PLAYING, failure }, 80)), " r try again   q quit");
});

Deno.test("what went wrong stands in plain words, with what to do", () => {
  const failure = {
    kind: "unreachable",
    title: "No server there",
    text: "Cannot reach localhost:5678: connection refused.",
    hint: "Check the address and the port, and that the server is running.",
  } as const;
  assertEquals(messageLines({ ...PLAYING, failure }, 80, 0).map(words), [
    "No server there",
    "",
    "Cannot reach localhost:5678: connection refused.",
    "Check the address and the port, and that the server is running.",
    "",
    "r to try again   q to quit",
  ]);
  for (const line of messageLines({ ...PLAYING, failure }, 20, 0)) {
    assert(cellsOfAll(line) <= 26, words(line));
  }
});

Deno.test("a stream that is asked for again says when, and which keys do what", () => {
  const failure = { kind: "cut", title: "It broke off", text: "Nothing came.", hint: "x" } as const;
  const at = (when: number | null, attempt: number): string[] => {
    const lost = { ...PLAYING, failure, retry: { attempt, at: when } };
    return messageLines(lost, 80, 1000).map(words);
  };
  assertEquals(at(4001, 1), [
    "It broke off",
    "",
    "Nothing came.",
    "Trying again in 4 s.",
    "",
    "r to try now   t to stop trying   q to quit",
  ]);
  assertEquals(at(900, 3)[3], "Trying again in 0 s (attempt 3).");
  assertEquals(at(null, 3)[3], "Trying again (attempt 3) …");
  const retry = { attempt: 1, at: 0 };
  assertEquals(
    words(keysLine({ ...PLAYING, failure, retry }, 80)),
    " r try now   t stop trying   q quit",
  );
});

Deno.test("no line is wider than the screen, whatever the numbers", () => {
  const huge = { ...PLAYING, frame: 123_456_789, frames: 987_654_321, name: "名前".repeat(40) };
  fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), (columns) => {
    for (const snapshot of [PLAYING, huge]) {
      const lines = [
        titleLine(snapshot, columns),
        progressLine(snapshot, columns),
        statusLine(snapshot, READINGS, columns),
        keysLine(snapshot, columns),
      ];
      for (const line of lines) {
        const out = new TerminalBytes();
        writeLine(out, line, { row: 0, columns, colours: "none" });
        const shown = new TextDecoder().decode(out.gathered).replace(/\x1b\[[0-9;]*[A-Za-z]/g, "");
        assert(cellsOf(shown) <= columns, `${columns}: ${shown}`);
      }
    }
  }));
});

Deno.test("what a server wrote cannot steer the terminal", () => {
  const evil = "a\x1b[2Jb\x07c\u009b31md\r\ne\u202ef\u2028g";
  assertEquals(span(evil).text, "a�[2Jb�c�31md��e�f�g");
  const out = new TerminalBytes();
  writeLine(out, titleLine({ ...PLAYING, name: evil }, 80), {
    row: 0,
    columns: 80,
    colours: "true",
  });
  assert(!/\x1b\[2J|\x07|\u009b|\r|\n/.test(new TextDecoder().decode(out.gathered)));
});

Deno.test("texts are cut and wrapped by the cells they take", () => {
  assertEquals(cut("abcdef", 4), "abc…");
  assertEquals(cut("abcd", 4), "abcd");
  assertEquals(cut("名前名前", 5), "名前…");
  assertEquals(cut("abc", 0), "");
  assertEquals([cellsOf("e\u0301"), cellsOf("名"), cellsOf("▶")], [1, 2, 1]);
  assertEquals(wrap("one two three", 7), ["one two", "three"]);
  assertEquals(wrap("incomprehensible", 6), ["incom…"]);
});

Deno.test("without colour words are bold or dim at most", () => {
  const line = (colours: "none" | "true"): string => {
    const out = new TerminalBytes();
    writeLine(out, [span("a", "green"), span("b", "cyan")], { row: 1, columns: 9, colours });
    return new TextDecoder().decode(out.gathered);
  };
  assertEquals(line("none"), "\x1b[2;1H\x1b[1ma\x1b[0mb\x1b[K");
  assertEquals(line("true"), "\x1b[2;1H\x1b[1;32ma\x1b[0m\x1b[36mb\x1b[0m\x1b[K");
});

Deno.test("a new finding stands for a while, and a hint in place of it; a refusal stays", () => {
  const notices = new Notices();
  const lost = finding("loss-network", "Packets are lost.", "3 of 300");
  const told = { ...PLAYING, findings: [lost] };
  assertEquals(notices.at(0, PLAYING), undefined);
  assertEquals(words(notices.at(1000, told)!), ` ${lost.level}: Packets are lost.`);
  assert(notices.at(6999, told) !== undefined);
  assertEquals(notices.at(7000, told), undefined, "told once");
  notices.hint("No.", 8000);
  assertEquals(words(notices.at(8000, told)!), " No.");
  assertEquals(notices.at(11_000, told), undefined);
  assertEquals(words(notices.at(60_000, { ...told, notice: "Not now: 455" })!), " Not now: 455");
});

Deno.test("lines go where the screen is low, and the picture always has a row", () => {
  const rows = (count: number) => layoutOf({ columns: 80, rows: count });
  const { picture, ...lines } = rows(24);
  assertEquals(picture, { row: 1, column: 0, rows: 20, columns: 80 });
  assertEquals(lines, { title: 0, progress: 21, status: 22, keys: 23 });
  assertEquals(rows(11).title, undefined);
  assertEquals([rows(8).progress, rows(8).status, rows(8).keys], [undefined, 6, 7]);
  assertEquals([rows(5).status, rows(5).keys], [4, undefined]);
  for (let count = 1; count < 30; count++) {
    const layout = rows(count);
    const used = [layout.title, layout.progress, layout.status, layout.keys];
    const taken = used.filter((row) => row !== undefined);
    assertEquals(layout.picture.rows + taken.length, count);
    assertEquals(new Set(taken).size, taken.length);
  }
});

Deno.test("keys are those of the web player and those of players in terminals", () => {
  const acts = ["s", "P", "u", "r", "Home", "Left", "Right", "t"].map((key) => {
    const command = commandOf(key);
    return command?.do === "act" ? command.action : undefined;
  });
  assertEquals(acts, [
    "setup",
    "play",
    "pause",
    "restart",
    "restart",
    "backward",
    "forward",
    "teardown",
  ]);
  for (const key of ["q", "Escape", "Ctrl-C", "Ctrl-D"]) {
    assertEquals(commandOf(key), { do: "quit" });
  }
  assertEquals(commandOf("7"), { do: "seek", tenths: 7 });
  assertEquals(commandOf("x"), undefined);
  assertEquals([nextSpeed(1, 1), nextSpeed(1, -1), nextSpeed(8, 1), nextSpeed(-2, -1)], [
    2,
    0.5,
    8,
    -2,
  ]);
  assertEquals([nextSpeed(1.5, 1), nextSpeed(0.25, -1)], [2, -1]);
});
