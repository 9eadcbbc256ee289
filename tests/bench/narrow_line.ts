/**
 * What a viewer over TCP sees whose line is narrower than the stream, here the test pattern: how many
 * frames, how old they are when they come, and how far apart. Two network namespaces with a `veth` pair
 * and a token bucket (tc-tbf(8)) between them; needs root and Linux.
 *
 *     unshare -n deno run -A tests/bench/narrow_line.ts
 */
import { Program } from "../support/program.ts";
import { printTable } from "./table.ts";

const [SERVER, VIEWER] = ["10.99.0.1", "10.99.0.2"];
/** As `tc` takes them. The pattern has 2.3 Mbit/s. */
const RATES = ["500kbit", "1mbit", "1500kbit", "2mbit"];
const QUEUE = ["burst", "16kb", "limit", "32kb"];
const SECONDS = 30;
const CLOCK_RATE = 90_000;
const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** A frame that has come whole. */
interface Frame {
  /** In s. */
  arrival: number;
  timestamp: number;
}

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Runs a command where the viewer is. */
function there(namespace: number, ...command: string[]): Promise<string> {
  return run("nsenter", "--target", String(namespace), "--net", ...command);
}

/** Two ends of a line: `near` here, `far` in the other process's namespace. */
async function connect(namespace: number): Promise<void> {
  await run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far");
  await run("ip", "link", "set", "far", "netns", String(namespace));
  await run("ip", "address", "add", `${SERVER}/24`, "dev", "near");
  await run("ip", "link", "set", "near", "up");
  await there(namespace, "ip", "address", "add", `${VIEWER}/24`, "dev", "far");
  await there(namespace, "ip", "link", "set", "far", "up");
}

/** What comes of the stream in that time. */
async function watch(namespace: number, port: number): Promise<Frame[]> {
  const url = `rtsp://${SERVER}:${port}/test`;
  const flags = ["--transport", "tcp", "--duration", `${SECONDS}s`, "--json"];
  const probe = ["run", "--quiet", "-A", MAIN, "probe", url, ...flags];
  const lines = (await there(namespace, Deno.execPath(), ...probe)).trim().split("\n");
  return lines.map((line) => JSON.parse(line)).filter(({ marker }) => marker === true).map(
    ({ time, timestamp }) => ({ arrival: time, timestamp }),
  );
}

function rowOf(rate: string, frames: readonly Frame[]): string[] {
  const [first] = frames;
  if (first === undefined) throw new Error("nothing came");
  const mediaTime = ({ timestamp }: Frame): number => {
    return ((timestamp - first.timestamp) >>> 0) / CLOCK_RATE;
  };
  const ageOf = (frame: Frame): number => frame.arrival - first.arrival - mediaTime(frame);
  const later = frames.filter(({ arrival }) => arrival - first.arrival > SECONDS / 2);
  const ages = later.map(ageOf).sort((a, b) => a - b);
  const steps = later.slice(1).map((frame, i) => mediaTime(frame) - mediaTime(later[i]!));
  return [
    rate,
    (later.length / (SECONDS / 2)).toFixed(1),
    `${ages[ages.length >> 1]!.toFixed(2)} s`,
    `${ages.at(-1)!.toFixed(2)} s`,
    `${Math.max(...frames.map(ageOf)).toFixed(2)} s`,
    `${(1000 * Math.max(...steps)).toFixed(0)} ms`,
  ];
}

const other = new Deno.Command("unshare", { args: ["--net", "sleep", "600"] }).spawn();
const serve = new Program(["serve", "0", "--json", "--quiet"]);
try {
  const { port } = JSON.parse(await serve.line() ?? "{}");
  await connect(other.pid);
  const rows = [];
  for (const rate of RATES) {
    await run("tc", "qdisc", "replace", "dev", "near", "root", "tbf", "rate", rate, ...QUEUE);
    rows.push(rowOf(rate, await watch(other.pid, port)));
  }
  printTable("A viewer over TCP, in the second half", [
    ["line", "frames/s", "age, median", "most", "before, once", "apart at most"],
    ...rows,
  ]);
} finally {
  serve.kill("SIGTERM");
  other.kill("SIGKILL");
  await Promise.all([serve.finish(), other.status]);
}
