// Packets, whole or not, in order or not, become whole pictures or none.
import { goodbye, packetsOf, PICTURES, rtpPacket } from "../../../support/scripted_media.ts";
import { type ScriptedConnection, sdp } from "../../../support/scripted_server.ts";
import { onStage, type Stage } from "../../../support/viewer.ts";
import { NoMediaError } from "../../../../lib/client/errors.ts";
import { clipFrames } from "../../../support/clips.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";
import { decode, testJpeg } from "../../jpeg/pictures.ts";

/** Plays what `media` sends, to its end. */
async function watch(
  stage: Stage,
  transport: "udp" | "tcp",
  ...packets: Uint8Array[]
): Promise<Record<string, number>> {
  const session = await stage.play({ transport });
  const client = stage.server.connections[0]!;
  await client.rtp(...packets);
  await stage.viewer.until("the packets", ({ packets: came, strays }) => {
    return came.length + strays.length >= packets.length;
  });
  await client.rtcp(goodbye());
  await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
  await stage.pass(session.ended);
  const { packets: count, received, lost, duplicated, reordered } = session.statistics;
  return { packets: count, received, lost, duplicated, reordered };
}

async function samePictures(actual: Uint8Array[], expected: readonly Uint8Array[]): Promise<void> {
  assertEquals(actual.length, expected.length);
  for (const [i, jpeg] of actual.entries()) {
    const [seen, source] = [await decode(jpeg), await decode(expected[i]!)];
    assertEquals([seen.width, seen.height], [source.width, source.height]);
    assert(seen.data.every((byte, at) => byte === source.data[at]), `pixels of picture ${i}`);
  }
}

const ALL = packetsOf(PICTURES);
const FLAT = ALL.flat();

for (const transport of ["udp", "tcp"] as const) {
  Deno.test(`pictures of RFC 2435 over ${transport} decode to the source's very pixels`, async () => {
    await onStage({}, async (stage) => {
      const counts = await watch(stage, transport, ...FLAT);
      await samePictures(stage.viewer.pictures, PICTURES);
      assertEquals(counts, {
        packets: FLAT.length,
        received: FLAT.length,
        lost: 0,
        duplicated: 0,
        reordered: 0,
      });
      const { timestamp, firstSequence, lastSequence } = stage.viewer.frames[1]!;
      const first = ALL[0]!.length;
      assertEquals([timestamp, firstSequence, lastSequence], [
        54_500,
        1000 + first,
        1000 + first + ALL[1]!.length - 1,
      ]);
    });
  });
}

Deno.test("4:2:2, restart markers and odd sizes survive the way", async () => {
  const sources = [
    testJpeg(64, 48, { subsampling: "4:2:2" }),
    testJpeg(64, 48, { restartInterval: 2 }),
    testJpeg(50, 41, { quality: 30 }),
  ];
  for (const source of sources) {
    await onStage({}, async (stage) => {
      await watch(stage, "tcp", ...packetsOf([source]).flat());
      const [seen, original] = [await decode(stage.viewer.pictures[0]!), await decode(source)];
      // The format counts in eights: what is behind the edge shows.
      assertEquals([seen.width, seen.height], [
        Math.ceil(original.width / 8) * 8,
        Math.ceil(original.height / 8) * 8,
      ]);
      for (let y = 0; y < original.height; y++) {
        const row = seen.data.subarray(4 * y * seen.width, 4 * (y * seen.width + original.width));
        const wanted = original.data.subarray(4 * y * original.width, 4 * (y + 1) * original.width);
        assert(row.every((byte, at) => byte === wanted[at]), `row ${y}`);
      }
    });
  }
});

Deno.test("packets out of order over UDP are put in order", async () => {
  const shuffled = FLAT.slice();
  for (const at of [1, 6, 11]) {
    [shuffled[at], shuffled[at + 2]] = [shuffled[at + 2]!, shuffled[at]!];
  }
  await onStage({}, async (stage) => {
    const counts = await watch(stage, "udp", ...shuffled);
    await samePictures(stage.viewer.pictures, PICTURES);
    // A packet that came two too early leaves two behind it that are late.
    assertEquals(counts, {
      packets: FLAT.length,
      received: FLAT.length,
      lost: 0,
      duplicated: 0,
      reordered: 6,
    });
  });
});

