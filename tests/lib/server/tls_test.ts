import { basicCredentials } from "../../../lib/auth/basic.ts";
import { formatCredentials } from "../../../lib/auth/credentials.ts";
import { systemClock } from "../../../lib/net/clock.ts";
import { BindError } from "../../../lib/net/errors.ts";
import { listenTls, writeAll } from "../../../lib/net/tcp.ts";
import { MessageParser } from "../../../lib/rtsp/parser.ts";
import type { RtspResponse } from "../../../lib/rtsp/message.ts";
import { Authenticator, secretFor } from "../../../lib/server/authenticator.ts";
import type { ServerEvent } from "../../../lib/server/events.ts";
import { DEFAULT_SERVER_OPTIONS } from "../../../lib/server/options.ts";
import { RtspServer } from "../../../lib/server/server.ts";
import { MediaNotFoundError } from "../../../lib/stream/media_provider.ts";
import { assertEquals, assertMatch, assertThrows } from "../../support/assert.ts";
import { TEST_CERTIFICATE } from "../../support/certificate.ts";
import { requestText } from "../../support/rtsp_peer.ts";
import { eventually } from "../../support/wait.ts";

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

/** A server over TLS that asks for anna's password and has no media. */
async function withTlsServer(
  body: (port: number, events: ServerEvent[]) => Promise<void>,
): Promise<void> {
  const events: ServerEvent[] = [];
  const users = new Map([["anna", secretFor("anna", "tests", "s3cret")]]);
  const server = new RtspServer(listenTls("127.0.0.1", 0, TEST_CERTIFICATE), {
    ...DEFAULT_SERVER_OPTIONS,
    media: {
      open: (name) => Promise.reject(new MediaNotFoundError(name)),
      list: () => Promise.resolve([]),
    },
    clock: systemClock,
    randomBytes,
    authenticator: new Authenticator({ realm: "tests", users, clock: systemClock, randomBytes }),
    onEvent: (event) => events.push(event),
  });
  const serving = server.serve();
  try {
    await body(server.listener.addr.port, events);
    await eventually("all connections to end", () => server.connectionCount === 0);
  } finally {
    server.close();
    await serving;
  }
}

/** One request over TLS and its reply. */
async function ask(port: number, headers: string[] = []): Promise<RtspResponse> {
  const caCerts = [TEST_CERTIFICATE.cert];
  const socket = await Deno.connectTls({ hostname: "localhost", port, caCerts });
  try {
    const text = requestText("DESCRIBE", `rtsps://localhost:${port}/movie.Mjpeg`, 1, { headers });
    await writeAll(socket, new TextEncoder().encode(text));
    const parser = new MessageParser();
    const buffer = new Uint8Array(4096);
    for (;;) {
      const outcome = parser.next();
      if (outcome.kind === "value") return outcome.value as RtspResponse;
      const count = await socket.read(buffer);
      parser.push(buffer.slice(0, count ?? 0));
    }
  } finally {
    socket.close();
  }
}

Deno.test("RTSPS: requests are answered over TLS, where Basic is offered and taken", () =>
  withTlsServer(async (port) => {
    const refused = await ask(port);
    assertEquals(refused.status, 401);
    const schemes = refused.headers.getAll("WWW-Authenticate").map((value) => value.split(" ")[0]);
    assertEquals(schemes, ["Digest", "Digest", "Basic"]);
    const user = { username: "anna", password: "s3cret" };
    const authorization = `Authorization: ${formatCredentials(basicCredentials(user))}`;
    assertEquals((await ask(port, [authorization])).status, 404, "the password is right");
  }));

Deno.test("RTSPS: a client that does not speak TLS is let go, and the log says it", () =>
  withTlsServer(async (port, events) => {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    await writeAll(socket, new TextEncoder().encode(requestText("OPTIONS", "*", 1)));
    await new Response(socket.readable).bytes().catch(() => {});
    await eventually("the log", () => events.some(({ event }) => event === "disconnected"));
    const told = events.find((event) => event.event === "disconnected");
    assertMatch(told!.reason, /^[^\n]+$/);
  }));

Deno.test("a certificate that is none is told as one", () => {
  const { key } = TEST_CERTIFICATE;
  assertThrows(() => listenTls("127.0.0.1", 0, { cert: "none", key }), BindError, "certificate");
});
