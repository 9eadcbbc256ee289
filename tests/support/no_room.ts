import { DatagramSocket } from "../../lib/net/datagram.ts";
import { SegmentedSender } from "../../lib/net/native/segmented_sender.ts";

/**
 * Runs `body` while no socket of this process has room for datagrams; what waited leaves behind it.
 * @param refuse what a socket says to each instead, where it does not let it wait
 */
export async function withoutRoom(body: () => Promise<void>, refuse?: () => Error): Promise<void> {
  const { send } = DatagramSocket.prototype;
  const fast = { ...fastWays() };
  const room = Promise.withResolvers<void>();
  for (const way of ["send", "sendDatagram"] as const) {
    // The fast way has nothing to ask any more, and lets all wait for the runtime.
    Object.assign(SegmentedSender.prototype, {
      [way](this: SegmentedSender, ...given: unknown[]): unknown {
        this.close();
        return Reflect.apply(fast[way], this, given);
      },
    });
  }
  DatagramSocket.prototype.send = async function (bytes, to): Promise<unknown> {
    if (refuse !== undefined) throw refuse();
    await room.promise;
    return await send.call(this, bytes, to);
  };
  try {
    await body();
  } finally {
    DatagramSocket.prototype.send = send;
    Object.assign(SegmentedSender.prototype, fast);
    room.resolve();
  }
}

function fastWays(): Pick<SegmentedSender, "send" | "sendDatagram"> {
  const { send, sendDatagram } = SegmentedSender.prototype;
  return { send, sendDatagram };
}
