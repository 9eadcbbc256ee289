import { addressOf, libc } from "../../../../lib/net/native/libc.ts";
import { Messages } from "../../../../lib/net/native/message.ts";
import { SendBuffer } from "../../../../lib/net/native/send_buffer.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { connectedPair } from "../../../support/connected_pair.ts";

const ignore = libc() === undefined;
/** `MSG_DONTWAIT`. */
const DONT_WAIT = 0x40;
const PIECE = new Uint8Array(64 * 1024);

/** Writes until the system takes no more for a peer that does not read. @returns bytes it took */
function fill({ descriptor }: SendBuffer): number {
  const message = new Messages();
  message.begin(1, 0);
  message.setPiece(0, Number(addressOf(PIECE)), PIECE.length);
  for (let taken = 0;;) {
    const more = libc()!.sendmsg(descriptor, message.from(0), DONT_WAIT);
    if (more < 0) return taken;
    taken += more;
  }
}

Deno.test({
  name: "what the peer has no room for is told, and that it read some of it",
  ignore,
  fn: async () => {
    using pair = await connectedPair();
    const buffer = SendBuffer.of(pair.ours)!;
    assertEquals(buffer.unacknowledged, 0);
    const taken = fill(buffer);
    const held = buffer.unacknowledged!;
    assert(held > 0 && held <= taken, `${held} of ${taken}`);
    const bytes = new Uint8Array(512 * 1024);
    for (let read = 0; buffer.unacknowledged! >= held;) {
      assert(read < taken, `${read} bytes were read, and ${held} are still held`);
      read += (await pair.theirs.read(bytes))!;
    }
  },
});

Deno.test({
  name: "a send buffer that is kept short takes little for a peer that does not read",
  ignore,
  fn: async () => {
    using long = await connectedPair();
    using short = await connectedPair();
    const buffers = [long, short].map(({ ours }) => SendBuffer.of(ours)!);
    buffers[1]!.keepShort(64 * 1024);
    buffers.forEach(fill);
    const [more, less] = buffers.map(({ unacknowledged }) => unacknowledged!) as [number, number];
    assert(less <= 256 * 1024, `${less} bytes`);
    assert(less < more, `${less} bytes, and ${more} in one that is not`);
  },
});

Deno.test({
  name: "there is none of what is no TCP connection",
  ignore,
  fn: () => {
    const unix = { transport: "unix", path: "" } as const;
    assertEquals(SendBuffer.of({ localAddr: unix, remoteAddr: unix } as Deno.Conn), undefined);
  },
});