Deno.test("duplicates over UDP are counted and dropped", async () => {
  const doubled = FLAT.flatMap((packet, i) => i % 3 === 0 ? [packet, packet] : [packet]);
  await onStage({}, async (stage) => {
    const counts = await watch(stage, "udp", ...doubled);
    await samePictures(stage.viewer.pictures, PICTURES);
    assertEquals(counts, {
      packets: doubled.length,
      received: FLAT.length,
      lost: 0,
      duplicated: doubled.length - FLAT.length,
      reordered: 0,
    });
  });
});

Deno.test("a picture with a lost packet is damaged, and only that one", async () => {
  for (const at of ["first", "middle", "last"]) {
    const victim = ALL[2]!;
    const index = { first: 0, middle: 2, last: victim.length - 1 }[at]!;
    const sent = FLAT.filter((packet) => packet !== victim[index]);
    await onStage({}, async (stage) => {
      const counts = await watch(stage, "udp", ...sent);
      assertEquals(stage.viewer.frames.map(({ damage }) => damage !== undefined), [
        false,
        false,
        true,
        false,
        false,
        false,
      ]);
      await samePictures(stage.viewer.pictures, PICTURES.filter((_, i) => i !== 2));
      assertEquals([counts.lost, counts.received], [1, FLAT.length - 1], `${at} packet`);
    });
  }
});

Deno.test("a picture lost altogether is counted in packets and missing in frames", async () => {
  const sent = [...ALL.slice(0, 2), ...ALL.slice(3)].flat();
  await onStage({}, async (stage) => {
    const counts = await watch(stage, "udp", ...sent);
    assertEquals(counts.lost, ALL[2]!.length);
    await samePictures(stage.viewer.pictures, PICTURES.filter((_, i) => i !== 2));
  });
});

Deno.test("who joins in mid-picture loses nothing by it", async () => {
  await onStage({}, async (stage) => {
    const counts = await watch(stage, "udp", ...FLAT.slice(3));
    assertEquals(counts.lost, 0);
    assertEquals(
      stage.viewer.frames.map(({ damage }) => damage),
      ALL.slice(1).map(() => undefined),
    );
  });
});

Deno.test("a source that changes in mid-stream goes on", async () => {
  const before = packetsOf(PICTURES.slice(0, 3)).flat();
  const after = packetsOf(PICTURES.slice(3), { ssrc: 7, sequence: 40_000, timestamp: 1 }).flat();
  await onStage({}, async (stage) => {
    const session = await stage.play();
    await stage.server.connections[0]!.rtp(...before, ...after);
    await stage.viewer.until("six pictures", ({ frames }) => frames.length === 6);
    assertEquals(session.statistics.lost, 0);
    await samePictures(stage.viewer.pictures, PICTURES);
  });
});

Deno.test("packets of a type that was not described are left out (Geovision)", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    const odd = rtpPacket(new Uint8Array(50), { payloadType: 50, sequence: 1000 + ALL[0]!.length });
    await client.rtp(...ALL[0]!, odd);
    const sequence = 1001 + ALL[0]!.length;
    await client.rtp(...packetsOf(PICTURES.slice(1), { sequence, timestamp: 54_500 }).flat());
  };
  await onStage({ media }, async (stage) => {
    await stage.play();
    await stage.viewer.until("six pictures", ({ frames }) => frames.length === 6);
    await samePictures(stage.viewer.pictures, PICTURES);
  });
});

Deno.test("where every packet is of another type than described, they are taken", async () => {
  await onStage({}, async (stage) => {
    await watch(stage, "tcp", ...packetsOf(PICTURES, { payloadType: 96 }).flat());
    await samePictures(stage.viewer.pictures, PICTURES);
  });
});

Deno.test("a dynamic payload type, in lower case, is JPEG too", async () => {
  const description = sdp("m=video 0 RTP/AVP 96", "a=rtpmap:96 jpeg/90000 ", "a=control:v");
  await onStage({ sdp: description }, async (stage) => {
    await watch(stage, "tcp", ...packetsOf(PICTURES, { payloadType: 96 }).flat());
    await samePictures(stage.viewer.pictures, PICTURES);
  });
});

Deno.test("a picture above 2040 pixels takes its size from a=x-dimensions", async () => {
  const large = testJpeg(2560, 16);
  const described = sdp("m=video 0 RTP/AVP 26", "a=x-dimensions:2560,16", "a=control:track1");
  await onStage({ sdp: described }, async (stage) => {
    await watch(stage, "tcp", ...packetsOf([large]).flat());
    await samePictures(stage.viewer.pictures, [large]);
  });
  await onStage({}, async (stage) => {
    await watch(stage, "tcp", ...packetsOf([large]).flat());
    assertEquals(stage.viewer.frames[0]?.damage, "The size is 0, and no a=x-dimensions tells it");
  });
});

