/**
 * How well frames keep their time: twenty lab clients play from one server, a process of its own,
 * and each frame's arrival at its socket is compared with the grid its stretch is on. Asserts
 * nothing; the machine's other work is in the numbers.
 *
 *     deno bench -A tests/bench/pacing_bench.ts
 */
import { labFile, tinyJpeg } from "../lib/media/frames.ts";
import { withServe } from "../e2e/served.ts";
import { LabClient } from "../support/lab_client.ts";
import { printTable } from "./table.ts";

const CLIENTS = 20;
const FPS = 20;
const FRAMES = 100;
/** As large as the frames of a lab file are. */
const FRAME_BYTES = 12_000;
/** ms from a frame's time that count as kept. */
const BOUNDS = [1, 2, 5];

interface Measured {
  /** ms from its time, of every frame. */
  deviations: number[];
}

/** Plays to the end and notes when each frame came. */
async function play(client: LabClient): Promise<Measured> {
  const arrivals: number[] = [];
  client.onPacket = () => arrivals.push(performance.now());
  await client.request("SETUP");
  await client.request("PLAY");
  await client.until(({ packets }) => packets.length === FRAMES);
  // Where the grid stands is not known from outside: the middle of what the frames say.
  const offsets = arrivals.map((at, i) => at - i * 1000 / FPS);
  const origin = offsets.toSorted((a, b) => a - b)[offsets.length >> 1]!;
  return { deviations: offsets.map((offset) => Math.abs(offset - origin)) };
}

async function measure(): Promise<Measured[]> {
  const jpegs = Array.from({ length: FRAMES }, (_, i) => tinyJpeg(i, FRAME_BYTES));
  const measured: Measured[] = [];
  await withServe({ "movie.Mjpeg": labFile(jpegs) }, ["--fps", String(FPS)], async ({ port }) => {
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, () => LabClient.connect(Number(port))),
    );
    measured.push(...await Promise.all(clients.map(play)));
    for (const client of clients) client.close();
  });
  return measured;
}

function share(deviations: readonly number[], bound: number): string {
  const kept = deviations.filter((deviation) => deviation <= bound).length;
  return `${(100 * kept / deviations.length).toFixed(1)} %`;
}

const measured = await measure();
const all = measured.flatMap(({ deviations }) => deviations);
const worst = measured.toSorted((a, b) =>
  Math.max(...b.deviations) - Math.max(...a.deviations)
)[0]!;
const row = (name: string, deviations: readonly number[]): string[] => {
  const latest = `${Math.max(...deviations).toFixed(1)} ms`;
  return [name, String(deviations.length), ...BOUNDS.map((b) => share(deviations, b)), latest];
};
printTable(`Frames of ${CLIENTS} clients at ${FPS} a second, from their time by at most`, [
  ["", "frames", ...BOUNDS.map((bound) => `${bound} ms`), "worst"],
  row("all clients", all),
  row("the worst client", worst.deviations),
]);
