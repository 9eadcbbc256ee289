import { addressOf, libc } from "../../lib/net/native/libc.ts";
import { Messages } from "../../lib/net/native/message.ts";
import type { SendBuffer } from "../../lib/net/native/send_buffer.ts";

/** `MSG_DONTWAIT`. */
const DONT_WAIT = 0x40;
const PIECE = new Uint8Array(64 * 1024);

/** Writes until the system takes no more for a peer that does not read. @returns bytes it took */
export function fillSendBuffer({ descriptor }: SendBuffer): number {
  const message = new Messages();
  message.begin(1, 0);
  message.setPiece(0, Number(addressOf(PIECE)), PIECE.length);
  for (let taken = 0;;) {
    const more = libc()!.sendmsg(descriptor, message.from(0), DONT_WAIT);
    if (more < 0) return taken;
    taken += more;
  }
}
