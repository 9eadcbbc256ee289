import { NoMediaError } from "../../../../lib/client/errors.ts";
import {
  goodbye,
  packetsOf,
  PICTURES,
  rtpPacket,
  senderReport,
} from "../../../support/scripted_media.ts";
import { type Answer, type ScriptedConnection, sdp } from "../../../support/scripted_server.ts";
import { onStage } from "../../../support/viewer.ts";
import { assertEquals, assertMatch, assertRejects } from "../../../support/assert.ts";

const AUDIO = ["m=audio 0 RTP/AVP 0", "a=control:sound"];
const VIDEO = ["m=video 0 RTP/AVP 26", "a=control:picture"];
const METADATA = [
  "m=application 0 RTP/AVP 107",
  "a=rtpmap:107 vnd.onvif.metadata/90000",
  "a=control:metadata",
];
const BACKCHANNEL = ["m=audio 0 RTP/AVP 8", "a=control:talk", "a=sendonly"];
const EVERYTHING = sdp(...AUDIO, ...VIDEO, ...METADATA);

const PICTURE = packetsOf(PICTURES.slice(0, 1))[0]!;
const [SOUND_SSRC, SOUND_TYPE] = [0x50d00d, 0];
const SOUND = [0, 1, 2].map((i) => {
  const [sequence, timestamp] = [40 + i, 160 * i];
  const options = { sequence, timestamp, ssrc: SOUND_SSRC, payloadType: SOUND_TYPE };
  return rtpPacket(new Uint8Array(160).fill(0xff), options);
});

for (const transport of ["udp", "tcp"] as const) {
  Deno.test(`all streams of a presentation are set up and told apart over ${transport}`, async () => {
    const media = async (client: ScriptedConnection): Promise<void> => {
      await client.rtpOf(1, ...SOUND);
      await client.rtpOf(0, ...PICTURE);
      await client.rtcpOf(1, senderReport({ seconds: 1, fraction: 0 }, SOUND_SSRC));
    };
    await onStage({ sdp: EVERYTHING, media }, async (stage) => {
      const session = await stage.play({ transport, allTracks: true });
      const paths = stage.server.asked("SETUP").map(({ uri }) => uri.split("/").at(-1));
      assertEquals(paths, ["picture", "sound", "metadata"]);
      const all = PICTURE.length + SOUND.length;
      await stage.viewer.until("all packets", ({ packets }) => packets.length === all);
      await stage.viewer.until("the report", ({ reports }) => reports.length === 1);
      const heard = stage.viewer.packets.filter(({ stream }) => stream === "audio");
      assertEquals(heard.map(({ packet }) => packet.sequence), [40, 41, 42]);
      assertEquals(stage.viewer.reports[0]!.stream, "audio");
      assertEquals(stage.viewer.pictures.length, 1);
      assertEquals(
        session.tracks.map(({ name, encoding, clockRate, statistics }) => {
          return [name, encoding, clockRate, statistics.packets];
        }),
        [
          ["video", "JPEG", 90_000, PICTURE.length],
          ["audio", "PCMU", 8000, SOUND.length],
          ["application", "VND.ONVIF.METADATA", 90_000, 0],
        ],
      );
      assertEquals(stage.viewer.strays, []);
    });
  });
}

Deno.test("only the stream that matters most is set up where nobody asked for all", async () => {
  await onStage({ sdp: EVERYTHING }, async (stage) => {
    const session = await stage.open();
    assertEquals(stage.server.asked("SETUP").length, 1);
    assertEquals(session.tracks.map(({ name }) => name), ["video"]);
  });
});

Deno.test("pictures of two streams of JPEG are told apart", async () => {
  const pictures = PICTURES.slice(0, 2);
  const [first, second] = [1, 2].map((ssrc) => packetsOf(pictures, { ssrc, sequence: 500 }));
  await onStage({ sdp: sdp(...VIDEO, ...VIDEO) }, async (stage) => {
    await stage.play({ allTracks: true });
    const [client] = stage.server.connections;
    for (const [i, packets] of [...first!.entries()]) {
      await client!.rtpOf(1, ...second![i]!);
      await client!.rtpOf(0, ...packets);
    }
    await stage.viewer.until("all pictures", ({ pictures }) => pictures.length === 4);
    assertEquals(stage.viewer.frameStreams, ["video 2", "video", "video 2", "video"]);
  });
});

