// deno-lint-ignore-file no-control-regex
// The player on terminals that answer as real ones do: its pictures read back to pixels.
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import type { RgbaPicture } from "../../lib/jpeg/planes.ts";
import { decode, psnr, testPicture } from "../lib/jpeg/pictures.ts";
import { labFile } from "../lib/media/frames.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { withServer } from "../support/server.ts";
import {
  type FakeTerminal,
  PYTHON,
  runOnTerminal,
  runWordsOnTerminal,
  type TerminalRun,
} from "./support/fake_terminal.ts";
import { readInlineImages, readKitty, readSixels } from "./support/graphics_reader.ts";
import { ScreenReader } from "./support/screen_reader.ts";
import { shrunk } from "./support/shrunk.ts";

const PEERS = [PYTHON];
const STILL = encodeJpeg(testPicture(160, 120), { quality: 90 });
const SOURCE: RgbaPicture = await decode(STILL);
const FILES = {
  "still.Mjpeg": labFile(Array.from({ length: 400 }, () => STILL)),
  "short.Mjpeg": labFile(Array.from({ length: 60 }, () => STILL)),
};

const NAME = "\x1b[>q", ATTRIBUTES = "\x1b[c", CELL = "\x1b[16t";
const KITTY_QUESTION = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\";
const KITTY = {
  [NAME]: "\x1bP>|kitty(0.35.2)\x1b\\",
  [ATTRIBUTES]: "\x1b[?62;52;c",
  [CELL]: "\x1b[6;16;8t",
  [KITTY_QUESTION]: "\x1b_Gi=31;OK\x1b\\",
};
const FOOT = {
  [NAME]: "\x1bP>|foot(1.16.2)\x1b\\",
  [ATTRIBUTES]: "\x1b[?62;4;22c",
  [CELL]: "\x1b[6;16;8t",
};
const ITERM = { [NAME]: "\x1bP>|iTerm2 3.5.2\x1b\\", [ATTRIBUTES]: "\x1b[?62;4c" };
const XTERM_256 = { [ATTRIBUTES]: "\x1b[?1;2c" };

