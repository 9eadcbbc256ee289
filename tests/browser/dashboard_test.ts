// The server's window in a real browser, against the program that ships.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { clip } from "../support/clips.ts";
import { parseExposition, valueOf } from "../support/exposition.ts";
import type { RtspPeer } from "../support/rtsp_peer.ts";
import { browserTest, type Look, type TestBrowser, type TestPage } from "./support/browser.ts";
import { type ServedUi, viewer, withServeUi } from "./support/dashboard.ts";

const FRAMES = 30;
const FILES = {
  "movie.Mjpeg": clip({ frames: FRAMES, width: 64, height: 48 }),
  "sub folder/other.Mjpeg": clip({ frames: 4 }),
  "broken.mjpeg": new TextEncoder().encode("no frames here"),
};

const digits = (text: string): number => Number(text.replaceAll(",", ""));

/** Runs `use` with a page of a server, and closes it before the server ends. */
async function withDashboard(
  browser: TestBrowser,
  flags: string[],
  use: (served: ServedUi & { page: TestPage }) => Promise<void>,
  look: Look = {},
): Promise<void> {
  await withServeUi(FILES, flags, async (served) => {
    const page = await browser.open(served.ui, look);
    try {
      await use({ ...served, page });
    } finally {
      await page.page.close();
    }
  });
}

async function count(page: TestPage, name: string): Promise<number> {
  return digits(await page.text(`[data-count="${name}"]`));
}

browserTest("serving is stopped, and started on another port", async (browser) => {
  await withDashboard(browser, [], async ({ page, port, event }) => {
    await page.says("#lamp-text", new RegExp(`^serving on port ${port}$`));
    await page.says('[data-file="movie.Mjpeg"] .url', new RegExp(`:${port}/movie\\.Mjpeg$`));
    const peer = await viewer(port, "movie.Mjpeg", false);
    await page.says("#sessions-facts", /^1$/);

    await page.page.click("#stop");
    await page.says("#lamp-text", /^stopped$/);
    await page.says("#sessions-facts", /^$/);
    assertEquals((await event("session-ended")).reason, "server stopped");
    await event("stopped");
    await peer.close();
    assertEquals(await page.text('[data-file="movie.Mjpeg"] .url'), "", "nothing to be had there");

    await page.page.fill("#port", "70000");
    await page.page.click("#start");
    await page.says("#switch-message", /whole number of 0 to 65,535/);
    assertEquals(await page.violations(), []);
    const taken = Deno.listen({ port: 0 });
    const takenPort = (taken.addr as Deno.NetAddr).port;
    // A 409 is an error to the browser's console, which is right: only here it is wanted.
    await page.page.fill("#port", String(takenPort));
    await page.page.click("#start");
    await page.says("#switch-message", /address already in use/);
    taken.close();
    const refusals = browser.troubles.splice(0);
    assert(refusals.every((text) => text.includes("409")), refusals.join());

    await page.page.fill("#port", "0");
    await page.page.press("#port", "Enter");
    const { port: again } = await event("ready");
    await page.says("#lamp-text", new RegExp(`^serving on port ${again}$`));
    assertEquals(await page.text("#switch-message"), "");
    const other = await viewer(Number(again), "movie.Mjpeg", false);
    await page.says("#sessions-facts", /^1$/);
    assertEquals(await count(page, "sessions"), 2, "what was counted before stays");
    await other.close();
  });
});

browserTest("a session is seen, and is ended from the page", async (browser) => {
  await withDashboard(browser, ["--loop"], async ({ page, port, event }) => {
    assertMatch(await page.text("#sessions"), /Nobody is watching/);
    const peer = await viewer(port, "movie.Mjpeg", true);
    const row = ".sessions tbody tr";
    await page.says(`${row} [data-cell="state"]`, /^Playing$/);
    assertEquals(await page.text(`${row} [data-cell="file"]`), "movie.Mjpeg");
    assertMatch(await page.text(`${row} [data-cell="peer"]`), /^127\.0\.0\.1:\d+\s+RTSP · TCP$/);
    assertMatch(await page.text(`${row} [data-cell="frame"]`), /^\d+ \/ 30$/);
    await page.until("its rate", async () => {
      return Number(await page.text(`${row} [data-cell="fps"]`)) > 10;
    });
    await page.says("#log", /playing from frame 1/);
    assertEquals(await page.violations(), []);

    await page.page.click(`${row} button`);
    await page.until("its end", async () => !await page.has(row));
    const { reason, peer: who, dialect, file } = await event("session-ended");
    assertEquals([reason, dialect, file], ["ended from the dashboard", "rtsp", "movie.Mjpeg"]);
    assertMatch(String(who), /^127\.0\.0\.1:\d+$/);
    await page.says("#log", /ended from the dashboard/);
    await peer.close();
  });
});

