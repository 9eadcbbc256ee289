/** What the load client measured in its window; see its README for the fields. */
export interface Load {
  packets: number;
  frames: number;
  lost: number;
  fps: { mean: number };
  first_packet_ms: { p50: number };
  pacing_ms: { p50: number; p99: number };
  server: { cpu_us_per_packet: number; cpu_us_per_frame: number; core_pct: number };
}

/** What is asked of the load client. */
export interface LoadOptions {
  url: string;
  clients: number;
  transport: "udp" | "tcp";
  /** The server's process. */
  pid: number;
  /** Its processor; undefined to leave it to the system. */
  cpu?: number;
  dialect?: "lab";
  /** Seconds; default 6. */
  duration?: number;
}

const LOAD_CLIENT = new URL("../../../shared/tools/rtspload/rtspload.c", import.meta.url);
const BARE_SENDER = new URL("bare_sender.c", import.meta.url);

/** Builds the load client; undefined where its source or a C compiler is missing. */
export function buildLoadClient(folder: string): Promise<string | undefined> {
  return build(LOAD_CLIENT, `${folder}/rtspload`);
}

/** Builds the program that only sends (`bare_sender.c`); undefined where there is no C compiler. */
export function buildBareSender(folder: string): Promise<string | undefined> {
  return build(BARE_SENDER, `${folder}/bare_sender`);
}

async function build(source: URL, program: string): Promise<string | undefined> {
  try {
    const { success } = await run("gcc", "-O2", "-o", program, source.pathname);
    return success ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Measures a server. @throws {Error} with the load client's words when nothing was measured */
export async function measureLoad(program: string, options: LoadOptions): Promise<Load> {
  const { url, clients, transport, pid, cpu, dialect, duration = 6 } = options;
  const pin = cpu === undefined ? [] : ["taskset", "-c", String(cpu)];
  const [first, ...rest] = [...pin, program];
  const words: [string, ...string[]] = [
    first!,
    ...rest,
    "--url",
    url,
    "--clients",
    String(clients),
  ];
  words.push("--duration", String(duration), "--transport", transport, "--pid", String(pid));
  if (dialect !== undefined) words.push("--dialect", dialect);
  const { stdout, stderr } = await run(...words);
  try {
    return JSON.parse(new TextDecoder().decode(stdout));
  } catch {
    throw new Error(`The load client measured nothing: ${new TextDecoder().decode(stderr)}`);
  }
}

/** Keeps a process, with all its threads, on one processor, where the system can do that. */
export async function pin(pid: number, cpu: number): Promise<void> {
  await run("taskset", "-a", "-c", "-p", String(cpu), String(pid)).catch(() => {});
}

/** Resident memory of a process in MB. */
export async function residentMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1]) / 1024;
}

function run(...[command, ...args]: [string, ...string[]]): Promise<Deno.CommandOutput> {
  return new Deno.Command(command, { args, stdout: "piped", stderr: "piped" }).output();
}
