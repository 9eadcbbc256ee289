import {
  isDynamicPayloadType,
  isRtcp,
  MAX_PAYLOAD_TYPE,
  PAYLOAD_TYPE_JPEG,
  staticPayloadType,
} from "../../../lib/rtp/payload_types.ts";
import { assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

Deno.test("static payload types are those of RFC 3551 tables 4 and 5", () => {
  // The tables as the RFC lists them: type, name, media, clock rate, channels.
  const table = `
     0 PCMU  audio        8000 1
     3 GSM   audio        8000 1
     4 G723  audio        8000 1
     5 DVI4  audio        8000 1
     6 DVI4  audio       16000 1
     7 LPC   audio        8000 1
     8 PCMA  audio        8000 1
     9 G722  audio        8000 1
    10 L16   audio       44100 2
    11 L16   audio       44100 1
    12 QCELP audio        8000 1
    13 CN    audio        8000 1
    14 MPA   audio       90000 -
    15 G728  audio        8000 1
    16 DVI4  audio       11025 1
    17 DVI4  audio       22050 1
    18 G729  audio        8000 1
    25 CelB  video       90000 -
    26 JPEG  video       90000 -
    28 nv    video       90000 -
    31 H261  video       90000 -
    32 MPV   video       90000 -
    33 MP2T  audio/video 90000 -
    34 H263  video       90000 -
  `;
  const expected = table.trim().split("\n").map((line) => line.trim().split(/\s+/).join(" "));
  const actual: string[] = [];
  for (let payloadType = 0; payloadType <= MAX_PAYLOAD_TYPE; payloadType++) {
    const entry = staticPayloadType(payloadType);
    if (entry === undefined) continue;
    const { encodingName, media, clockRate, channels } = entry;
    actual.push([entry.payloadType, encodingName, media, clockRate, channels ?? "-"].join(" "));
    assertEquals(entry.payloadType, payloadType);
  }
  assertEquals(actual, expected);
});

Deno.test("JPEG is payload type 26 at 90,000 Hz", () => {
  assertEquals(PAYLOAD_TYPE_JPEG, 26);
  assertEquals(staticPayloadType(PAYLOAD_TYPE_JPEG), {
    payloadType: 26,
    encodingName: "JPEG",
    media: "video",
    clockRate: 90_000,
  });
});

Deno.test("dynamic payload types are 96 to 127", () => {
  assertEquals([95, 96, 127, 128].map(isDynamicPayloadType), [false, true, true, false]);
});

Deno.test("RTP and RTCP on one port are told apart by the second byte", () => {
  const rows: [name: string, datagram: Uint8Array, rtcp: boolean][] = [
    ["JPEG", hex`80 1a 0001`, false],
    ["JPEG with marker", hex`80 9a 0001`, false],
    ["dynamic type 127 with marker", hex`80 ff 0001`, false],
    ["type 63 with marker, just below", hex`80 bf 0001`, false],
    ["lowest RTCP type", hex`80 c0 0001`, true],
    ["sender report", hex`80 c8 0006`, true],
    ["highest RTCP type", hex`80 df 0001`, true],
    ["type 96 with marker, just above", hex`80 e0 0001`, false],
    ["version 1", hex`40 c8 0006`, false],
    ["live555's hole punch", hex`cefaedfe`, false],
    ["one byte", hex`80`, false],
    ["no bytes", hex``, false],
  ];
  for (const [name, datagram, rtcp] of rows) assertEquals(isRtcp(datagram), rtcp, name);
});
