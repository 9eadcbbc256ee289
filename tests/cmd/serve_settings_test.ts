import { UsageError } from "../../cmd/exit_status.ts";
import { parseFlags } from "../../cmd/flags.ts";
import { SERVE_FLAGS } from "../../cmd/serve_flags.ts";
import { readSettings, type ServeSettings } from "../../cmd/serve_settings.ts";
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from "../../lib/server/options.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";

function settingsOf(...args: string[]): Promise<ServeSettings> {
  return parsed([...args, "--root", "."]);
}

async function parsed(args: string[]): Promise<ServeSettings> {
  const { flags, words } = parseFlags(args, SERVE_FLAGS);
  return await readSettings(words, flags);
}

/** Each flag that bounds something, a value, and what comes of it. */
const LIMITS: readonly (readonly [args: string, limits: Partial<ServerLimits>])[] = [
  ["", {}],
  ["--max-sessions 7", { maxSessions: 7 }],
  ["--max-connections 8", { maxConnections: 8 }],
  ["--max-sessions-per-connection 2", { maxSessionsPerConnection: 2 }],
  ["--max-streams-per-file 3", { maxStreamsPerFile: 3 }],
  ["--max-open-files 4", { maxOpenFiles: 4 }],
  // Who names a limit for addresses means this machine's too.
  ["--max-connections-per-address 5", { maxConnectionsPerAddress: 5, countLoopback: true }],
  ["--max-sessions-per-address 6", { maxSessionsPerAddress: 6, countLoopback: true }],
  ["--idle-timeout 90s", { idleMs: 90_000 }],
  ["--idle-timeout 1500ms", { idleMs: 1500 }],
];

for (const [args, limits] of LIMITS) {
  Deno.test(`limits of serve: ${args || "the defaults"}`, async () => {
    const { options } = await settingsOf(...args.split(" ").filter((word) => word !== ""));
    assertEquals(options.limits, { ...DEFAULT_SERVER_LIMITS, countLoopback: false, ...limits });
  });
}

Deno.test("limits of serve: --request-rate bounds bursts alike", async () => {
  const { requestBurst, requestsPerSecond } = DEFAULT_SERVER_LIMITS;
  const { options: { limits } } = await settingsOf("--request-rate", String(2 * requestsPerSecond));
  assertEquals(limits.requestsPerSecond, 2 * requestsPerSecond);
  assertEquals(limits.requestBurst, 2 * requestBurst);
});

Deno.test("limits of serve: --session-timeout is said in any unit", async () => {
  for (const text of ["90", "90s", "1.5m", "90000ms"]) {
    assertEquals((await settingsOf("--session-timeout", text)).options.sessionTimeout, 90);
  }
});

const REFUSED: readonly (readonly [args: string, says: string])[] = [
  ...[
    "max-sessions",
    "max-connections",
    "max-sessions-per-connection",
    "max-streams-per-file",
    "max-open-files",
    "max-connections-per-address",
    "max-sessions-per-address",
    "request-rate",
  ].flatMap((name) => [
    [`--${name} 0`, `--${name}: 0 is below the least, 1`] as const,
    [`--${name} many`, `--${name}: "many" is not a whole number`] as const,
  ]),
  ["--idle-timeout 999ms", "--idle-timeout: 999 ms is below the least, 1000 ms"],
  ["--idle-timeout soon", '--idle-timeout: "soon" is not a duration'],
  ["--session-timeout 0", "--session-timeout: 0 ms is below the least, 1000 ms"],
  ["--udp-ports 6001-6002", '"6001-6002" has no room for an even port and the next'],
  ["--udp-ports 6000", '--udp-ports "6000": give FIRST-LAST'],
  ["--udp-ports 6000-x", '--udp-ports: last port "x" is not a port number'],
  ["70000", 'PORT "70000" is not a port number'],
];

for (const [args, says] of REFUSED) {
  Deno.test(`serve ${args} is refused`, async () => {
    await assertRejects(() => settingsOf(...args.split(" ")), UsageError, says);
  });
}
