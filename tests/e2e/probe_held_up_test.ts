import { assert, assertEquals } from "../support/assert.ts";
import { Program } from "../support/program.ts";
import { rtpPacket } from "../support/scripted_media.ts";
import { type ScriptedConnection, ScriptedServer, sdp } from "../support/scripted_server.ts";

/** From packet to packet, in ms, and in ticks of the clock below. */
const EVERY_MS = 20;
const TICKS = EVERY_MS * 90;
/** Sent while the program is held up: longer than any stream may be silent without a word about it. */
const MISSED = 150;
/** What is taken for a stall, in ms. */
const STALL_MS = 2000;

Deno.test({
  name: "probe that was held up itself does not say that of the stream",
  // Elsewhere the system does not tell when packets came.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    let sequence = 0;
    let over = false;
    const missed = Promise.withResolvers<void>();
    let missedAt = Infinity;
    const media = async (connection: ScriptedConnection): Promise<void> => {
      for (; !over; sequence++) {
        await connection.rtp(
          rtpPacket(new Uint8Array(160), {
            payloadType: 96,
            sequence,
            timestamp: sequence * TICKS,
          }),
        );
        if (sequence === missedAt) missed.resolve();
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      }
    };
    const description = sdp("m=audio 0 RTP/AVP 96", "a=rtpmap:96 X-SOUND/90000", "a=control:t1");
    const server = new ScriptedServer({ sdp: description, media });
    const flags = ["--transport", "udp", "--dialect", "rtsp", "--duration", "1m", "--json"];
    const program = new Program(["probe", server.url(), ...flags]);
    const times: number[] = [];
    const seen = async (least: number): Promise<void> => {
      for (;;) {
        const line = await program.line();
        assert(line !== undefined, "it ended before it saw the packets");
        const event = JSON.parse(line);
        if (event.event !== "rtp") continue;
        times.push(event.time * 1000);
        if (event.sequence >= least) return;
      }
    };
    try {
      await seen(10);
      program.kill("SIGSTOP");
      missedAt = sequence + MISSED;
      await missed.promise;
      program.kill("SIGCONT");
      await seen(missedAt + 10);
      program.kill("SIGINT");
      const { stdout, stderr, status } = await program.finish();
      assertEquals(status, 0, stderr);
      const gaps = times.slice(1).map((time, i) => time - times[i]!);
      assert(Math.max(...gaps) < STALL_MS, `a gap of ${Math.max(...gaps)} ms`);
      const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
      assertEquals(events.filter(({ code }) => code === "stream-stalled"), []);
      assertEquals(events.find(({ event }) => event === "summary")?.lost, 0);
    } finally {
      over = true;
      await server.close();
    }
  },
});
