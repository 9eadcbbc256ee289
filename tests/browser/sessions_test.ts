// Seeking, speed, errors, the form, several pages and several streams.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { listenTcp } from "../../lib/net/tcp.ts";
import { Program } from "../support/program.ts";
import { withServer, writeFiles } from "../support/server.ts";
import { eventually } from "../support/wait.ts";
import { browserTest } from "./support/browser.ts";
import { addressOf, FILES, FPS, FRAMES, withPlayer } from "./support/player.ts";

browserTest("seeking by the bar goes where it says, playing and paused", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    await withPlayer([addressOf(server.port, "rtsp")], async ({ page: { url }, players }) => {
      const page = await browser.open(url);
      await players[0]!.start();
      await page.passes(5);
      await page.page.fill("#seek", "12");
      await page.passes(12 * FPS);
      await page.reaches("Playing");
      assert(await page.frame() < 16 * FPS);
      const playing = server.all("session-playing").map(({ position }) => position);
      assertEquals(playing.at(-1), 12 * FPS);
      await page.press("pause");
      await page.reaches("Ready");
      await page.page.fill("#seek", "2");
      await page.until("the label's move", async () => await page.frame() === 2 * FPS + 1);
      await page.press("play");
      await page.reaches("Playing");
      assertEquals(server.all("session-playing").at(-1)?.position, 2 * FPS);
      assertEquals(await page.statistic("lost"), "0 (0.0 %)");
    });
  });
});

browserTest("speed is what the server grants, and shows on the label", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    await withPlayer([addressOf(server.port, "rtsp")], async ({ page: { url }, players }) => {
      const page = await browser.open(url);
      await players[0]!.start();
      await page.passes(5);
      await page.page.selectOption("#speed", "4");
      await page.passes(100);
      assertMatch(await page.text("#exchange"), /PLAY/);
      const replies = players[0]!.log.entries.filter(({ headers }) => {
        return headers.some(([name, value]) => name === "Scale" && Number(value) === 4);
      });
      assertEquals(replies.map(({ kind }) => kind), ["request", "reply"]);
      await page.page.selectOption("#speed", "-2");
      await page.until("earlier frames", async () => await page.frame() < 60);
    });
  });
});

browserTest("a lab stream has neither a seek bar to move nor a speed", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    await withPlayer([addressOf(server.port, "lab")], async ({ page: { url }, players }) => {
      const page = await browser.open(url);
      await players[0]!.start();
      await page.passes(5);
      assert(await page.has("#seek:disabled"));
      assertEquals(await page.text("#speed-row"), "");
    });
  });
});

browserTest(
  "the form: a field left empty, a wrong address, then the right one",
  async (browser) => {
    await withServer({ files: FILES }, async (server) => {
      // Taken and let go again: nobody is there.
      const nobody = listenTcp("127.0.0.1", 0);
      const wrongPort = String(nobody.addr.port);
      nobody.close();
      await withPlayer([], async ({ page: { url } }) => {
        const page = await browser.open(url);
        await page.says("#launch-title", /What shall be played/);
        await page.fill({ address: "127.0.0.1", port: wrongPort, rtpPort: "0", file: "" });
        await page.page.click("#launch-play");
        await page.says("#form-message", /Name the file/);
        await page.fill({ file: "movie.Mjpeg" });
        assertEquals(
          await page.text("#command"),
          `rtspkit play 127.0.0.1 ${wrongPort} 0 movie.Mjpeg`,
        );
        await page.page.click("#launch-play");
        await page.says("#failure", /No server there/);
        await page.says("#failure", /connection refused/i);
        assertEquals(await page.violations(), []);

        await page.fill({ port: String(server.port) });
        await page.page.click("#ask-files");
        await page.says("#offered", /movie\.Mjpeg/);
        await page.page.click("#launch-play");
        await page.reaches("Playing");
        await page.passes(5);
        assertEquals(await page.text("#launch"), "");

        const again = await browser.open(url);
        await again.page.click("#open-form");
        assertEquals(await again.in("document.getElementById('port').value"), String(server.port));
      });
    });
  },
);

browserTest("a file that is not there is said so, and the right one plays", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    for (const dialect of ["lab", "rtsp"] as const) {
      const address = { ...addressOf(server.port, dialect), file: "other.Mjpeg" };
      await withPlayer([address], async ({ page: { url } }) => {
        const page = await browser.open(url);
        await page.press("setup");
        await page.says("#failure", /There is no such file/);
        await page.fill({ file: "movie.Mjpeg" });
        await page.page.click("#launch-play");
        await page.reaches("Playing");
        await page.passes(3);
      });
    }
  });
});

