// How long `probe` and `dump` look: from the PLAY on that media come for, however slow the server is.
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { type ProgramResult, runProgram } from "../support/program.ts";
import { packetsOf, PICTURES } from "../support/scripted_media.ts";
import {
  type Answer,
  type Script,
  type ScriptedConnection,
  ScriptedServer,
  SILENCE,
} from "../support/scripted_server.ts";
import { withFolder } from "../lib/media/frames.ts";

/** Within --timeout; with the others together longer than it and the duration. */
const slow = (): Promise<Answer> => {
  return new Promise((resolve) => setTimeout(() => resolve({}), 600));
};
const SLOWLY = { OPTIONS: slow, DESCRIBE: slow, SETUP: slow };
const LIMITS = ["--timeout", "1s", "--duration", "500ms", "--dialect", "rtsp"];

async function asked(
  script: Script,
  command: string,
  ...flags: string[]
): Promise<{ server: ScriptedServer; result: ProgramResult }> {
  const server = new ScriptedServer(script);
  const result = await runProgram(command, server.url(), ...LIMITS, ...flags);
  await server.close();
  return { server, result };
}

/** Two pictures, and nothing over UDP, as a firewall between would have it. */
async function overTcpAlone(client: ScriptedConnection): Promise<void> {
  if (client.transport?.interleaved === undefined) return;
  for (const packets of packetsOf(PICTURES.slice(0, 2))) await client.rtp(...packets);
}

Deno.test("probe looks at a slow server's stream as long as at any", async () => {
  const script: Script = {
    answers: { ...SLOWLY, PLAY: slow },
    media: async (client) => {
      const [first, second] = packetsOf(PICTURES.slice(0, 2));
      await client.rtp(...first!);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await client.rtp(...second!);
    },
  };
  const { result } = await asked(script, "probe", "--transport", "tcp", "--json");
  assertEquals(result.status, 0, result.stderr);
  assertEquals(JSON.parse(result.stdout.trimEnd().split("\n").at(-1)!).frames, 2);
});

Deno.test("probe tells which request was not answered, after however many slow ones", async () => {
  const script = { answers: { ...SLOWLY, PLAY: SILENCE } };
  const { server, result } = await asked(script, "probe", "--transport", "tcp");
  assertEquals(result.status, 3);
  assertStringIncludes(result.stderr, "no reply to PLAY in 1 s");
  assert(!result.stdout.includes("healthy"), result.stdout);
  assertEquals(server.asked("PLAY").length, 1);
});

Deno.test("a duration shorter than UDP is waited for leaves time for TCP", async () => {
  // Half of --timeout is waited for datagrams: as long as is to be looked.
  const { server, result } = await asked({ media: overTcpAlone }, "probe", "--json");
  assertEquals(result.status, 0, result.stderr);
  assertStringIncludes(result.stdout, '"udp-blocked"');
  assertEquals(server.asked("PLAY").length, 2);
  await withFolder(async (folder) => {
    const out = `${folder}/pictures`;
    const { result } = await asked({ media: overTcpAlone }, "dump", "--out", out);
    assertEquals(result.status, 0, result.stderr);
    assertStringIncludes(result.stderr, "2 frames in ");
  });
});
