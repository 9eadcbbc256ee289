import { ClosedSockets } from "../../../../lib/net/native/closed_sockets.ts";
import { libc } from "../../../../lib/net/native/libc.ts";
import { listenTls } from "../../../../lib/net/tcp.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { TEST_CERTIFICATE } from "../../../support/certificate.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const ignore = libc() === undefined;

/** A TLS server's connection, and its peer, who has sent what begins a handshake and no more. */
async function halfOpen(
  hostname: string,
): Promise<{ ours: Deno.TlsConn; theirs: Deno.TcpConn; listener: Deno.TlsListener }> {
  const listener = listenTls(hostname, 0, TEST_CERTIFICATE);
  const { port } = listener.addr as Deno.NetAddr;
  const loopback = hostname === "::1" ? "::1" : "127.0.0.1";
  const theirs = await Deno.connect({ hostname: loopback, port });
  await theirs.write(Uint8Array.of(22, 3, 1));
  return { ours: await listener.accept(), theirs, listener };
}

/** What a read brings in the end: null where the connection was ended, "reset" where it broke. */
function end(socket: Deno.TcpConn): Promise<number | null | "reset"> {
  return socket.read(new Uint8Array(10)).catch(() => "reset" as const);
}

for (const hostname of ["127.0.0.1", "::", "::1"]) {
  Deno.test({
    name:
      `a closed TLS connection whose peer holds on to it is cut off after two seconds: ${hostname}`,
    ignore,
    fn: async () => {
      const clock = new FakeClock();
      const closed = new ClosedSockets(clock);
      const { ours, theirs, listener } = await halfOpen(hostname);
      const other = await Deno.connect({ ...theirs.remoteAddr as Deno.NetAddr, transport: "tcp" });
      const accepted = await listener.accept();
      const handshake = ours.handshake().catch(() => {});
      ours.close();
      closed.add(ours);
      closed.add(ours);
      let ended: unknown = "open";
      const ending = end(theirs).then((how) => ended = how);
      await clock.advance(1999);
      // Deno alone would not end it.
      assertEquals(ended, "open");
      await clock.advance(1);
      await ending;
      assert(ended === null || ended === "reset", `${ended}`);
      assertEquals(clock.pending, 0);
      await handshake;
      theirs.close();
      // Who was not closed is not touched.
      let touched = false;
      const watching = end(other).then(() => touched = true);
      await clock.advance(10_000);
      assertEquals(touched, false);
      closed.close();
      other.close();
      await watching;
      accepted.close();
      listener.close();
    },
  });
}

Deno.test("where the system has no means, or nothing was closed, nothing is done", () => {
  const clock = new FakeClock();
  const ends: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  new ClosedSockets(clock, undefined).close();
  const over = new ClosedSockets(clock);
  over.close();
  over.add({ localAddr: ends, remoteAddr: ends });
  assertEquals(clock.pending, 0);
});