Deno.test("of several streams the JPEG video is played", async () => {
  const description = sdp(
    "m=audio 0 RTP/AVP 0",
    "a=control:audio",
    "m=video 0 RTP/AVP 97",
    "a=rtpmap:97 H264/90000",
    "a=control:main",
    "m=video 0 RTP/AVP 98 26",
    "a=rtpmap:98 H264/90000",
    "a=control:small",
  );
  await onStage({ sdp: description }, async (stage) => {
    await watch(stage, "tcp", ...FLAT);
    assertEquals(stage.server.asked("SETUP").map(({ uri }) => uri), [
      `${stage.server.url()}/small`,
    ]);
    await samePictures(stage.viewer.pictures, PICTURES);
  });
});

const H264 = sdp(
  "m=audio 0 RTP/AVP 0",
  "a=control:audio",
  "m=video 0 RTP/AVP 97",
  "a=rtpmap:97 H264/90000",
  "a=control:video",
);

Deno.test("without any JPEG, who wants pictures is told what there is instead", async () => {
  await onStage({ sdp: H264 }, async (stage) => {
    await assertRejects(
      () => stage.open({ encodings: ["JPEG"] }),
      NoMediaError,
      "the server offers PCMU audio, H264 video, and nothing of what can be shown here: JPEG",
    );
    assertEquals(stage.server.methods, ["OPTIONS", "DESCRIBE"]);
  });
});

Deno.test("without any JPEG, who wants packets gets those of the video", async () => {
  await onStage({ sdp: H264 }, async (stage) => {
    const packet = rtpPacket(Uint8Array.of(0x65, 1, 2, 3), { payloadType: 97 });
    const counts = await watch(stage, "tcp", packet, packet);
    assertEquals([counts.packets, stage.viewer.frames.length], [2, 0]);
    assertEquals(stage.server.asked("SETUP")[0]?.uri, `${stage.server.url()}/video`);
  });
});

const SMALL = clipFrames({ frames: 4, width: 128, height: 96, quality: 90 });
const PIECE = 1400;

/** A JPEG file cut into packets as programs of the course lab do it. */
function pieces(jpeg: Uint8Array, picture: number, sharedNumber: boolean): Uint8Array[] {
  const count = Math.ceil(jpeg.length / PIECE);
  return Array.from({ length: count }, (_, i) => {
    return rtpPacket(jpeg.subarray(i * PIECE, (i + 1) * PIECE), {
      sequence: sharedNumber ? picture + 1 : 100 * picture + i,
      timestamp: picture,
      marker: i === count - 1,
    });
  });
}

/** The numbers of consecutive packets, in steps of one. */
function renumbered(packets: Uint8Array[]): Uint8Array[] {
  return packets.map((packet, i) => {
    const copy = packet.slice();
    new DataView(copy.buffer).setUint16(2, i + 1);
    return copy;
  });
}

const LAB: [what: string, packets: Uint8Array[]][] = [
  ["whole JPEG files", SMALL.map((jpeg, i) => rtpPacket(jpeg, { sequence: i + 1, timestamp: i }))],
  ["JPEG files cut into pieces", renumbered(SMALL.flatMap((jpeg, i) => pieces(jpeg, i, false)))],
  ["pieces that share a number", SMALL.flatMap((jpeg, i) => pieces(jpeg, i, true))],
];

for (const [what, packets] of LAB) {
  for (const transport of ["udp", "tcp"] as const) {
    Deno.test(`the lab's payload inside RTSP over ${transport}: ${what}`, async () => {
      await onStage({}, async (stage) => {
        const session = await stage.play({ transport });
        const client = stage.server.connections[0]!;
        await client.rtp(...packets);
        await stage.viewer.until("the pictures", ({ frames }) => frames.length === SMALL.length);
        assertEquals(stage.viewer.pictures, SMALL);
        const { packets: count, lost, duplicated } = session.statistics;
        assertEquals([count, lost, duplicated], [packets.length, 0, 0]);
      });
    });
  }
}

Deno.test("who joins a cut-up JPEG file in the middle sees the next one whole", async () => {
  const [, cut] = LAB[1]!;
  await onStage({}, async (stage) => {
    await stage.play();
    await stage.server.connections[0]!.rtp(...cut.slice(1));
    await stage.viewer.until("three pictures", ({ pictures }) => pictures.length === 3);
    assertEquals(stage.viewer.pictures, SMALL.slice(1));
    assertEquals(stage.viewer.frames.length, 3);
  });
});
