import { libc } from "../../../../lib/net/native/libc.ts";
import { SendBuffer } from "../../../../lib/net/native/send_buffer.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { connectedPair } from "../../../support/connected_pair.ts";
import { fillSendBuffer } from "../../../support/fill_send_buffer.ts";

const ignore = libc() === undefined;

Deno.test({
  name: "what the peer has no room for is told, and that it read some of it",
  ignore,
  fn: async () => {
    using pair = await connectedPair();
    const buffer = SendBuffer.of(pair.ours)!;
    assertEquals([buffer.unacknowledged, buffer.unsent, buffer.acknowledged], [0, 0, 0]);
    const taken = fillSendBuffer(buffer);
    const held = buffer.unacknowledged!;
    assert(held > 0 && held <= taken, `${held} of ${taken}`);
    const { unsent } = buffer;
    assert(unsent! > 0 && unsent! <= held, `${unsent} of ${held}`);
    const bytes = new Uint8Array(512 * 1024);
    for (let read = 0; buffer.unacknowledged! >= held;) {
      assert(read < taken, `${read} bytes were read, and ${held} are still held`);
      read += (await pair.theirs.read(bytes))!;
    }
    while (buffer.unacknowledged! > 0) await pair.theirs.read(bytes);
    assertEquals(buffer.acknowledged, taken);
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