browserTest("a server that dies in the middle is told, and found again", async (browser) => {
  await withPlayer([], async ({ page: { url } }) => {
    const page = await browser.open(url);
    const first = await startServer(0);
    const { port } = first;
    await page.fill({ address: "127.0.0.1", port: String(port), file: "movie.Mjpeg" });
    await page.page.click("#launch-play");
    await page.reaches("Playing");
    await page.passes(10);
    await first.close();
    await page.says("#retry", /The stream broke off/);
    await page.says("#retry-when", /^Trying again/);
    assertEquals(await page.state(), "Init");
    assertEquals(await page.text("#launch"), "", "the form is for those who ask for it");
    assertEquals(await page.violations(), []);
    await page.says("#retry", /connection refused.*attempt/is);

    const second = await startServer(port);
    await page.page.click("#retry-now");
    await page.reaches("Playing");
    await page.says("#retry", /^$/);
    await page.passes(3);
    assertEquals(await page.statistic("reconnects"), "1");
    await second.close();
    await page.says("#retry", /The stream broke off/);
    await page.page.click("#retry-stop");
    await page.says("#failure", /./);
    await page.says("#launch-play", /Try again/);
    assertEquals(await page.text("#retry"), "");
    assertEquals(await page.allowed(), ["setup"]);
  });
});

browserTest("a server that comes back is found without a hand on the page", async (browser) => {
  const first = await startServer(0);
  await withPlayer([addressOf(first.port, "rtsp")], async ({ page: { url }, players }) => {
    const page = await browser.open(url);
    await players[0]!.start();
    await page.passes(10);
    await first.close();
    await page.says("#retry", /The stream broke off/);
    const broken = await page.frame();
    const second = await startServer(first.port);
    await page.reaches("Playing");
    await page.passes(broken + 5);
    const ranges = players[0]!.log.entries.filter(({ kind }) => kind === "request")
      .flatMap(({ headers }) => headers.filter(([name]) => name === "Range"));
    const start = Number(/^npt=([\d.]+)-$/.exec(ranges.at(-1)![1])![1]);
    assert(Math.abs(start * FPS - broken) <= 2, "recorded media goes on where it broke off");
    await page.press("teardown");
    await page.reaches("Init");
    await second.close();
  });
});

browserTest("two pages on one player show the same, and each has the buttons", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    await withPlayer([addressOf(server.port, "lab")], async ({ page: { url } }) => {
      const one = await browser.open(url);
      const two = await browser.open(url);
      await one.press("setup");
      await two.reaches("Ready");
      await two.press("play");
      await one.reaches("Playing");
      await one.passes(10);
      await two.passes(10);
      await one.press("pause");
      await two.reaches("Ready");
      await one.reaches("Ready");
      await two.until("the same frame", async () => await two.frame() === await one.frame());
      assertEquals(await two.text("#exchange-facts"), await one.text("#exchange-facts"));
      await two.until("the same number", async () => {
        return await two.statistic("frames") === await one.statistic("frames");
      });
      assertEquals(server.all("session-setup").length, 1);
    });
  });
});

browserTest("several streams stand in a grid, each with its own session", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    const addresses = [1, 2, 3, 4].map(() => addressOf(server.port, "rtsp"));
    await withPlayer(addresses, async ({ page: { url }, players }) => {
      for (const player of players) player.start();
      const page = await browser.open(url);
      assertEquals(await page.in("document.querySelectorAll('.screen').length"), 4);
      await page.until("a picture in each", async () => {
        return await page.in(
          "[...document.querySelectorAll('.screen canvas')].every(({dataset}) => dataset.frame > 5)",
        );
      });
      await page.page.click(".screen:nth-child(3)");
      await page.press("pause");
      await page.reaches("Ready");
      await eventually("the pause", () => server.all("session-paused").length === 1);
      assertEquals(players.map(({ snapshot }) => snapshot.state), [
        ...["Playing", "Playing"],
        ...["Ready", "Playing"],
      ]);
      assertEquals(await page.violations(), []);
      const captions = await page.in<string[]>(
        "[...document.querySelectorAll('.caption-name')].map((each) => each.textContent)",
      );
      assertEquals(captions, players.map(() => "movie.Mjpeg"), "their server is the same");

      await page.page.check("#all");
      await page.press("teardown");
      const states = (): string[] => players.map(({ snapshot: { state } }) => state);
      await page.until("all to be torn down", () => states().every((state) => state === "Init"));
      await page.press("setup");
      await page.until("all to be set up", () => states().every((state) => state === "Ready"));
      assertEquals(server.all("session-setup").length, 8);
    });
  });
});

