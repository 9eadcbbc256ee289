import { libc } from "../../../../lib/net/native/libc.ts";
import { targetOf } from "../../../../lib/net/native/proc.ts";
import { findConnection } from "../../../../lib/net/native/socket_descriptor.ts";
import { listenTls } from "../../../../lib/net/tcp.ts";
import { assertEquals, assertMatch } from "../../../support/assert.ts";
import { TEST_CERTIFICATE } from "../../../support/certificate.ts";
import { connectedPair } from "../../../support/connected_pair.ts";

const ignore = libc() === undefined;

function descriptorOf(connection: Deno.Conn): number {
  const descriptor = findConnection(libc()!, connection)!;
  assertMatch(targetOf(`/proc/self/fd/${descriptor}`)!, /^socket:/);
  return descriptor;
}

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test({
    name:
      `each of many connections has its own descriptor, whichever is asked for first: ${hostname}`,
    ignore,
    fn: async () => {
      const pairs = [];
      for (let i = 0; i < 20; i++) pairs.push(await connectedPair(hostname));
      const ends = pairs.flatMap(({ ours, theirs }) => [theirs, ours]);
      const found = ends.map(descriptorOf);
      assertEquals(new Set(found).size, ends.length);
      assertEquals(ends.toReversed().map(descriptorOf), found.toReversed());
      // What is free is taken again.
      for (const at of [3, 11]) pairs.splice(at, 1)[0]![Symbol.dispose]();
      const later = await connectedPair(hostname);
      const others = pairs.flatMap((
        { ours, theirs },
      ) => [descriptorOf(theirs), descriptorOf(ours)]);
      assertEquals(others.includes(descriptorOf(later.ours)), false);
      for (const pair of [...pairs, later]) pair[Symbol.dispose]();
    },
  });
}

Deno.test({
  name: "connections of the same ports are told apart by their addresses",
  ignore,
  fn: async () => {
    const all = Deno.listen({ hostname: "0.0.0.0", port: 0 });
    const { port } = all.addr as Deno.NetAddr;
    const accepted = [];
    const made = [];
    for (const hostname of ["127.0.0.1", "127.0.0.2"]) {
      made.push(await Deno.connect({ hostname, port }));
      accepted.push(await all.accept());
    }
    assertEquals(new Set([...made, ...accepted].map(descriptorOf)).size, 4);
    for (const each of [all, ...made, ...accepted]) each.close();
  },
});

Deno.test({
  name: "a connection over TLS to a listener of both families is found, one that is closed is not",
  ignore,
  fn: async () => {
    const listener = listenTls("::", 0, TEST_CERTIFICATE);
    const { port } = listener.addr as Deno.NetAddr;
    const theirs = await Deno.connect({ hostname: "127.0.0.1", port });
    const ours = await listener.accept();
    const handshake = ours.handshake().catch(() => {});
    assertEquals(descriptorOf(ours) === descriptorOf(theirs), false);
    theirs.close();
    assertEquals(findConnection(libc()!, theirs), undefined);
    ours.close();
    listener.close();
    await handshake;
  },
});
