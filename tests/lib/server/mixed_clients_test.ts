// Lab clients and standard clients on one port at the same time, on the same file.
import { assert, assertEquals } from "../../support/assert.ts";
import { LabClient } from "../../support/lab_client.ts";
import { framesOf, numbers, numbersOf } from "../../support/rtp_frames.ts";
import { MOVIE, MOVIE_FRAMES, withRealTimeServer } from "../../support/rtsp_server.ts";

Deno.test("lab clients, RTSP over UDP and RTSP over TCP all get the whole clip", () =>
  withRealTimeServer({ fps: 100 }, async (test) => {
    const labs = [await LabClient.connect(test.port), await LabClient.connect(test.port)];
    try {
      const [peer, other] = [await test.connect(), await test.connect()];
      const receiver = test.receiver();
      const [overUdp, overTcp] = [await test.setUp(peer, receiver), await test.setUp(other)];
      for (const lab of labs) assertEquals((await lab.request("SETUP")).status, 200);
      assertEquals(test.server.sessionCount, 4);

      await Promise.all([
        ...labs.map((lab) => lab.request("PLAY")),
        test.ask(peer, "PLAY", overUdp),
        test.ask(other, "PLAY", overTcp),
      ]);
      await test.until("session-end-of-media", 4);

      const all = numbers(0, MOVIE_FRAMES - 1);
      for (const packets of [await receiver.frames(60), await other.frames(60)]) {
        assertEquals(numbersOf(framesOf(packets), MOVIE), all);
      }
      for (const lab of labs) {
        await lab.until(({ packets }) => packets.length >= MOVIE_FRAMES);
        assertEquals(lab.numbers, all.map((n) => n + 1));
        for (const [i, { payload, marker }] of lab.packets.entries()) {
          assert(marker);
          assertEquals(payload, MOVIE[i]!.slice(), `lab frame ${i + 1} is the file's`);
        }
      }

      // Each goes its own way: one lab client leaves, the others' sessions stay.
      assertEquals((await labs[0]!.request("TEARDOWN")).status, 200);
      assertEquals((await test.ask(peer, "PAUSE", overUdp)).status, 200);
      assertEquals((await test.ask(other, "TEARDOWN", overTcp)).status, 200);
      assertEquals(test.server.sessionCount, 2);
      const dialects = test.told("session-setup").map(({ dialect }) => dialect).sort();
      assertEquals(dialects, ["lab", "lab", "rtsp", "rtsp"]);
    } finally {
      for (const lab of labs) lab.close();
    }
  }));
