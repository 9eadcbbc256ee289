/**
 * Clients coming and going for a long time, some of them rude, at a server that is a process of its
 * own; says whether its memory, descriptors, threads and timers stay where they were, and whether
 * frames keep their time. Linux only.
 *
 *     deno run -A tests/soak/soak.ts --minutes 60 --clients 200 --seed 7
 *
 * `--program` names another project folder or a compiled binary to serve from. Its exit status is 1
 * when a curve rises, a polite client was not served, or something is left when all have gone.
 */
import { parseArgs } from "@std/cli/parse-args";
import { Crowd } from "./crowd.ts";
import { processFacts } from "./process_facts.ts";
import { type Sample, SAMPLE_HEAD, sampleRow } from "./sample.ts";
import { ServedChild } from "./served_child.ts";
import { SteadyClient } from "./steady_client.ts";
import { judge, judgeRest, type Rest, type Verdict } from "./verdict.ts";

const FPS = 10;
const SESSION_TIMEOUT_SECONDS = 10;
/** Share of the time that is not judged: caches fill, code is compiled. */
const WARM_UP = 1 / 6;
const SAMPLES = 120;
const SHORTEST_SAMPLE_MS = 2000;
/** For the first visits, after which nothing more is opened for good. */
const FIRST_VISITS_MS = 20_000;
/** What is left of sessions ends within their timeout; what waits for a first request, in 30 s. */
const GOODBYE_MS = 45_000;
const REST_MS = 10_000;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What an idle server takes. */
async function rest(pid: number): Promise<Rest> {
  const before = await processFacts(pid);
  await wait(REST_MS);
  const after = await processFacts(pid);
  const perSecond = (after.wakeUps - before.wakeUps) / (REST_MS / 1000);
  return { ...after, wakeUpsPerSecond: perSecond };
}

async function visit(server: string, clients: number, seed: number, ms: number): Promise<Crowd> {
  const crowd = new Crowd({ server, clients, seed });
  await wait(ms);
  await crowd.leave();
  return crowd;
}

/** Samples until the time is over. */
async function watch(
  child: ServedChild,
  server: string,
  crowd: Crowd,
  ms: number,
): Promise<Sample[]> {
  const steady = await SteadyClient.play(server);
  const samples: Sample[] = [];
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
  }
  steady.close();
  return samples;
}

async function soak(
  child: ServedChild,
  minutes: number,
  clients: number,
  seed: number,
): Promise<Verdict[]> {
  const server = `rtsp://127.0.0.1:${await child.port}`;
  say(`seed ${seed}, ${clients} clients for ${minutes} min at ${server}, process ${child.pid}`);
  await visit(server, clients, seed + 1, Math.min(FIRST_VISITS_MS, minutes * 60_000));
  await wait(GOODBYE_MS);
  const before = await rest(child.pid);
  say(SAMPLE_HEAD);
  const crowd = new Crowd({ server, clients, seed });
  const samples = await watch(child, server, crowd, minutes * 60_000);
  await crowd.leave();
  await wait(GOODBYE_MS);
  const after = await rest(child.pid);
  say(`visits ${JSON.stringify(crowd.news.visits)}`);
  say(`the server told ${JSON.stringify(child.events)}`);
  const { failures } = crowd.news;
  return [
    ...judge(samples.filter(({ minute }) => minute > minutes * WARM_UP)),
    ...judgeRest(before, after),
    { what: "polite clients not served", told: JSON.stringify(failures), good: none(failures) },
    {
      what: "errors the server told",
      told: JSON.stringify(child.errors),
      good: none(child.errors),
    },
  ];
}

function none(counts: Record<string, number>): boolean {
  return Object.keys(counts).length === 0;
}

async function main(args: string[]): Promise<number> {
  const flags = parseArgs(args, { string: ["minutes", "clients", "seed", "program"] });
  const minutes = Number(flags.minutes ?? 60);
  const seed = Number(flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const program = flags.program as string | undefined ?? new URL("../..", import.meta.url).pathname;
  const options = { program, fps: FPS, sessionTimeout: SESSION_TIMEOUT_SECONDS };
  const child = await ServedChild.start(options);
  let verdicts: Verdict[] = [];
  let status: number;
  try {
    verdicts = await soak(child, minutes, Number(flags.clients ?? 200), seed);
  } finally {
    status = await child.stop();
  }
  verdicts.push({ what: "exit status", told: String(status), good: status === 0 });
  for (const { what, told, good } of verdicts) say(`${good ? "ok  " : "BAD "} ${what}: ${told}`);
  return verdicts.every(({ good }) => good) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