Deno.test("a picture of the only stream is of no stream by name", async () => {
  await onStage({ sdp: sdp(...VIDEO) }, async (stage) => {
    await stage.play({ allTracks: true });
    await stage.server.connections[0]!.rtpOf(0, ...PICTURE);
    await stage.viewer.until("the picture", ({ pictures }) => pictures.length === 1);
    assertEquals(stage.viewer.frameStreams, [undefined]);
  });
});

Deno.test("streams of one kind are numbered from the second on", async () => {
  await onStage({ sdp: sdp(...VIDEO, ...VIDEO, ...AUDIO) }, async (stage) => {
    const { tracks } = await stage.open({ allTracks: true });
    assertEquals(tracks.map(({ name }) => name), ["video", "video 2", "audio"]);
  });
});

Deno.test("a further stream that is refused is left out and said so", async () => {
  const SETUP: Answer[] = [{}, { status: 404 }, {}];
  await onStage({ sdp: EVERYTHING, answers: { SETUP } }, async (stage) => {
    const { tracks } = await stage.play({ allTracks: true });
    assertEquals(tracks.map(({ name }) => name), ["video", "application"]);
    const note = stage.viewer.notes.find(({ code }) => code === "stream-refused");
    assertMatch(note!.message, /^Without the stream "audio": SETUP was answered 404/);
  });
});

Deno.test("the backchannel of a camera is left alone and said so", async () => {
  await onStage({ sdp: sdp(...VIDEO, ...AUDIO, ...BACKCHANNEL) }, async (stage) => {
    const { tracks } = await stage.open({ allTracks: true });
    assertEquals(tracks.map(({ encoding }) => encoding), ["JPEG", "PCMU"]);
    assertEquals(stage.viewer.codes, ["backchannel"]);
  });
});

Deno.test("a server whose only streams are sendonly means that it sends", async () => {
  await onStage({ sdp: sdp(...VIDEO, "a=sendonly") }, async (stage) => {
    const { tracks } = await stage.open({ allTracks: true });
    assertEquals(tracks.map(({ name }) => name), ["video"]);
    assertEquals(stage.viewer.codes, []);
  });
});

Deno.test("a description of nothing that can be used names what there is", async () => {
  await onStage({ sdp: sdp(...AUDIO) }, async (stage) => {
    const error = await assertRejects(() => stage.open({ encodings: ["JPEG"] }), NoMediaError);
    assertMatch(error.message, /offers PCMU audio, and nothing of what can be shown here: JPEG/);
  });
});

Deno.test("the session ends when all its sources have said goodbye, and not before", async () => {
  await onStage({ sdp: sdp(...VIDEO, ...AUDIO) }, async (stage) => {
    const session = await stage.play({ allTracks: true });
    const [client] = stage.server.connections;
    await client!.rtpOf(0, ...PICTURE);
    await client!.rtpOf(1, ...SOUND.slice(0, 2));
    await client!.rtcpOf(0, goodbye());
    await client!.rtpOf(1, SOUND[2]!);
    await client!.rtcpOf(1, goodbye(SOUND_SSRC));
    assertEquals(await stage.pass(session.ended), "complete");
    assertEquals(session.tracks.map(({ statistics }) => statistics.packets), [PICTURE.length, 3]);
  });
});

Deno.test("a source that goes silent without goodbye ends a second after one that said it", async () => {
  await onStage({ sdp: sdp(...VIDEO, ...AUDIO) }, async (stage) => {
    const session = await stage.play({ allTracks: true });
    const [client] = stage.server.connections;
    await client!.rtpOf(1, ...SOUND);
    await client!.rtpOf(0, ...PICTURE);
    await client!.rtcpOf(0, goodbye());
    await stage.viewer.until("the goodbye", ({ reports }) => reports.length === 2);
    const start = stage.clock.now();
    assertEquals(await stage.pass(session.ended), "complete");
    assertEquals(stage.clock.now() - start <= 1200, true);
  });
});

Deno.test("a block on a channel that was not set up is a stray", async () => {
  await onStage({ sdp: sdp(...VIDEO, ...AUDIO) }, async (stage) => {
    await stage.play({ allTracks: true });
    const [client] = stage.server.connections;
    client!.transports.push({ ...client!.transport!, interleaved: { first: 8, last: 9 } });
    await client!.rtp(SOUND[0]!);
    await stage.viewer.until("the stray", ({ strays }) => strays.length === 1);
    assertMatch(stage.viewer.strays[0]!.problem, /channel 8, which was not set up/);
  });
});
