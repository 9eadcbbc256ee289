import type { Clock } from "../lib/net/clock.ts";
import type { Flags } from "./flags.ts";

/** What a command has to work with; everything that touches the person's terminal comes from here. */
export interface CommandContext {
  /** One line of data. */
  out(line: string): void;
  /** One line of talk. */
  talk(line: string): void;
  /** Rewrites the terminal's last line; nothing where there is no terminal. */
  progress(line: string): void;
  /**
   * From here on nothing waits for whoever reads the output: what is not read in time is left out,
   * and counted in its place, and a reader that goes away ends nothing. For commands that others
   * depend on.
   */
  neverWait(): void;
  /** Whether talk goes to a terminal that shows colour. */
  readonly colour: boolean;
  /** Aborted by Ctrl-C and SIGTERM: finish what is begun, and end. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** One subcommand: what it is called, what it tells of itself, and what it does. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** How it is called, one form a line. */
  readonly usage: readonly string[];
  /** Two or three real calls, with what each does. */
  readonly examples: readonly (readonly [call: string, does: string])[];
  readonly flags: Flags;
  /** Runs it. What it throws is mapped to a line and an exit status; what it returns is the status. */
  run(args: string[], context: CommandContext): Promise<number>;
}

/** Flags every command has. */
export const COMMON_FLAGS = {
  help: { kind: "boolean", short: "h", help: "show this" },
  json: { kind: "boolean", help: "one JSON object a line on stdout" },
  quiet: { kind: "boolean", short: "q", help: "no talk on stderr", excludes: "verbose" },
  verbose: { kind: "boolean", short: "v", help: "show the RTSP exchange too" },
} as const satisfies Flags;

/** Flags of every command that receives a stream. */
export const RECEIVE_FLAGS = {
  timeout: {
    kind: "duration",
    placeholder: "D",
    help: "bound on every wait for the peer (10s)",
    least: 1,
  },
  transport: {
    kind: "text",
    placeholder: "T",
    choices: ["auto", "udp", "tcp", "multicast"],
    help: "auto, udp, tcp or multicast (auto)",
  },
  dialect: {
    kind: "text",
    placeholder: "D",
    choices: ["auto", "rtsp", "lab"],
    help: "auto, rtsp or lab (auto: found out)",
  },
  duration: { kind: "duration", placeholder: "D", help: "stop after that long", least: 1 },
  user: { kind: "text", placeholder: "NAME", help: "user name (or RTSPKIT_USER)" },
  "password-file": {
    kind: "text",
    placeholder: "FILE",
    help: "the password is in FILE (or RTSPKIT_PASSWORD)",
  },
  "tls-ca": {
    kind: "text",
    placeholder: "FILE",
    help: "rtsps: trust the certificates in FILE too, PEM: an authority's, or the server's own",
  },
  "tls-fingerprint": {
    kind: "text",
    placeholder: "SHA256",
    help: "rtsps: trust the one certificate that has this SHA-256, and no other",
  },
} as const satisfies Flags;
