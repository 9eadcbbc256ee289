// A server whose output nobody reads.
import { Buffer } from "node:buffer";
import { assert, assertEquals } from "../support/assert.ts";
import { PERMISSION_FLAGS } from "../../scripts/permissions.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CONNECTIONS = 20;
/** As many as a connection may ask at once. */
const REQUESTS = 200;
/** What a pipe holds on Linux; elsewhere it is less. */
const PIPE_BYTES = 64 * 1024;

/** Asks as often, and waits for every answer. @returns how many there were */
async function ask(port: number): Promise<number> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = connection.writable.getWriter();
  const request = (cseq: number): string => `OPTIONS * RTSP/1.0\r\nCSeq: ${cseq}\r\n\r\n`;
  const requests = Array.from({ length: REQUESTS }, (_, i) => request(i + 1)).join("");
  await writer.write(new TextEncoder().encode(requests));
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of connection.readable) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes(`CSeq: ${REQUESTS}\r\n`)) break;
  }
  await writer.close().catch(() => {});
  return text.split("RTSP/1.0 200 OK").length - 1;
}

/** A server that tells every request. */
function startServer(): Deno.ChildProcess {
  const args = ["run", "--quiet", ...PERMISSION_FLAGS, MAIN, "serve", "0", "--json", "--verbose"];
  const stdio = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(Deno.execPath(), { args, ...stdio }).spawn();
}

/** The port in the first line of its output. */
async function readPort(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number> {
  const { value } = await reader.read();
  return JSON.parse(Buffer.from(value!).toString().split("\n", 1)[0]!).port;
}

Deno.test("a server goes on serving when both its outputs are closed", async () => {
  const child = startServer();
  const reader = child.stdout.getReader();
  const port = await readPort(reader);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  for (let i = 0; i < 3; i++) assertEquals(await ask(port), REQUESTS);
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
});

Deno.test("a server whose log nobody reads goes on serving, and ends when told to", async () => {
  const child = startServer();
  const reader = child.stdout.getReader();
  const port = await readPort(reader);
  // From here on neither its stdout nor its stderr is read.
  const answers = await Promise.all(Array.from({ length: CONNECTIONS }, () => ask(port)));
  assertEquals(answers, Array(CONNECTIONS).fill(REQUESTS));
  child.kill("SIGTERM");
  const { code } = await child.status;
  assertEquals(code, 0);
  // What its pipes held is still there: more than fits had been said.
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.length;
  }
  await child.stderr.cancel();
  assert(bytes >= PIPE_BYTES / 2);
});
