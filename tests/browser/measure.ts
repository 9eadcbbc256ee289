/**
 * How long a picture is on its way from the server's socket to the screen, and what the player costs:
 * `deno run -A tests/browser/measure.ts [WIDTHxHEIGHT] [FPS] [SECONDS]`. Server, player and browser run
 * on this machine, each a process of its own.
 *
 * @module
 */
import { MediaLibrary } from "../../lib/media/library.ts";
import { systemClock } from "../../lib/net/clock.ts";
import { listenTcp } from "../../lib/net/tcp.ts";
import { DEFAULT_SERVER_OPTIONS } from "../../lib/server/options.ts";
import { RtspServer } from "../../lib/server/server.ts";
import type { MediaLease, MediaProvider } from "../../lib/stream/media_provider.ts";
import { labFile } from "../lib/media/frames.ts";
import { clipFrames } from "../support/clips.ts";
import { Program } from "../support/program.ts";
import { measuringBrowser } from "./support/browser.ts";

const [size = "640x480", rate = "25", length = "20"] = Deno.args;
const [width = 640, height = 480] = size.split("x").map(Number);
const fps = Number(rate), seconds = Number(length);

/** Seconds of processor time that a process has used (proc(5), utime and stime of 10 ms). */
async function processorTime(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

/** Media that notes when each frame was asked for, which is when it leaves. */
class NotedMedia implements MediaProvider {
  /** By index of the frame: ms since the Unix epoch. */
  readonly sentAt: number[] = [];

  constructor(readonly media: MediaLibrary) {}

  async open(name: string): Promise<MediaLease> {
    const lease = await this.media.open(name);
    const sentAt = this.sentAt;
    const source = new Proxy(lease.source, {
      get(target, key): unknown {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          if (key === "frame") {
            sentAt[args[0] as number] = performance.timeOrigin + performance.now();
          }
          return Reflect.apply(value, target, args);
        };
      },
    });
    return { source, release: () => lease.release() };
  }

  list(): Promise<string[]> {
    return this.media.list();
  }
}

const folder = await Deno.makeTempDir();
const pictures = clipFrames({ frames: 25, width, height, quality: 60 });
const frames = Array.from({ length: fps * (seconds + 10) }, (_, i) => pictures[i % 25]!);
await Deno.writeFile(`${folder}/movie.Mjpeg`, labFile(frames));
const media = new NotedMedia(new MediaLibrary({ root: folder }));
const server = new RtspServer(listenTcp("127.0.0.1", 0), {
  ...DEFAULT_SERVER_OPTIONS,
  media,
  clock: systemClock,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fps,
  onEvent: () => {},
});
const serving = server.serve();
const url = `rtsp://127.0.0.1:${server.listener.addr.port}/movie.Mjpeg`;
const player = new Program(["play", url, "--no-open", "--json", "--ui", "web"]);
const page = JSON.parse(await player.line() ?? "{}");
const browser = await measuringBrowser(page.url);
await new Promise((resolve) => setTimeout(resolve, 3000));
const before = await processorTime(player.pid);
const from = await browser.value<number>("performance.timeOrigin + performance.now()");
await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const used = await processorTime(player.pid) - before;
const draws = await browser.value<[number, number, number][]>(
  "globalThis.rtspkitPage.screens[0].draws",
);
const delays = draws.filter(([, at]) => at >= from)
  .map(([number, at]) => at - media.sentAt[number - 1]!);
const bytes = pictures.reduce((sum, { length }) => sum + length, 0) / pictures.length;
// deno-lint-ignore no-console
console.log(
  `${size} at ${fps} fps, ${Math.round(bytes / 1000)} kB a picture: ${delays.length} of ` +
    `${fps * seconds} pictures drawn in ${seconds} s; sent to drawn: median ` +
    `${percentile(delays, 0.5).toFixed(1)} ms, 95 % within ${
      percentile(delays, 0.95).toFixed(1)
    } ` +
    `ms; the player's process used ${(100 * used / seconds).toFixed(1)} % of one core`,
);
await browser.close();
player.kill("SIGINT");
await player.finish();
server.close();
await serving;
await media.media.close();
await Deno.remove(folder, { recursive: true });
