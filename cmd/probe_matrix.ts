import { NoMediaError } from "../lib/client/errors.ts";
import { type Matrix, runMatrix } from "../lib/client/matrix/matrix.ts";
import type { MatrixResult, MatrixRow } from "../lib/client/matrix/row.ts";
import { formatUrl, type RtspUrl, withoutCredentials } from "../lib/rtsp/url.ts";
import type { CommandContext } from "./command.ts";
import { EXIT, UsageError } from "./exit_status.ts";
import type { ReceiveSettings } from "./receive_settings.ts";
import type { Style } from "./style.ts";
import { credentialsOf, type StreamTarget } from "./target.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
/** How long all of it may take, in ms, where nothing is said. */
const DEFAULT_DURATION_MS = 60_000;

/** Flags of `probe` that say how a matrix is told. */
export interface MatrixFlags {
  json?: boolean | undefined;
  quiet?: boolean | undefined;
}

/** Flags of `probe` that are about watching one session, which a matrix does not. */
const WATCHING = ["expect", "junit", "packets", "pcap", "report", "strict", "transport"];

/**
 * Tries out what a server really does and tabulates it.
 * @throws {UsageError} when a flag was given that is about watching one session
 * @throws {NoMediaError} when media came by no transport
 */
export async function probeMatrix(
  target: StreamTarget,
  flags: MatrixFlags & Record<string, unknown>,
  settings: ReceiveSettings,
  context: CommandContext,
  style: Style,
): Promise<number> {
  const other = WATCHING.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (other !== undefined) {
    throw new UsageError(
      `--matrix opens many sessions, --${other} is about one: run probe once more without --matrix`,
    );
  }
  if (settings.dialect === "lab") throw new UsageError("--matrix is about standard RTSP only");
  const url = urlOf(target);
  const table = new MatrixTable(context, style);
  if (!flags.json) table.begin(formatUrl(withoutCredentials(url)));
  const { clock, signal } = context;
  const matrix = await runMatrix({
    url,
    clock,
    signal,
    timeout: settings.timeout ?? DEFAULT_TIMEOUT_MS,
    duration: settings.duration ?? DEFAULT_DURATION_MS,
    credentials: settings.credentials ?? credentialsOf(target),
    trust: settings.trust,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    onRow: (row) => {
      if (flags.json) context.out(JSON.stringify({ event: "matrix", ...row }));
      else table.row(row);
    },
  });
  context.talk(matrixLine(matrix));
  if (!matrix.plays && !signal.aborted) {
    throw new NoMediaError("the server speaks RTSP, but no transport brought a packet");
  }
  return EXIT.ok;
}

/** A file of the lab form is asked for as standard servers know it. */
function urlOf(target: StreamTarget): RtspUrl {
  if (target.form === "url") return target.url;
  const { hostname: host, port, file } = target;
  const path = `/${file.split("/").map(encodeURIComponent).join("/")}`;
  return { scheme: "rtsp", host, port, path };
}

/** What it comes to, in one line. */
export function matrixLine({ rows }: Matrix): string {
  const counts = (["yes", "partly", "no", "skipped", "failed"] as const).flatMap((result) => {
    const number = rows.filter((row) => row.result === result).length;
    return number === 0 ? [] : [`${number} ${result}`];
  });
  const ways = rows.filter(({ group, result }) => group === "transport" && result === "yes")
    .map(({ name }) => name);
  const media = ways.length === 0 ? "media by no transport" : `media by ${ways.join(", ")}`;
  return `${rows.length} things tried: ${counts.join(", ")}; ${media}`;
}

/** As wide as the widest of each. */
const GROUP_WIDTH = 12;
const NAME_WIDTH = 32;
const RESULT_WIDTH = 9;
const INDENT = " ".repeat(GROUP_WIDTH + 2);

/** Rows as they come, in aligned columns, each with the exchange that shows it below. */
class MatrixTable {
  #group = "";

  constructor(readonly context: Pick<CommandContext, "out">, readonly style: Style) {}

  begin(url: string): void {
    this.#print(this.style.bold(`What ${url} does`));
    this.#print("");
  }

  row({ group, name, result, detail, exchange }: MatrixRow): void {
    const { style } = this;
    if (this.#group !== "" && this.#group !== group) this.#print("");
    const first = this.#group === group ? "" : group;
    this.#group = group;
    this.#print(
      `${first.padEnd(GROUP_WIDTH)}  ${name.padEnd(NAME_WIDTH)}` +
        `${paint(style, result)(result)}${" ".repeat(RESULT_WIDTH - result.length)}${detail}`,
    );
    for (const line of exchange) this.#print(style.dim(`${INDENT}${line}`));
  }

  #print(line: string): void {
    this.context.out(line.trimEnd());
  }
}

function paint(style: Style, result: MatrixResult): (text: string) => string {
  const { green, yellow, red, dim } = style;
  return { yes: green, partly: yellow, no: red, skipped: dim, failed: red }[result];
}
