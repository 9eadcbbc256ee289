// What `probe` says of a stream that breaks off, by what it carries.
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { H264 } from "../support/healthy_media.ts";
import { runProgram } from "../support/program.ts";
import { rtpPacket } from "../support/scripted_media.ts";
import { ScriptedServer, sdp } from "../support/scripted_server.ts";

/** Probes a stream whose connection ends behind these payloads, each a frame of its own. */
async function cutBehind(lines: string[], payloads: Uint8Array[]): Promise<[number, string]> {
  const server = new ScriptedServer({
    sdp: sdp(...lines, "a=control:track1"),
    media: async (connection) => {
      const packets = payloads.map((payload, i) => {
        return rtpPacket(payload, { sequence: i, timestamp: 3600 * i, payloadType: 96 });
      });
      await connection.rtp(...packets);
      connection.close();
    },
  });
  const { status, stdout, stderr } = await runProgram(
    ...["probe", server.url(), "--transport", "tcp", "--quiet-packets"],
  );
  await server.close();
  assertStringIncludes(stdout, "the stream breaks off");
  return [status, stderr];
}

const VP8 = ["m=video 0 RTP/AVP 96", "a=rtpmap:96 VP8/90000"];

Deno.test("probe tells of H.264 that broke off what dump tells, with status 3", async () => {
  // Behind the first of them, a key frame of several packets.
  const payloads = [1, 2, 3, 4, 5].map((number) => H264.frame(number)[0]!);
  const [status, stderr] = await cutBehind(H264.lines, payloads);
  assertMatch(stderr, /the stream stopped before its end/);
  assertEquals(status, 3);
});

Deno.test("probe does not miss frames of a stream that nobody puts frames together of", async () => {
  const [status, stderr] = await cutBehind(VP8, [new Uint8Array(50), new Uint8Array(50)]);
  assertMatch(stderr, /the stream stopped before its end/);
  assertEquals(status, 3);
});

Deno.test("probe tells of H.264 that broke off before one frame was whole, with status 6", async () => {
  // The beginning of a picture in fragments (RFC 6184, section 5.8), and no end.
  const [status, stderr] = await cutBehind(H264.lines, [new Uint8Array([0x7c, 0x85, 1, 2, 3])]);
  assertMatch(stderr, /1 RTP packets came, but not one whole frame/);
  assertEquals(status, 6);
});
