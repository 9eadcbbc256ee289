/**
 * Clients coming and going for a long time, some of them rude, at a server that is a process of its
 * own; says whether its memory, descriptors, threads and timers stay where they were, and whether
 * frames keep their time. Linux only.
 *
 *     deno run -A tests/soak/soak.ts --minutes 60 --clients 200 --seed 7
 *
 * `--rounds` has the crowd come as often, each time for `--minutes`, with nobody there in between.
 * `--program` names another project folder or a compiled binary to serve from. Its exit status is 1
 * when a curve rises, a polite client was not served, or something is left when all have gone.
 */
import { parseArgs } from "@std/cli/parse-args";
import { Crowd } from "./crowd.ts";
import { processFacts } from "./process_facts.ts";
import { type Sample, SAMPLE_HEAD, sampleRow } from "./sample.ts";
import { ServedChild } from "./served_child.ts";
import { SteadyClient } from "./steady_client.ts";
import { type Freed, judge, judgeFreed, judgeRest, type Rest, type Verdict } from "./verdict.ts";

const FPS = 10;
const SESSION_TIMEOUT_SECONDS = 10;
/** Share of the time that is not judged: caches fill, code is compiled. */
const WARM_UP = 1 / 6;
const SAMPLES = 120;
const SHORTEST_SAMPLE_MS = 2000;
/** Samples after which the server is made to free what it no longer uses. */
const FREED_EVERY = 10;
/** For the first visits, after which nothing more is opened for good. */
const FIRST_VISITS_MS = 60_000;
/** What is left of sessions ends within their timeout; what waits for a first request, in 30 s. */
const GOODBYE_MS = 45_000;
const REST_MS = 10_000;
const MB = 1024 * 1024;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What an idle server takes. */
async function rest(child: ServedChild, minute: number): Promise<Rest> {
  const before = await processFacts(child.pid);
  await wait(REST_MS);
  const after = await processFacts(child.pid);
  const perSecond = (after.wakeUps - before.wakeUps) / (REST_MS / 1000);
  return { ...after, wakeUpsPerSecond: perSecond, freed: await free(child, minute) };
}

/** Has the server free what it no longer uses. */
async function free(child: ServedChild, minute: number): Promise<Freed | undefined> {
  if (!child.collects) return undefined;
  const { heapUsed, external } = await child.collect();
  const { anonymousMb: anonymous, residentMb } = await processFacts(child.pid);
  const used = (heapUsed + external) / MB;
  const [a, b, c] = [used, anonymous, residentMb].map((megabytes) => megabytes.toFixed(1));
  say(`freed: ${a} MB are used, ${b} MB anonymous, ${c} MB resident`);
  return { minute, used, anonymous };
}

async function visit(server: string, clients: number, seed: number, ms: number): Promise<Crowd> {
  const crowd = new Crowd({ server, clients, seed });
  await wait(ms);
  await crowd.leave();
  return crowd;
}

/** What was seen while a crowd came and went. */
interface Watched {
  samples: Sample[];
  freed: Freed[];
}

/** Samples until the time is over. */
async function watch(
  child: ServedChild,
  server: string,
  crowd: Crowd,
  ms: number,
): Promise<Watched> {
  const steady = await SteadyClient.play(server);
  const samples: Sample[] = [];
  const freed: Freed[] = [];
  const every = Math.max(SHORTEST_SAMPLE_MS, ms / SAMPLES);
  let before = await processFacts(child.pid);
  steady.window();
  const start = performance.now();
  for (let next = every; next <= ms + 1; next += every) {
    await wait(start + next - performance.now());
    const facts = await processFacts(child.pid);
    samples.push({
      ...facts,
      minute: next / 60_000,
      present: crowd.news.present,
      cpuPercent: (facts.cpuMs - before.cpuMs) / every * 100,
      wakeUpsPerSecond: (facts.wakeUps - before.wakeUps) / every * 1000,
      pacing: steady.window(),
    });
    before = facts;
    say(sampleRow(samples.at(-1)!));
    const left = samples.length % FREED_EVERY === 0 ? await free(child, next / 60_000) : undefined;
    if (left !== undefined) freed.push(left);
  }
  steady.close();
  return { samples, freed };
}

/** How long a soak is, and of what. */
interface Order {
  minutes: number;
  rounds: number;
  clients: number;
  seed: number;
}

async function soak(child: ServedChild, order: Order): Promise<Verdict[]> {
  const { minutes, rounds, clients, seed } = order;
  const server = `rtsp://127.0.0.1:${await child.port}`;
  say(`seed ${seed}, ${clients} clients for ${minutes} min at ${server}, process ${child.pid}`);
  await visit(server, clients, seed + 1, Math.min(FIRST_VISITS_MS, minutes * 60_000));
  await wait(GOODBYE_MS);
  const before = await rest(child, 0);
  const verdicts: Verdict[] = [];
  for (let round = 0; round < rounds; round++) {
    verdicts.push(...await crowded(child, server, before, { ...order, seed: seed + 2 * round }));
  }
  say(`the server told ${JSON.stringify(child.events)}`);
  const told = JSON.stringify(child.errors);
  return [...verdicts, { what: "errors the server told", told, good: none(child.errors) }];
}

/** A crowd that comes, stays and goes. */
async function crowded(
  child: ServedChild,
  server: string,
  before: Rest,
  { minutes, clients, seed }: Order,
): Promise<Verdict[]> {
  say(SAMPLE_HEAD);
  const crowd = new Crowd({ server, clients, seed });
  const { samples, freed } = await watch(child, server, crowd, minutes * 60_000);
  await crowd.leave();
  await wait(GOODBYE_MS);
  const after = await rest(child, minutes);
  say(`visits ${JSON.stringify(crowd.news.visits)}`);
  const { failures } = crowd.news;
  const warm = ({ minute }: { minute: number }): boolean => minute > minutes * WARM_UP;
  return [
    ...judge(samples.filter(warm)),
    ...judgeFreed(freed.filter(warm)),
    ...judgeRest(before, after),
    { what: "polite clients not served", told: JSON.stringify(failures), good: none(failures) },
  ];
}

function none(counts: Record<string, number>): boolean {
  return Object.keys(counts).length === 0;
}

async function main(args: string[]): Promise<number> {
  const flags = parseArgs(args, { string: ["minutes", "rounds", "clients", "seed", "program"] });
  const minutes = Number(flags.minutes ?? 60);
  const seed = Number(flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const program = flags.program as string | undefined ?? new URL("../..", import.meta.url).pathname;
  const options = { program, fps: FPS, sessionTimeout: SESSION_TIMEOUT_SECONDS };
  const child = await ServedChild.start(options);
  let verdicts: Verdict[] = [];
  let status: number;
  try {
    const clients = Number(flags.clients ?? 200);
    verdicts = await soak(child, { minutes, rounds: Number(flags.rounds ?? 1), clients, seed });
  } finally {
    status = await child.stop();
  }
  verdicts.push({ what: "exit status", told: String(status), good: status === 0 });
  for (const { what, told, good } of verdicts) say(`${good ? "ok  " : "BAD "} ${what}: ${told}`);
  return verdicts.every(({ good }) => good) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