browserTest("the page's numbers are those the server counted", async (browser) => {
  await withDashboard(browser, [], async ({ page, port, ui, event }) => {
    const peers = [
      await viewer(port, "movie.Mjpeg", true),
      await viewer(port, "movie.Mjpeg", true),
    ];
    for (const _ of peers) await event("session-end-of-media");
    for (const peer of peers) await peer.close();
    let frames = 0;
    for (const _ of peers) frames += Number((await event("session-ended")).frames);
    assertEquals(frames, 2 * FRAMES);
    await page.until("all frames", async () => await count(page, "frames") === frames);
    await page.says("#sessions", /Nobody is watching/);

    const metrics = parseExposition(await (await fetch(new URL("/metrics", ui))).text());
    const sum = (name: string): number =>
      metrics.get(name)!.samples.reduce((total, { value }) => total + value, 0);
    assertEquals(sum("rtspkit_frames_sent_total"), frames);
    assertEquals(sum("rtspkit_rtp_packets_sent_total"), await count(page, "packets"));
    assertEquals(sum("rtspkit_requests_total"), await count(page, "requests"));
    assertEquals(sum("rtspkit_sessions_total"), await count(page, "sessions"));
    assertEquals(valueOf(metrics, "rtspkit_sessions"), undefined, "nobody is left");
    assertEquals(await count(page, "connections"), 2);
  });
});

browserTest("files are shown with a picture and what each needs", async (browser) => {
  const look = { width: 390, height: 844, scheme: "dark" as const };
  await withDashboard(browser, [], async ({ page, port }) => {
    const card = (name: string): string => `[data-file="${name}"]`;
    await page.says(`${card("movie.Mjpeg")} .badge`, /^sent as it is$/);
    await page.says(`${card("movie.Mjpeg")} .file-facts`, /^64×48 · 30 frames · /);
    await page.says(`${card("broken.mjpeg")} .badge`, /^cannot be served$/);
    const url = await page.text(`${card("sub folder/other.Mjpeg")} .url`);
    assertEquals(url, `rtsp://localhost:${port}/sub%20folder/other.Mjpeg`);
    await page.in(`document.querySelector('${card("movie.Mjpeg")}').scrollIntoView()`);
    await page.until(
      "the picture",
      () => page.in(`document.querySelector('${card("movie.Mjpeg")} img').naturalWidth === 64`),
    );
    assertEquals(await page.violations(), []);
    assertEquals(await page.overflow(), 0, "nothing stands out on a telephone");
  }, look);
});

browserTest("each file is played by a link", async (browser) => {
  await withDashboard(browser, ["--loop"], async ({ page, port, ui, event }) => {
    const link = '[data-file="sub folder/other.Mjpeg"] a.play';
    await page.until("the link", () => page.has(link));
    const [tab] = await Promise.all([
      page.page.context().waitForEvent("page"),
      page.page.click(link),
    ]);
    await tab.waitForLoadState();
    const player = browser.watch(tab, ui);
    await player.says("#stream", new RegExp(`^rtsp://127\\.0\\.0\\.1:${port}/sub%20folder/other`));
    await player.reaches("Playing");
    await player.passes(2);
    // It asks for news again once it is looked at.
    await page.page.bringToFront();
    await page.says('.sessions tbody tr [data-cell="file"]', /^sub folder\/other\.Mjpeg$/);
    assertEquals(await player.text("#open-form"), "", "there is nothing else to be chosen");
    assertEquals(await player.violations(), []);
    await player.press("teardown");
    await player.reaches("Init");
    assertEquals((await event("session-ended")).file, "sub%20folder/other.Mjpeg");
  });
});

browserTest("of many sessions a hundred are shown, and the others counted", async (browser) => {
  await withDashboard(browser, [], async ({ page, port }) => {
    const peers: RtspPeer[] = [];
    for (let i = 0; i < 105; i++) peers.push(await viewer(port, "movie.Mjpeg", false));
    await page.says("#sessions-facts", /^105$/);
    await page.says("#sessions .more", /^and 5 more$/);
    assertEquals(await page.in("document.querySelectorAll('.sessions tbody tr').length"), 100);
    for (const peer of peers) await peer.close();
    await page.says("#sessions", /Nobody is watching/);
  });
});
