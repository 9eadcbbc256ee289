// Every button in every state, in both dialects, against the real server.
import { assert, assertEquals } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { browserTest, type TestPage } from "./support/browser.ts";
import { addressOf, FILES, FRAMES, withPlayer } from "./support/player.ts";

const READY = ["play", "restart", "backward", "forward", "teardown"];
const PLAYING = ["pause", "restart", "backward", "forward", "teardown"];

/** Presses what cannot be pressed: nothing must come of it. */
async function pressAllOthers(page: TestPage): Promise<void> {
  const selector = '.deck button[aria-disabled="true"]';
  await page.in(`document.querySelectorAll('${selector}').forEach((button) => button.click())`);
}

for (const dialect of ["lab", "rtsp"] as const) {
  browserTest(`the seven buttons in every state: ${dialect}`, async (browser) => {
    await withServer({ files: FILES }, async (server) => {
      await withPlayer([addressOf(server.port, dialect)], async ({ page: { url } }) => {
        const page = await browser.open(url);
        assertEquals(await page.state(), "Init");
        assertEquals(await page.allowed(), ["setup"]);
        await pressAllOthers(page);
        assertEquals(await page.state(), "Init");

        await page.press("setup");
        await page.reaches("Ready");
        assertEquals(await page.allowed(), READY);
        await pressAllOthers(page);
        assertEquals(await page.state(), "Ready");
        assertEquals(server.all("session-setup").length, 1);

        await page.press("play");
        await page.reaches("Playing");
        assertEquals(await page.allowed(), PLAYING);
        await pressAllOthers(page);
        await page.passes(10);
        assertEquals(server.all("session-playing").length, 1);
        assertEquals(await page.text("#frame-total"), String(FRAMES));

        await page.press("forward");
        await page.reaches("Playing");
        await page.passes(dialect === "lab" ? 32 : 112);

        await page.press("backward");
        await page.reaches("Playing");
        await page.until("a frame before the jump", async () => await page.frame() < 60);

        await page.press("restart");
        await page.reaches("Playing");
        await page.until("the first frames", async () => await page.frame() < 8);

        await page.press("pause");
        await page.reaches("Ready");
        assertEquals(await page.allowed(), READY);
        const still = await page.frame();

        for (const action of ["forward", "restart", "forward", "backward", "forward"]) {
          await page.press(action);
          await page.reaches("Ready");
        }
        await page.press("play");
        await page.reaches("Playing");
        await page.passes(20);
        assert(await page.frame() < still + (dialect === "lab" ? 60 : 160), "from the start");

        await page.press("teardown");
        await page.reaches("Init");
        assertEquals(await page.allowed(), ["setup"]);
        assertEquals(server.all("session-ended").length, 1);
        assertEquals(await page.statistic("lost"), "0 (0.0 %)", "jumps and pauses are no loss");

        await page.press("setup");
        await page.reaches("Ready");
        await page.press("teardown");
        await page.reaches("Init");
      });
    });
  });

  browserTest(`the page counts what the server sent: ${dialect}`, async (browser) => {
    const files = { "movie.Mjpeg": FILES["movie.Mjpeg"]! };
    await withServer({ files, fps: 100 }, async (server) => {
      await withPlayer([addressOf(server.port, dialect)], async ({ page: { url } }) => {
        const page = await browser.open(url);
        await page.press("setup");
        await page.reaches("Ready");
        await page.press("play");
        await page.until("the end", () => server.all("session-end-of-media").length > 0);
        await page.reaches("Ready");
        await page.says("#frame-now", new RegExp(`^${FRAMES}$`));
        await page.press("teardown");
        await page.reaches("Init");
        const [ended] = server.all("session-ended");
        assertEquals(ended?.frames, FRAMES);
        assertEquals(await page.statistic("frames"), String(ended?.frames));
        assertEquals(await page.statistic("lost"), "0 (0.0 %)");
        assertEquals(await page.statistic("damagedFrames"), "0");
      });
    });
  });

  browserTest(`after the end it plays once more: ${dialect}`, async (browser) => {
    await withServer({ files: FILES, fps: 200 }, async (server) => {
      await withPlayer([addressOf(server.port, dialect)], async ({ page: { url }, players }) => {
        const page = await browser.open(url);
        await players[0]!.start();
        await page.until("the end", () => players[0]!.snapshot.ended);
        await page.reaches("Ready");
        assertEquals(await page.allowed(), READY);
        await page.press("play");
        await page.until("it plays again", async () => await page.frame() < FRAMES - 50);
        assert(!players[0]!.snapshot.ended);
        await page.until("the end", () => players[0]!.snapshot.ended);
        await page.press("restart");
        await page.until("it plays again", async () => await page.frame() < FRAMES - 50);
      });
    });
  });
}

browserTest("keys do what the buttons do, unless they are switched off", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    await withPlayer([addressOf(server.port, "lab")], async ({ page: { url } }) => {
      const page = await browser.open(url);
      for (
        const [key, state] of [["s", "Ready"], [" ", "Playing"], [" ", "Ready"], ["p", "Playing"]]
      ) {
        await page.page.keyboard.press(key!);
        await page.reaches(state!);
      }
      await page.passes(10);
      for (const [key, method] of [["ArrowRight", "FORWARD"], ["ArrowLeft", "BACKWARD"]]) {
        await page.page.keyboard.press(key!);
        await page.answered(method!);
        await page.reaches("Playing");
      }
      await page.page.keyboard.press("u");
      await page.reaches("Ready");
      await page.page.keyboard.press("R");
      await page.answered("RESTART");
      await page.reaches("Ready");
      await page.page.keyboard.press("p");
      await page.reaches("Playing");
      await page.page.uncheck("#shortcuts");
      await page.in("document.activeElement.blur()");
      await page.page.keyboard.press("t");
      await page.page.check("#shortcuts");
      assertEquals(await page.state(), "Playing");
      await page.in("document.activeElement.blur()");
      await page.page.keyboard.press("t");
      await page.reaches("Init");
    });
  });
});

browserTest("three buttons do it too", async (browser) => {
  await withServer({ files: FILES }, async (server) => {
    await withPlayer([addressOf(server.port, "lab")], async ({ page: { url } }) => {
      const page = await browser.open(url);
      assertEquals(await page.allowed(), ["start"]);
      await page.press("start");
      await page.reaches("Playing");
      assertEquals(await page.allowed(), ["pause", "teardown"]);
      await page.press("pause");
      await page.reaches("Ready");
      assertEquals(await page.allowed(), ["start", "teardown"]);
      await page.press("start");
      await page.reaches("Playing");
      await page.press("teardown");
      await page.reaches("Init");
      assertEquals(server.all("session-ended").length, 1);
    }, { simple: true });
  });
});
