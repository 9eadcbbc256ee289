/**
 * The demo: `deno task demo`. Starts the server, plays the built-in clip from it into `frames/`, and
 * tells what happened. What runs are the very commands it shows, only both in this one process.
 *
 * @module
 */
import { BUILT_IN_MEDIA } from "../cmd/built_in.ts";
import { explain } from "../cmd/exit_status.ts";
import { play } from "../cmd/play.ts";
import { serve } from "../cmd/serve.ts";
import { frameFileName } from "../lib/media/folder_writer.ts";
import { MediaLibrary } from "../lib/media/library.ts";
import { sleep, systemClock } from "../lib/net/clock.ts";
import { DatagramSocket } from "../lib/net/datagram.ts";
import { BindError } from "../lib/net/errors.ts";
import { listenTcp } from "../lib/net/tcp.ts";
import { DemoContext } from "./demo_context.ts";
import { Exchange } from "./demo_exchange.ts";
import { filmStrip } from "./demo_picture.ts";
import { Screen } from "./demo_screen.ts";

const CLIP = "movie.Mjpeg";
const FOLDER = "frames";
/** The ports of the course lab's own examples. */
const USUAL_PORT = 5678;
const USUAL_RTP_PORT = 6666;
/** Status of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * ms before the first line on a terminal. When `deno task` has just fetched packages, it goes on
 * drawing and erasing its progress bar for a moment, over what the task prints.
 */
const SETTLE_MS = 1000;

/** How this person starts tasks: with Deno itself, or through npx. */
const TASK = Deno.execPath().includes("_npx")
  ? `npx -y deno@${Deno.version.deno} task`
  : "deno task";

async function demo(screen: Screen, interrupt: AbortSignal): Promise<void> {
  screen.title("rtspkit", "a server and a player, talking to each other on this machine");
  const stop = new AbortController();
  const signal = AbortSignal.any([interrupt, stop.signal]);

  const port = freePort(screen);
  const served = startServer(screen, port, signal);
  await Promise.race([served.ready, served.ended]);
  try {
    const rtpPort = freeRtpPort();
    await playClip(screen, ["localhost", String(port), String(rtpPort), CLIP], signal);
    if (interrupt.aborted) return;
    await check(screen);
    whatNext(screen, port, rtpPort);
  } finally {
    stop.abort();
    await served.ended;
  }
}

function freePort(screen: Screen): number {
  try {
    listenTcp(undefined, USUAL_PORT).close();
    return USUAL_PORT;
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    const listener = listenTcp(undefined, 0);
    listener.close();
    screen.note(`Port ${USUAL_PORT} is taken on this machine, so this uses a free one.`);
    return listener.addr.port;
  }
}

function freeRtpPort(): number {
  try {
    new DatagramSocket("0.0.0.0", USUAL_RTP_PORT).close();
    return USUAL_RTP_PORT;
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    const socket = new DatagramSocket("0.0.0.0", 0);
    socket.close();
    return socket.port;
  }
}

/** Terminal 1. */
function startServer(
  screen: Screen,
  port: number,
  signal: AbortSignal,
): { ready: Promise<void>; ended: Promise<void> } {
  screen.step("Start the server", `${TASK} serve ${port}`);
  const ready = Promise.withResolvers<void>();
  const context = new DemoContext(signal, {
    out: (url) => {
      screen.text(`It offers ${url}`);
      ready.resolve();
    },
  });
  return { ready: ready.promise, ended: serve.run([String(port)], context).then(() => {}) };
}

/** Terminal 2. */
async function playClip(screen: Screen, words: string[], signal: AbortSignal): Promise<void> {
  const args = [...words, "--out", `${FOLDER}/`];
  screen.step("Play the clip from it", `${TASK} play ${args.join(" ")}`);
  screen.text("Player and server agree by RTSP, a few lines of text over TCP:");
  const exchange = new Exchange(screen);
  let summary = "";
  const context = new DemoContext(signal, {
    talk: (line) => {
      if (!exchange.take(line)) summary = line;
    },
    progress: (line) => {
      if (exchange.hold()) {
        screen.text("Then the pictures come, 20 a second, each in an RTP packet over UDP:");
      }
      screen.progress(line);
    },
  });
  await play.run([...args, "--verbose"], context);
  exchange.release();
  screen.verdict(true, summary.replace(" %", "\u00a0%"));
}

/** Compares what was written with what was served. */
async function check(screen: Screen): Promise<void> {
  screen.step("Look at what came of it");
  const library = new MediaLibrary({ root: "media", builtIn: BUILT_IN_MEDIA });
  const { source } = await library.open(CLIP);
  const total = await source.frameCount();
  let same = 0;
  for (let index = 0; index < total; index++) {
    const written = await Deno.readFile(`${FOLDER}/${frameFileName(index + 1)}`).catch(() => null);
    if (written !== null && equal(written, await source.frame(index))) same++;
  }
  await library.close();
  const last = frameFileName(total);
  screen.text(`${FOLDER}/${frameFileName(1)} … ${last}: a picture each.`);
  screen.verdict(
    same === total,
    `${same} of ${total} are the served clip's pictures, byte for byte.`,
  );
  const pictures = [1, Math.round(total / 2), total].map((n) => `${FOLDER}/${frameFileName(n)}`);
  for (const line of await filmStrip(screen, pictures)) screen.raw(line);
}

function equal(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return a.length === b?.length && a.every((byte, index) => byte === b[index]);
}

function whatNext(screen: Screen, port: number, rtpPort: number): void {
  const stream = `localhost ${port} ${rtpPort} ${CLIP}`;
  screen.step("Now you, in this folder and two terminals");
  screen.command("Terminal 1; Ctrl-C ends it", `${TASK} serve ${port}`);
  screen.command(
    "Terminal 2; Ctrl-C stops early and keeps what has come",
    `${TASK} play ${stream} --out ${FOLDER}/`,
  );
  screen.command(
    "Or by standard RTSP, showing every line of the exchange",
    `${TASK} play rtsp://localhost:${port}/${CLIP} -v`,
  );
  screen.command("Or every packet, and what is odd about it", `${TASK} probe ${stream}`);
  screen.text("Files of your own go into media/. What else there is: README.md");
}

async function main(): Promise<number> {
  const screen = new Screen();
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  Deno.addSignalListener("SIGINT", onSignal);
  try {
    if (Deno.stdout.isTerminal()) await sleep(systemClock, SETTLE_MS);
    await demo(screen, interrupt.signal);
    return interrupt.signal.aborted ? INTERRUPTED : 0;
  } catch (error) {
    const { line, status } = explain(error);
    screen.verdict(false, line);
    return status;
  } finally {
    screen.close();
    Deno.removeSignalListener("SIGINT", onSignal);
  }
}

if (import.meta.main) Deno.exit(await main());
