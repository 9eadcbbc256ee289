// deno-lint-ignore-file no-control-regex
// The player in a terminal, with a terminal that says when it has drawn and a player that tells
// what it was asked.
import { encodeJpeg } from "../../../../lib/jpeg/encoder.ts";
import {
  NO_NUMBERS,
  type PlayerSnapshot,
  type ShownFrame,
} from "../../../../lib/ui/player/snapshot.ts";
import type { PlayerListener } from "../../../../lib/ui/player/player_control.ts";
import {
  askTerminal,
  type Capabilities,
  DRAWING_PATIENCE_MS,
} from "../../../../lib/ui/terminal/capabilities.ts";
import type { TerminalInput } from "../../../../lib/ui/terminal/input_parser.ts";
import type { ScreenSize } from "../../../../lib/ui/terminal/layout.ts";
import type { ShownPlayer } from "../../../../lib/ui/terminal/shown_player.ts";
import { TerminalPlayer } from "../../../../lib/ui/terminal/terminal_player.ts";
import { TerminalInputs } from "../../../../lib/ui/terminal/terminal_inputs.ts";
import type { TerminalPort } from "../../../../lib/ui/terminal/terminal_port.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { readKitty } from "../../../terminal/support/graphics_reader.ts";
import { shrunk } from "../../../terminal/support/shrunk.ts";
import { ScreenReader } from "../../../terminal/support/screen_reader.ts";
import { decode, psnr, testPicture } from "../../jpeg/pictures.ts";

const ALLOWED = {
  setup: false,
  play: false,
  pause: true,
  restart: true,
  backward: false,
  forward: false,
  teardown: true,
};

const PLAYING: PlayerSnapshot = {
  name: "movie",
  form: undefined,
  commandLine: "",
  state: "Playing",
  busy: undefined,
  ended: false,
  allowed: ALLOWED,
  missing: { forward: "This lab server has no such request." },
  failure: undefined,
  notice: undefined,
  retry: undefined,
  reconnects: 0,
  transport: "udp",
  dialect: "lab",
  encoding: "JPEG",
  frame: 1,
  frames: 100,
  elapsed: 0,
  duration: 5,
  seekable: false,
  scale: 1,
  scalable: false,
  numbers: NO_NUMBERS,
  findings: [],
};

const FAILURE = {
  kind: "cut",
  title: "The stream broke off",
  text: "It did.",
  hint: "Wait.",
} as const;

class FakePlayer implements ShownPlayer {
  snapshot: PlayerSnapshot = PLAYING;
  frame: ShownFrame | undefined;
  samples = [];
  readonly asked: string[] = [];
  #listeners = new Set<PlayerListener>();

  get listeners(): number {
    return this.#listeners.size;
  }
  listen(listener: PlayerListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  act(action: string): Promise<void> {
    return this.#ask(action);
  }
  start(): Promise<void> {
    return this.#ask("start");
  }
  seek(seconds: number): Promise<void> {
    return this.#ask(`seek ${seconds}`);
  }
  setScale(scale: number): Promise<void> {
    return this.#ask(`scale ${scale}`);
  }
  show(number: number, jpeg = encodeJpeg(testPicture(64, 48, number))): void {
    this.frame = { jpeg, serial: number, number, timestamp: 0, arrivedAt: 0 };
    for (const listener of this.#listeners) listener.frame?.(this.frame);
  }
  become(change: Partial<PlayerSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.#listeners) listener.changed?.();
  }
  #ask(what: string): Promise<void> {
    this.asked.push(what);
    return Promise.resolve();
  }
}

class FakeTerminal implements TerminalPort {
  readonly clock = new FakeClock();
  readonly closed = Promise.withResolvers<void>();
  readonly gone = this.closed.promise;
  screen: ScreenReader;
  written: string[] = [];
  readonly #inputs = new TerminalInputs();
  #resize = new Set<() => void>();

