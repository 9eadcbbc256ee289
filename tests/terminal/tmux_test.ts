// The player under tmux: what a person sees, the keys they press, and the terminal they get back.
import { fitWithin, USUAL_CELL } from "../../lib/ui/terminal/fit.ts";
import { layoutOf } from "../../lib/ui/terminal/layout.ts";
import { RAMP } from "../../lib/ui/terminal/characters.ts";
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import type { RgbaPicture } from "../../lib/jpeg/planes.ts";
import { decode, psnr, testPicture } from "../lib/jpeg/pictures.ts";
import { labFile } from "../lib/media/frames.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { clip } from "../support/clips.ts";
import { peerTest, program } from "../support/peers.ts";
import { Program } from "../support/program.ts";
import { type TestServer, withServer } from "../support/server.ts";
import { shrunk } from "./support/shrunk.ts";
import type { ScreenReader } from "./support/screen_reader.ts";
import { programWords, type Tmux, withTmux } from "./support/tmux.ts";

const TMUX = [program("tmux")];
const FRAMES = 400;
const STILL = encodeJpeg(testPicture(160, 120), { quality: 90 });
const SOURCE: RgbaPicture = await decode(STILL);
const FILES = {
  "movie.Mjpeg": clip({ frames: FRAMES, width: 32, height: 16 }),
  "still.Mjpeg": labFile(Array.from({ length: FRAMES }, () => STILL)),
};

/** Runs `use` with the player on the screen, showing pictures. */
async function withPlayer(
  { file = "still.Mjpeg", url = false, flags = [], columns = 80, rows = 24 }: {
    file?: string;
    url?: boolean;
    flags?: string[];
    columns?: number;
    rows?: number;
  },
  use: (tmux: Tmux, server: TestServer) => Promise<void>,
): Promise<void> {
  await withServer({ files: FILES, fps: 20 }, async (server) => {
    await withTmux(columns, rows, async (tmux) => {
      const words = url
        ? [`rtsp://127.0.0.1:${server.port}/${file}`]
        : ["127.0.0.1", String(server.port), "0", file];
      await tmux.type(programWords(["play", ...words, "--ui", "term", ...flags]));
      await tmux.until("frames", (screen) => frameOn(screen) > 5);
      await use(tmux, server);
    });
  });
}

function line(screen: ScreenReader, pattern: RegExp): string | undefined {
  return screen.rows.map((_, row) => screen.line(row)).find((text) => pattern.test(text));
}