browserTest("the exchange, the packet and the charts show what goes on", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    for (const dialect of ["lab", "rtsp"] as const) {
      await withPlayer([addressOf(server.port, dialect)], async ({ page: { url }, players }) => {
        const page = await browser.open(url);
        await players[0]!.start();
        await page.passes(25);
        const rows = await page.in<string[]>(
          "[...document.querySelectorAll('#exchange li b')].map((each) => each.textContent)",
        );
        const methods = dialect === "lab"
          ? ["SETUP", "PLAY"]
          : ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"];
        assertEquals(rows, methods.flatMap((method) => [method, "200 OK"]));
        const names = await page.in<string[]>(
          "[...document.querySelectorAll('.bit-field .name')].map((each) => each.textContent)",
        );
        const header = ["V", "P", "X", "CC", "M", "PT", "sequence number", "timestamp", "SSRC"];
        assertEquals(names.slice(0, 9), header);
        assertEquals(names[9], dialect === "lab" ? "SOI" : "type-specific");
        assertMatch(await page.text(".hex"), /^80 [19]a( [0-9a-f]{2}){2}$/);
        await page.says('[data-key="fps"] output', /^(19|20|21)\.\d$/);
        await page.says("#findings", dialect === "lab" ? /course-lab dialect/ : /.+/);
      });
    }
  });
});

browserTest("a frame and a recording come down as files", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    await withPlayer([addressOf(server.port, "rtsp")], async ({ page: { url }, players }) => {
      const page = await browser.open(url);
      await players[0]!.start();
      await page.passes(3);
      const [saved] = await Promise.all([
        page.page.waitForEvent("download"),
        page.page.click("#save-frame"),
      ]);
      assertMatch(saved.suggestedFilename(), /^frame-\d{6}\.jpg$/);
      const jpeg = await Deno.readFile(await saved.path());
      assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8]);

      const begun = page.page.waitForEvent("download");
      await page.page.click("#record");
      await page.says("#record", /Stop recording/);
      await page.passes(await page.frame() + 20);
      await page.page.click("#record");
      const recording = await begun;
      assertMatch(recording.suggestedFilename(), /^movie-[\d-]+\.mjpeg$/);
      const bytes = await Deno.readFile(await recording.path());
      let pictures = 0;
      for (let i = 0; i + 1 < bytes.length; i++) {
        if (bytes[i] === 0xff && bytes[i + 1] === 0xd8) pictures++;
      }
      assert(pictures >= 15 && pictures <= FRAMES, `${pictures} pictures`);
      await page.says("#record", /^Record$/);

      await page.page.click("#full-screen");
      await page.until("the full screen", () => {
        return page.in("document.fullscreenElement?.id === 'screens'");
      });
      await page.in("document.exitFullscreen()");
    });
  });
});

browserTest("the player's end is said in the page", async (browser) => {
  await withPlayer([], async ({ page: web }) => {
    const page = await browser.open(web.url);
    await web.close();
    await page.says("#offline", /The player has ended/);
    assertEquals(await page.allowed(), []);
  });
});

for (const scheme of ["light", "dark"] as const) {
  for (const width of [390, 1280, 1920]) {
    browserTest(`nothing keeps anybody out: ${scheme}, ${width} pixels`, async (browser) => {
      await withServer({ files: FILES }, async (server) => {
        await withPlayer([addressOf(server.port, "rtsp")], async ({ page: { url }, players }) => {
          const page = await browser.open(url, { width, scheme });
          assertEquals(await page.violations(), [], "before");
          await players[0]!.start();
          await page.passes(25);
          await page.page.click("#exchange li:nth-child(4) summary");
          await page.page.click(".as-list summary");
          assertEquals(await page.violations(), [], "while it plays");
          await page.page.click("#open-form");
          assertEquals(await page.violations(), [], "with the form");
          assertEquals(await page.overflow(), 0, "nothing is wider than the page");
        });
      });
    });
  }
}

interface RunningServer {
  port: number;
  close(): Promise<void>;
}

/** A server of its own that can be killed in the middle. */
async function startServer(port: number): Promise<RunningServer> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-browser-" });
  await writeFiles(folder, FILES);
  const program = new Program([
    "serve",
    String(port),
    "--json",
    "--workers",
    "1",
    "--root",
    folder,
  ]);
  const ready = JSON.parse(await program.line() ?? "{}");
  return {
    port: ready.port,
    close: async () => {
      program.kill("SIGKILL");
      await program.finish();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
