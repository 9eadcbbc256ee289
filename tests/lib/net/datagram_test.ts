import { DatagramSocket, MAX_DATAGRAM } from "../../../lib/net/datagram.ts";
import { BindError } from "../../../lib/net/errors.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";

/** Sends with `send` and collects what comes until `count` have. */
async function exchange(
  count: number,
  send: (socket: DatagramSocket, port: number) => void,
): Promise<Uint8Array[]> {
  const receiver = new DatagramSocket("127.0.0.1", 0);
  const sender = new DatagramSocket("0.0.0.0", 0);
  const received: Uint8Array[] = [];
  const enough = receiver.receiveAll((bytes, from) => {
    assertEquals(from, { hostname: "127.0.0.1", port: sender.port });
    received.push(bytes.slice());
    if (received.length === count) receiver.close();
  });
  try {
    send(sender, receiver.port);
    await enough;
  } finally {
    receiver.close();
    sender.close();
  }
  return received;
}

Deno.test("datagrams leave in the order they are given, also the first of a socket", async () => {
  const to = (port: number): { hostname: string; port: number } => ({
    hostname: "127.0.0.1",
    port,
  });
  const received = await exchange(50, (socket, port) => {
    for (let i = 0; i < 50; i++) socket.send(Uint8Array.of(i), to(port));
  });
  assertEquals(received.map((bytes) => bytes[0]), Array.from({ length: 50 }, (_, i) => i));
});

Deno.test("a datagram that is refused does not hold back those behind it", async () => {
  const received = await exchange(1, (socket, port) => {
    const to = { hostname: "127.0.0.1", port };
    assertRejects(() => socket.send(new Uint8Array(MAX_DATAGRAM + 1), to), Error);
    socket.send(new Uint8Array(MAX_DATAGRAM), to);
  });
  assertEquals(received[0]?.length, MAX_DATAGRAM);
});

Deno.test("a port that is taken says so, and what to do", () => {
  const socket = new DatagramSocket("127.0.0.1", 0);
  try {
    const error = assertThrows(
      () => new DatagramSocket("127.0.0.1", socket.port),
      BindError,
      "address already in use (try another port, or 0 for any free one)",
    );
    assert(error.message.includes(`cannot bind UDP port 127.0.0.1:${socket.port}`));
  } finally {
    socket.close();
  }
});

Deno.test("a socket closed twice is closed, and receiving ends without an error", async () => {
  const socket = new DatagramSocket("127.0.0.1", 0);
  const receiving = socket.receiveAll(() => {});
  socket.close();
  socket.close();
  await receiving;
  await assertRejects(
    () => socket.send(Uint8Array.of(1), { hostname: "127.0.0.1", port: 9 }),
    Error,
  );
});