/** What the terminal was before, whatever came between. */
const GIVEN_BACK = /\x1b\[\?25h\x1b\[\?1049l[^\x1b]*$/;

/** Plays the still picture on a terminal. */
async function played(
  terminal: FakeTerminal,
  { file = "still.Mjpeg", flags = [] }: { file?: keyof typeof FILES; flags?: string[] } = {},
): Promise<TerminalRun> {
  let run: TerminalRun | undefined;
  await withServer({ files: FILES, fps: 20 }, async (server) => {
    const words = ["127.0.0.1", String(server.port), "0", file];
    run = await runOnTerminal(["play", ...words, "--ui", "term", ...flags], terminal);
    await server.idle();
  });
  return run!;
}

const QUIT: FakeTerminal["script"] = [[30, "q"]];

function checkGivenBack({ status, restored, text }: TerminalRun): void {
  assertEquals([status, restored], [0, true]);
  assertMatch(text, GIVEN_BACK);
}

peerTest("on a terminal with Kitty's protocol the pixels are the frame's", PEERS, async () => {
  const run = await played({ answers: KITTY, script: QUIT });
  const { pictures, removed } = readKitty(run.text);
  assert(pictures.length >= 5, `${pictures.length} pictures`);
  for (const { picture, keys } of pictures) {
    assertEquals([picture.width, picture.height, keys.c, keys.r], [160, 120, "53", "20"]);
    const quality = psnr(picture, SOURCE);
    assert(quality > 40, `${quality} dB`);
  }
  assertEquals(new Set(removed.slice(-2)).size, 2, "no picture stays in the terminal's memory");
  checkGivenBack(run);
});

peerTest("on a terminal with sixels the picture fills its cells", PEERS, async () => {
  const run = await played({ answers: FOOT, script: QUIT });
  const pictures = readSixels(run.text);
  assert(pictures.length >= 5, `${pictures.length} pictures`);
  const [picture] = pictures;
  assertEquals([picture!.width, picture!.height], [53 * 8, 20 * 16]);
  const quality = psnr(shrunk(picture!, 53, 40), shrunk(SOURCE, 53, 40));
  assert(quality > 28, `${quality} dB`);
  checkGivenBack(run);
});

peerTest("iTerm2 is handed the JPEG files as they came", PEERS, async () => {
  const run = await played({ answers: ITERM, script: QUIT });
  const images = readInlineImages(run.text);
  assert(images.length >= 5, `${images.length} pictures`);
  for (const { file } of images) assert(psnr(await decode(file), SOURCE) > 40);
  checkGivenBack(run);
});

peerTest(
  "a terminal of 256 colours gets those, and --graphics has the last word",
  PEERS,
  async () => {
    const run = await played({ answers: XTERM_256, script: QUIT });
    assert(/\x1b\[38;5;\d+/.test(run.text) && !/\x1b\[[0-9;]*[34]8;2;/.test(run.text));
    const screen = new ScreenReader(80, 24).read(
      run.text.slice(0, run.text.lastIndexOf("\x1b[?2026l")),
    );
    const quality = psnr(
      screen.pixels({ row: 1, column: 13, rows: 20, columns: 53 }),
      shrunk(SOURCE, 53, 40),
    );
    assert(quality > 20, `${quality} dB`);
    checkGivenBack(run);
    const told = await played({ answers: KITTY, script: QUIT }, {
      flags: ["--graphics", "blocks"],
    });
    assertEquals(readKitty(told.text).pictures, []);
    assert(told.text.includes("▀"));
    checkGivenBack(told);
  },
);

peerTest("a slow terminal sees fewer frames, none of them late", PEERS, async () => {
  const run = await played({ answers: KITTY, statusDelay: 0.25, script: [[10, "q"]] });
  const numbers = Array.from(run.text.matchAll(/FRAMES \x1b\[0m +(\d+) \//g), ([, n]) => Number(n));
  const last = numbers.at(-1)!;
  // Ten times a quarter of a second at 20 frames a second are 50 frames, of which ten were drawn.
  assert(last > 25, `the last frame on the screen was ${last}`);
  assert(readKitty(run.text).pictures.length <= 10);
  checkGivenBack(run);
});

peerTest("another size, and a picture of that size is drawn on a blank screen", PEERS, async () => {
  const run = await played({ answers: KITTY, script: [[8, { resize: [40, 12] }], [16, "q"]] });
  const sizes = readKitty(run.text).pictures.map(({ keys }) => `${keys.c}x${keys.r}`);
  assertEquals([...new Set(sizes)], ["53x20", "21x8"]);
  assert(run.text.lastIndexOf("\x1b[2J") < run.text.indexOf("c=21,r=8"));
  checkGivenBack(run);
});

peerTest("a terminal that is closed ends the player, which tells the server", PEERS, async () => {
  const run = await played({ answers: KITTY, script: [[8, { hangup: true }]] });
  assertEquals(run.status, 0);
});

peerTest(
  "on a terminal that takes nothing any more it still ends when told to",
  PEERS,
  async () => {
    const run = await played({ answers: KITTY, script: [[8, { freeze: 1 }]] });
    assertEquals(run.status, 0);
  },
);

peerTest("a terminal that answers nothing gets half-blocks all the same", PEERS, async () => {
  // It counts status questions, of which there are none; the stream's end ends it.
  const { text, status, restored } = await played(
    { answers: {}, script: [] },
    { file: "short.Mjpeg" },
  );
  assertEquals([status, restored], [0, true]);
  assert(text.includes("▀") && !text.includes("\x1b[5n"));
  assertMatch(text, GIVEN_BACK);
});

peerTest(
  "without a terminal there is one line that says what would do",
  [program("sh")],
  async () => {
    const { runProgram } = await import("../support/program.ts");
    const { status, stderr, stdout } = await runProgram(
      "play",
      "rtsp://127.0.0.1:1/x",
      "--ui",
      "term",
    );
    assertEquals([status, stdout], [2, ""]);
    assertMatch(stderr, /^rtspkit: --ui term needs a terminal.*--out DIR.*--ui web\n$/);
    const other = await runProgram(
      "play",
      "rtsp://127.0.0.1:1/x",
      "--ui",
      "web",
      "--graphics",
      "sixel",
    );
    assertEquals([other.status, other.stderr], [2, "rtspkit: --graphics goes with --ui term\n"]);
  },
);

for (const how of ["throw", "reject"]) {
  peerTest(
    `a program that falls in mid-picture gives the terminal back: ${how}`,
    PEERS,
    async () => {
      const falling = new URL("support/falling.ts", import.meta.url).pathname;
      const config = new URL("../../deno.json", import.meta.url).pathname;
      const words = [
        Deno.execPath(),
        "run",
        "--quiet",
        "--config",
        config,
        "--no-prompt",
        falling,
        how,
      ];
      const { status, restored, text } = await runWordsOnTerminal(words, {
        answers: {},
        script: [],
      });
      assertEquals([status, restored], [1, true]);
      assertMatch(text, /half a picture\x1b\\.*\x1b\[\?7h\x1b\[\?25h\x1b\[\?1049l[^]*It fell/);
    },
  );
}
