import type { ChooseTracks } from "../../../../lib/client/media_session.ts";
import { rtpPacket } from "../../../support/scripted_media.ts";
import { sdp } from "../../../support/scripted_server.ts";
import { onStage } from "../../../support/viewer.ts";
import { assertEquals, assertRejects } from "../../../support/assert.ts";

const AAC = "a=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190";
const OFFERED = sdp(
  ...["m=audio 0 RTP/AVP 97", "a=rtpmap:97 MPEG4-GENERIC/48000/2", AAC, "a=control:sound"],
  ...["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=control:picture"],
  ...["m=audio 0 RTP/AVP 0", "a=control:telephone"],
);

Deno.test("whoever chooses is offered all streams, and only those chosen are set up", async () => {
  const offers: string[][] = [];
  const chooseTracks: ChooseTracks = (offered) => {
    offers.push(offered.map(({ name, format }) => `${name} ${format.encoding}`));
    return offered.filter(({ mediaType }) => mediaType === "audio");
  };
  await onStage({ sdp: OFFERED }, async (stage) => {
    const session = await stage.open({ chooseTracks, encodings: ["JPEG"] });
    assertEquals(offers, [["video H264", "audio MPEG4-GENERIC", "audio 2 PCMU"]]);
    assertEquals(session.tracks.map(({ name }) => name), ["audio", "audio 2"]);
    const paths = stage.server.asked("SETUP").map(({ uri }) => uri.split("/").at(-1));
    assertEquals(paths, ["sound", "telephone"]);
  });
});

Deno.test("what choosing throws ends the attempt before anything is set up", async () => {
  class Unfit extends Error {}
  const chooseTracks: ChooseTracks = () => {
    throw new Unfit("nothing fits");
  };
  await onStage({ sdp: OFFERED }, async (stage) => {
    await assertRejects(() => stage.open({ chooseTracks }), Unfit, "nothing fits");
    assertEquals(stage.server.asked("SETUP").length, 0);
  });
});

Deno.test("a track tells what its stream tells of its format", async () => {
  const chooseTracks: ChooseTracks = (offered) => offered.slice(1, 2);
  const frame = rtpPacket(Uint8Array.of(0, 16, 0, 16, 1, 2), { payloadType: 97 });
  await onStage({ sdp: OFFERED, media: (client) => client.rtp(frame) }, async (stage) => {
    const observer = { ...stage.viewer, unit: () => {} };
    const { tracks: [track] } = await stage.open({ chooseTracks, observer });
    const known = track!.depacketizer?.configuration;
    assertEquals(known, { codec: "aac", audioSpecificConfig: Uint8Array.of(0x11, 0x90) });
  });
});