/** The number on the label, 0 for none. */
function frameOn(screen: ScreenReader): number {
  return Number(/FRAMES +(\d+) \//.exec(line(screen, /FRAMES/) ?? "")?.[1] ?? 0);
}

const shows = (pattern: RegExp) => (screen: ScreenReader): boolean => {
  return line(screen, pattern) !== undefined;
};

/** The half-blocks of the picture, and the picture they should be. */
function compared(screen: ScreenReader, columns: number, rows: number): number {
  const area = layoutOf({ columns, rows }).picture;
  const box = fitWithin(area, { width: 160, height: 120 }, USUAL_CELL);
  return psnr(screen.pixels(box), shrunk(SOURCE, box.columns, 2 * box.rows));
}

/** Checks that the shell is back, with the screen and the settings it had. */
async function checkRestored(tmux: Tmux, status: number): Promise<void> {
  const screen = await tmux.until("the shell", shows(/^status=/));
  assertEquals(line(screen, /^status=/), `status=${status}`);
  assertEquals(await tmux.tell("#{alternate_on} #{cursor_flag} #{wrap_flag}"), "0 1 1");
  assert(!screen.rows.flat().some(({ text }) => text === "▀"), "no picture is left");
  assertMatch(line(screen, / frames in /) ?? "", /^\d+ frames in \d/);
  await tmux.shell("clear; stty -a | tr ';' '\\n' | grep -w -e echo -e isig -e icanon");
  const modes = await tmux.until("the settings", shows(/isig/));
  assertMatch(line(modes, /isig/)!, /(^| )isig.* icanon/);
  assert(line(modes, /-(isig|icanon|echo)\b/) === undefined, "cooked, with echo");
}

for (const url of [false, true]) {
  const form = url ? "a URL" : "the lab form";
  peerTest(
    `half-blocks on the screen are the frame, and q gives the terminal back: ${form}`,
    TMUX,
    async () => {
      await withPlayer({ url }, async (tmux, server) => {
        const screen = await tmux.screen();
        const quality = compared(screen, 80, 24);
        assert(quality > 35, `${quality} dB`);
        assertMatch(line(screen, /FRAMES/)!, /^ ▶ Playing {3}FRAMES .* fps {3}no loss/);
        assertMatch(screen.line(0), /still\.Mjpeg .*Init ─ Ready ─ Playing$/);
        await tmux.press("q");
        await checkRestored(tmux, 0);
        await server.idle();
      });
    },
  );
}

peerTest("keys pause, play, tear down and set up, and the server hears of it", TMUX, async () => {
  await withPlayer({ file: "movie.Mjpeg" }, async (tmux, server) => {
    await tmux.press("Space");
    const paused = await tmux.until("a pause", shows(/❚❚ Ready/));
    assert(line(paused, / play /) !== undefined);
    assertEquals(server.all("session-paused").length, 1);
    const at = frameOn(paused);
    assert(at > 5 && at < FRAMES);
    await tmux.press("p");
    await tmux.until("it to go on", (screen) => shows(/▶ Playing/)(screen) && frameOn(screen) > at);
    await tmux.press("t");
    await tmux.until("the teardown", shows(/■ Init/));
    await tmux.press("s");
    await tmux.until("the setup", shows(/❚❚ Ready/));
    await tmux.press("Space");
    await tmux.until("frames from the start", (screen) => frameOn(screen) > 3);
    await tmux.press("5");
    await tmux.until("a hint", shows(/cannot be sought/));
    await tmux.press("C-c");
    await checkRestored(tmux, 0);
    await server.idle();
  });
});

peerTest("digits, arrows and Home go to other times of a stream that has them", TMUX, async () => {
  await withPlayer({ file: "movie.Mjpeg", url: true }, async (tmux) => {
    await tmux.press("5");
    await tmux.until("the middle", (screen) => frameOn(screen) > FRAMES / 2);
    await tmux.press("Right");
    await tmux.until("five seconds on", (screen) => frameOn(screen) > FRAMES / 2 + 100);
    await tmux.press("Home");
    await tmux.until("the start", (screen) => {
      return shows(/▶ Playing/)(screen) && frameOn(screen) > 0 && frameOn(screen) < 100;
    });
    await tmux.press("+");
    await tmux.until("twice the speed", shows(/2×/));
    await tmux.press("Escape");
    await checkRestored(tmux, 0);
  });
});

peerTest("another size of the window, and the picture fits it", TMUX, async () => {
  await withPlayer({}, async (tmux) => {
    for (const [columns, rows] of [[120, 40], [50, 14], [30, 9]] as const) {
      await tmux.resize(columns, rows);
      await tmux.until(`the picture at ${columns}x${rows}`, (screen) => {
        return /^ space pause .* q quit$/.test(screen.line(rows - 1)) &&
          compared(screen, columns, rows) > 25;
      });
    }
    await tmux.press("q");
    await checkRestored(tmux, 0);
  });
});

for (const signal of ["TERM", "HUP", "INT"] as const) {
  peerTest(`the terminal is as it was after SIG${signal}`, TMUX, async () => {
    await withPlayer({}, async (tmux, server) => {
      Deno.kill(await tmux.child(), `SIG${signal}`);
      await checkRestored(tmux, 0);
      await server.idle();
    });
  });
}

peerTest("the stream's end ends it, and the summary is told", TMUX, async () => {
  await withPlayer({ url: true, file: "movie.Mjpeg", flags: ["--start", "18s"] }, async (tmux) => {
    await checkRestored(tmux, 0);
  });
});

peerTest(
  "a server that dies is told in plain words and asked for again, until t; q gives status 3",
  TMUX,
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "rtspkit-term-" });
    await Deno.writeFile(`${folder}/movie.Mjpeg`, FILES["movie.Mjpeg"]);
    const serve = (port: string): Program =>
      new Program(["serve", port, "--root", folder, "--json", "--workers", "1"]);
    const first = serve("0");
    const { port } = JSON.parse(await first.line() ?? "{}");
    await withTmux(80, 24, async (tmux) => {
      await tmux.type(
        programWords(["play", "127.0.0.1", String(port), "0", "movie.Mjpeg", "--ui", "term"]),
      );
      await tmux.until("frames", (screen) => frameOn(screen) > 5);
      first.kill("SIGKILL");
      await first.finish();
      await tmux.until("plain words", shows(/The stream broke off/));
      await tmux.until("another attempt", shows(/Trying again in \d+ s/));
      const second = serve(String(port));
      await second.line();
      await tmux.until("frames again, untouched", (screen) => {
        return shows(/▶ Playing/)(screen) && frameOn(screen) > 5;
      });
      second.kill("SIGKILL");
      await second.finish();
      await tmux.until("plain words again", shows(/The stream broke off/));
      await tmux.press("t");
      await tmux.until("no more attempts", shows(/r to try again/));
      await tmux.press("r");
      await tmux.until("that there is no server", shows(/No server there/));
      await tmux.press("q");
      await checkRestored(tmux, 3);
    });
    await Deno.remove(folder, { recursive: true });
  },
);

peerTest("where there is no display the terminal is where the picture is", TMUX, async () => {
  await withServer({ files: FILES, fps: 20 }, async (server) => {
    await withTmux(80, 24, async (tmux) => {
      const words = programWords(["play", `rtsp://127.0.0.1:${server.port}/still.Mjpeg`]);
      await tmux.type(["env", "-u", "DISPLAY", "-u", "WAYLAND_DISPLAY", ...words]);
      const screen = await tmux.until("frames", (screen) => frameOn(screen) > 5);
      assert(compared(screen, 80, 24) > 35);
      await tmux.press("q");
      await checkRestored(tmux, 0);
    });
  });
});

peerTest("who wants no colour sees the picture in characters", TMUX, async () => {
  await withServer({ files: FILES, fps: 20 }, async (server) => {
    await withTmux(80, 24, async (tmux) => {
      const words = ["play", "127.0.0.1", String(server.port), "0", "still.Mjpeg", "--ui", "term"];
      await tmux.type(["env", "NO_COLOR=1", ...programWords(words)]);
      const screen = await tmux.until("frames", (screen) => frameOn(screen) > 5);
      const cells = screen.rows.flat();
      assert(cells.every(({ foreground, background }) => !foreground && !background));
      const used = new Set(cells.slice(80, 80 * 21).map(({ text }) => text));
      assert([...used].every((character) => RAMP.includes(character)), [...used].join(""));
      assert(used.size > 5, "a picture has lights and shades");
      await tmux.press("q");
      await checkRestored(tmux, 0);
    });
  });
});
