// Another thread, with an event loop of its own: tells which, and whether its sockets wake it.
import { DatagramSocket } from "../../../../lib/net/datagram.ts";
import { EventLoop } from "../../../../lib/net/native/event_loop.ts";

const loop = EventLoop.current!;
const socket = new DatagramSocket("127.0.0.1", 0);
const receiving = socket.receiveAll(() => socket.close());
do await new Promise((resolve) => setTimeout(resolve, 1)); while (!loop.sleep(5));
socket.send(Uint8Array.of(1), { hostname: "127.0.0.1", port: socket.port });
await Promise.resolve();
const slept = loop.sleep(900);
await receiving;
const scope = globalThis as unknown as { postMessage(told: unknown): void };
scope.postMessage({ descriptor: loop.descriptor, slept });
