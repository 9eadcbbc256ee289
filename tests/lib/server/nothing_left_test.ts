// Frames that the system took at once leave nothing to the runtime, and the scheduler's timer is told.
import { FrameDestination } from "../../../lib/net/frame_sender.ts";
import { libc } from "../../../lib/net/native/libc.ts";
import type { Departure } from "../../../lib/net/paths/media_path.ts";
import { LabPorts } from "../../../lib/server/lab/lab_ports.ts";
import { assertEquals } from "../../support/assert.ts";
import { NO_TROUBLE } from "../../support/send_trouble.ts";
import { FRAME_MS, withServer } from "../../support/rtsp_server.ts";

const ignore = libc() === undefined;

for (const over of ["UDP", "TCP"]) {
  Deno.test({
    name: `frames that have left leave nothing to the runtime, over ${over}`,
    ignore,
    fn: () =>
      withServer({ loop: true }, async (test) => {
        const peer = await test.connect();
        const receiver = over === "UDP" ? test.receiver() : undefined;
        await test.play(peer, await test.setUp(peer, receiver));
        // The first ones are read and reported on.
        await test.clock.advance(3 * FRAME_MS);
        for (let frame = 3; frame < 10; frame++) {
          await test.clock.advance(FRAME_MS);
          assertEquals(test.clock.told, true, `frame ${frame}`);
        }
      }),
  });
}

Deno.test({
  name: "a lab datagram that has left leaves nothing to the runtime, one over IPv6 is on its way",
  ignore,
  fn: () => {
    const ports = new LabPorts();
    try {
      const send = (hostname: string): Departure => {
        return ports.send(new Uint8Array(20), new FrameDestination(hostname, 9, NO_TROUBLE));
      };
      assertEquals([send("127.0.0.1"), send("::1")], ["left", "leaving"]);
    } finally {
      ports.close();
    }
  },
});