  constructor(public now: ScreenSize = { columns: 60, rows: 20 }) {
    this.screen = new ScreenReader(now.columns, now.rows);
  }
  size(): ScreenSize {
    return this.now;
  }
  write(bytes: Uint8Array): Promise<void> {
    const text = new TextDecoder().decode(bytes);
    this.written.push(text);
    this.screen.read(text);
    return Promise.resolve();
  }
  listen(take: (input: TerminalInput) => void): () => void {
    return this.#inputs.listen(take);
  }
  listenToKeys(take: (key: string) => void): () => void {
    return this.#inputs.listenToKeys(take);
  }
  onResize(take: () => void): () => void {
    this.#resize.add(take);
    return () => this.#resize.delete(take);
  }
  get listeners(): number {
    return this.#inputs.listeners + this.#resize.size;
  }
  input(input: TerminalInput): void {
    this.#inputs.tell([input]);
  }
  key(key: string): void {
    this.input({ kind: "key", key });
  }
  /** Has drawn all it was sent. */
  async drawn(): Promise<void> {
    this.input({ kind: "csi", private: "", params: [0], final: "n" });
    await pictureTime();
  }
  resize(columns: number, rows: number): void {
    this.now = { columns, rows };
    this.screen = new ScreenReader(columns, rows);
    for (const take of this.#resize) take();
  }
}

/** Decoding goes through WebAssembly, which takes turns of the event loop and no time of ours. */
async function pictureTime(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

const BLOCKS: Capabilities = {
  graphics: "blocks",
  colours: "true",
  cell: undefined,
  answers: true,
  name: "",
};

interface Played {
  player: FakePlayer;
  terminal: FakeTerminal;
  ending: ReturnType<TerminalPlayer["run"]>;
}

/** Runs `use` with a player on show; it ends by a key at the latest, and nothing is left behind. */
async function withPlayed(
  use: (played: Played) => Promise<void>,
  capabilities: Partial<Capabilities> = {},
): Promise<void> {
  const player = new FakePlayer();
  const terminal = new FakeTerminal();
  const shown = new TerminalPlayer(player, terminal, { ...BLOCKS, ...capabilities });
  const ending = shown.run(new AbortController().signal);
  await pictureTime();
  await use({ player, terminal, ending });
  terminal.key("q");
  await pictureTime();
  await terminal.drawn();
  await terminal.clock.advance(1000);
  await ending;
  assertEquals([player.listeners, terminal.listeners], [0, 0]);
  await terminal.clock.advance(2 * DRAWING_PATIENCE_MS);
  assertEquals(terminal.clock.pending, 0);
}

Deno.test("a picture is drawn as half-blocks, between its lines, in one update", async () => {
  await withPlayed(async ({ player, terminal }) => {
    await terminal.drawn();
    player.show(7);
    await pictureTime();
    await terminal.drawn();
    const shown = terminal.screen.pixels({ row: 1, column: 8, rows: 16, columns: 43 });
    const wanted = shrunk(await decode(encodeJpeg(testPicture(64, 48, 7))), 43, 32);
    const quality = psnr(shown, wanted);
    assert(quality > 40, `${quality} dB`);
    assertMatch(terminal.screen.line(18), /^ ▶ Playing {3}FRAMES {3}7 \/ 100/);
    for (const text of terminal.written) {
      assertMatch(text, /^\x1b\[\?2026h[^]*\x1b\[\?2026l\x1b\[5n$/);
    }
  });
});

Deno.test("while the terminal draws, frames are skipped: then the newest is drawn", async () => {
  await withPlayed(async ({ player, terminal }) => {
    await terminal.drawn();
    const before = terminal.written.length;
    for (let number = 1; number <= 50; number++) player.show(number);
    await pictureTime();
    assertEquals(terminal.written.length, before + 1, "one picture is under way");
    for (let number = 51; number <= 90; number++) player.show(number);
    await pictureTime();
    assertEquals(terminal.written.length, before + 1, "and no other before it is drawn");
    await terminal.drawn();
    assertEquals(terminal.written.length, before + 2);
    assertMatch(terminal.screen.line(18), /FRAMES {2}90 \/ 100/);
  });
});

Deno.test("a terminal that forgets to answer is not waited for for ever", async () => {
  await withPlayed(async ({ player, terminal }) => {
    player.show(1);
    const before = terminal.written.length;
    await terminal.clock.advance(DRAWING_PATIENCE_MS);
    await pictureTime();
    assertEquals(terminal.written.length, before + 1);
  });
});

Deno.test("a terminal that cannot answer is asked nothing", async () => {
  await withPlayed(async ({ player, terminal }) => {
    player.show(1);
    await pictureTime();
    player.show(2);
    await pictureTime();
    assertMatch(terminal.screen.line(18), /FRAMES {3}2 \/ 100/);
    assert(!terminal.written.join("").includes("\x1b[5n"));
  }, { answers: false });
});

Deno.test("another size, and everything is drawn anew where it belongs", async () => {
  await withPlayed(async ({ player, terminal }) => {
    await terminal.drawn();
    player.show(3);
    await pictureTime();
    await terminal.drawn();
    terminal.resize(30, 10);
    await pictureTime();
    await terminal.drawn();
    assertMatch(terminal.written.at(-1)!, /\x1b\[2J/);
    assertMatch(terminal.screen.line(8), /^ ▶ Playing/);
    const shown = terminal.screen.pixels({ row: 0, column: 5, rows: 7, columns: 19 });
    const wanted = shrunk(await decode(encodeJpeg(testPicture(64, 48, 3))), 19, 14);
    assert(psnr(shown, wanted) > 22);
  });
});

Deno.test("keys do what they say where that is allowed, and else say why not", async () => {
  await withPlayed(async ({ player, terminal }) => {
    await terminal.drawn();
    for (const key of [" ", "u", "r", "Home", "t", "s", "Left"]) terminal.key(key);
    assertEquals(player.asked.splice(0), ["pause", "pause", "restart", "restart", "teardown"]);
    for (
      const [key, hint] of [["Right", /no such request/], ["5", /cannot be sought/], [
        "+",
        /one speed/,
      ]] as const
    ) {
      terminal.key(key);
      await terminal.drawn();
      await terminal.drawn();
      assertMatch(terminal.screen.line(19), hint);
    }
    assertEquals(player.asked, []);
    player.become({ seekable: true, scalable: true, scale: 2, duration: 50 });
    for (const key of ["5", "+", "-", "0"]) terminal.key(key);
    assertEquals(player.asked.splice(0), ["seek 25", "scale 4", "scale 1", "seek 0"]);
    player.become({ allowed: { ...ALLOWED, pause: false, play: true }, state: "Ready" });
    terminal.key(" ");
    assertEquals(player.asked, ["start"]);
  });
});

Deno.test("what went wrong stands in place of the picture, and r tries again", async () => {
  await withPlayed(async ({ player, terminal, ending }) => {
    await terminal.drawn();
    player.show(1);
    await pictureTime();
    await terminal.drawn();
    player.become({
      failure: FAILURE,
      state: "Init",
      allowed: { ...ALLOWED, pause: false, restart: false },
    });
    await pictureTime();
    await terminal.drawn();
    const lines = terminal.screen.rows.map((_, row) => terminal.screen.line(row).trim());
    assert(lines.includes("The stream broke off") && lines.includes("r to try again   q to quit"));
    assert(!lines.join("").includes("▀"), "no picture is left");
    terminal.key("r");
    assertEquals(player.asked, ["start"]);
    terminal.key("q");
    await pictureTime();
    await terminal.drawn();
    assertEquals(await ending, { reason: "quit", failure: FAILURE });
  });
});

Deno.test("a new session's frames are not numbered by the picture before it", async () => {
  await withPlayed(async ({ player, terminal }) => {
    await terminal.drawn();
    player.show(9);
    await pictureTime();
    await terminal.drawn();
    player.become({ frame: undefined });
    await pictureTime();
    await terminal.drawn();
    assertMatch(terminal.screen.line(18), /FRAMES {3}– \/ 100/);
  });
});

Deno.test("it ends when the last question is answered, or not in time", async () => {
  for (const isAnswered of [true, false]) {
    await withPlayed(async ({ player, terminal, ending }) => {
      await terminal.drawn();
      player.show(1);
      await pictureTime();
      let isOver = false;
      const over = ending.then(() => isOver = true);
      terminal.key("q");
      await pictureTime();
      assert(!isOver, "the terminal has still to answer");
      if (isAnswered) await terminal.drawn();
      else await terminal.clock.advance(1000);
      await over;
    });
  }
});

Deno.test("a picture that cannot be decoded leaves the one before", async () => {
  await withPlayed(async ({ player, terminal }) => {
    await terminal.drawn();
    player.show(1);
    await pictureTime();
    await terminal.drawn();
    player.show(2, Uint8Array.of(0xff, 0xd8, 0xff, 0xd9));
    await pictureTime();
    await terminal.drawn();
    assert(terminal.screen.line(8).includes("▀"));
  });
});

Deno.test("it ends with the media, with the terminal, and with a signal", async () => {
  await withPlayed(async ({ player, terminal, ending }) => {
    player.become({ ended: true, state: "Ready" });
    await terminal.drawn();
    assertEquals((await ending).reason, "ended");
  });
  await withPlayed(async ({ terminal, ending }) => {
    terminal.closed.resolve();
    assertEquals((await ending).reason, "gone");
  });
  const player = new FakePlayer();
  const calledOff = AbortSignal.abort();
  const shown = new TerminalPlayer(player, new FakeTerminal(), { ...BLOCKS, answers: false });
  assertEquals((await shown.run(calledOff)).reason, "quit");
});

Deno.test("keys pressed while the terminal is asked what it can do are obeyed after", async () => {
  const player = new FakePlayer();
  const terminal = new FakeTerminal();
  const asking = askTerminal(terminal, {});
  terminal.key("r");
  terminal.key("Ctrl-C");
  await terminal.clock.advance(10_000);
  const shown = new TerminalPlayer(player, terminal, await asking);
  const { reason } = await shown.run(new AbortController().signal);
  assertEquals([reason, player.asked], ["quit", ["restart"]]);
  assertEquals([player.listeners, terminal.listeners], [0, 0]);
});

Deno.test("a terminal that is slow is sent smaller pictures for the same cells", async () => {
  let all = "";
  await withPlayed(async ({ player, terminal, ending }) => {
    await terminal.drawn();
    for (let number = 1; number <= 4; number++) {
      player.show(number, encodeJpeg(testPicture(640, 480, number)));
      await pictureTime();
      await terminal.clock.advance(200);
      await terminal.drawn();
    }
    terminal.key("q");
    await pictureTime();
    await terminal.drawn();
    await ending;
    all = terminal.written.join("");
  }, { graphics: "kitty", cell: { width: 20, height: 40 } });
  const { pictures } = readKitty(all);
  const widths = pictures.map(({ picture }) => picture.width);
  assertEquals(widths, [640, 495, 384, 297]);
  assertEquals(new Set(pictures.map(({ keys }) => `${keys.c}x${keys.r}`)).size, 1);
});

Deno.test("Kitty's pictures are sent at their own size for the cells, and taken away at the end", async () => {
  let all = "";
  await withPlayed(async ({ player, terminal, ending }) => {
    await terminal.drawn();
    player.show(5);
    await pictureTime();
    terminal.key("q");
    await pictureTime();
    await terminal.drawn();
    await ending;
    all = terminal.written.join("");
  }, { graphics: "kitty", cell: { width: 10, height: 20 } });
  const { pictures, removed } = readKitty(all);
  const [{ picture, keys } = undefined!] = pictures;
  assertEquals([picture.width, picture.height, keys.c, keys.r], [64, 48, "43", "16"]);
  assert(psnr(picture, await decode(encodeJpeg(testPicture(64, 48, 5)))) > 40);
  assert(removed.slice(-2).includes(keys.i!));
});
