import { assert, assertEquals } from "../support/assert.ts";
import { Program } from "../support/program.ts";
import { rtpPacket } from "../support/scripted_media.ts";
import { type ScriptedConnection, ScriptedServer, sdp } from "../support/scripted_server.ts";

/** More than any receive buffer that a system grants unasked, in packets of a full datagram. */
const FLOOD = 40_000;
const PAYLOAD = new Uint8Array(1388);
const FEW = 50;
/** Between packets while the program takes in what has waited, in ms: some find room again. */
const PACE_MS = 5;

Deno.test({
  name: "packets that this machine throws away are not taken for the network's loss",
  // Only there can a program ask what its socket threw away.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    let sequence = 0;
    const send = async (connection: ScriptedConnection, count: number): Promise<void> => {
      for (let i = 0; i < count; i++, sequence++) {
        await connection.rtp(
          rtpPacket(PAYLOAD, { payloadType: 96, sequence, timestamp: sequence * 90 }),
        );
      }
    };
    const stopped = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    const flooded = Promise.withResolvers<void>();
    let seenAfter = false;
    const server = new ScriptedServer({
      sdp: sdp("m=audio 0 RTP/AVP 96", "a=rtpmap:96 X-SOUND/90000", "a=control:track1"),
      media: async (connection) => {
        await send(connection, FEW);
        first.resolve();
        await stopped.promise;
        await send(connection, FLOOD);
        flooded.resolve();
        // One that comes after tells how many went before.
        while (!seenAfter) {
          await send(connection, 1);
          await new Promise((resolve) => setTimeout(resolve, PACE_MS));
        }
      },
    });
    const flags = ["--transport", "udp", "--dialect", "rtsp", "--duration", "1m", "--json"];
    const program = new Program(["probe", server.url(), ...flags]);
    try {
      await first.promise;
      // It does not keep up at all.
      program.kill("SIGSTOP");
      stopped.resolve();
      await flooded.promise;
      program.kill("SIGCONT");
      while (!seenAfter) {
        const line = await program.line();
        assert(line !== undefined, "it ended before it saw a packet from after the flood");
        const event = JSON.parse(line);
        seenAfter = event.event === "rtp" && event.sequence >= FEW + FLOOD;
      }
      program.kill("SIGINT");
      const { stdout, stderr, status } = await program.finish();
      assertEquals(status, 0, stderr);
      const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
      const findings = events.filter(({ event }) => event === "finding");
      const told = JSON.stringify(findings, null, 1);
      assert(findings.some(({ code }) => code === "host-drops"), told);
      assert(!findings.some(({ code }) => code === "sequence-gap"), told);
      assertEquals(events.find(({ event }) => event === "verdict")?.code, "host-drops", told);
    } finally {
      seenAfter = true;
      await server.close();
    }
  },
});
