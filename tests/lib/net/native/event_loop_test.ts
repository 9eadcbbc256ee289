import { DatagramSocket } from "../../../../lib/net/datagram.ts";
import { EventLoop } from "../../../../lib/net/native/event_loop.ts";
import { libc } from "../../../../lib/net/native/libc.ts";
import { findDescriptor, SOCKET_TYPE } from "../../../../lib/net/native/socket_descriptor.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

/** Elsewhere there is no such loop, or it cannot be looked at. */
const ignore = libc() === undefined;
const LONG_MS = 900;

/** Lets the loop take what there is, until it has nothing to do any more. */
async function quiet(loop: EventLoop): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 1)); while (!loop.sleep(5));
}

Deno.test({
  name: "a thread sleeps until the time is up when its event loop has nothing to do",
  ignore,
  fn: async () => {
    const loop = EventLoop.current!;
    await quiet(loop);
    const before = performance.now();
    assert(loop.sleep(20));
    assert(performance.now() - before >= 19.9);
  },
});

Deno.test({
  name: "a thread is woken by a socket and by a process that ends, and learns of both",
  ignore,
  fn: async () => {
    const loop = EventLoop.current!;
    const socket = new DatagramSocket("127.0.0.1", 0);
    const received = Promise.withResolvers<number>();
    const receiving = socket.receiveAll((bytes) => received.resolve(bytes[0]!));
    await quiet(loop);
    socket.send(Uint8Array.of(7), { hostname: "127.0.0.1", port: socket.port });
    await Promise.resolve();
    assertEquals(loop.sleep(LONG_MS), false);
    assertEquals(await received.promise, 7);
    socket.close();
    await receiving;

    await quiet(loop);
    const process = new Deno.Command("sleep", { args: ["0.05"] }).spawn();
    const status = process.status;
    await new Promise((resolve) => setImmediate(resolve));
    assertEquals(loop.sleep(LONG_MS), false);
    assert((await status).success);
  },
});

Deno.test({
  name:
    "room in a socket wakes a thread while Deno sends, and no other time where it is written to past it",
  ignore,
  fn: async () => {
    const loop = EventLoop.current!;
    const library = libc()!;
    const socket = new DatagramSocket("127.0.0.1", 0);
    const descriptor = findDescriptor(library, SOCKET_TYPE.datagram, socket.port)!;
    // Nobody listens there: what is sent is dropped, and its room is free again, at once.
    const nobody = new DatagramSocket("127.0.0.1", 0);
    const to = { hostname: "127.0.0.1", port: nobody.port };
    nobody.close();
    const sends = async (): Promise<void> => void await socket.send(new Uint8Array(100), to);
    const wakes = async (send: () => void): Promise<boolean> => {
      await quiet(loop);
      send();
      return !loop.sleep(5);
    };
    await quiet(loop);
    await sends();
    assert(!loop.sleep(5));
    const room = loop.roomOf(descriptor)!;
    socket.writePast(room);
    await quiet(loop);
    await sends();
    assert(loop.sleep(5));
    assert(await wakes(room.heed));
    socket.close();
    assertEquals(loop.roomOf(descriptor), undefined);
  },
});

Deno.test({
  name: "each thread finds the event loop that is its own",
  ignore,
  fn: async () => {
    const url = new URL("event_loop_worker.ts", import.meta.url);
    const workers = [1, 2].map(() => new Worker(url, { type: "module" }));
    const told = await Promise.all(workers.map((worker) => {
      return new Promise<{ descriptor: number; slept: boolean }>((resolve) => {
        worker.onmessage = (event) => resolve(event.data);
      });
    }));
    for (const worker of workers) worker.terminate();
    const descriptors = [EventLoop.current!.descriptor, ...told.map((each) => each.descriptor)];
    assertEquals(new Set(descriptors).size, descriptors.length);
    assertEquals(told.map((each) => each.slept), [false, false]);
  },
});
