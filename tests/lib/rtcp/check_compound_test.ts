import { checkCompound } from "../../../lib/rtcp/check_compound.ts";
import type { RtcpPacket } from "../../../lib/rtcp/packet.ts";
import { assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

const RR: RtcpPacket = { type: "RR", ssrc: 1, reports: [] };
const SR: RtcpPacket = {
  type: "SR",
  ssrc: 1,
  ntpTimestamp: { seconds: 0, fraction: 0 },
  rtpTimestamp: 0,
  packetCount: 0,
  octetCount: 0,
  reports: [],
};
const SDES: RtcpPacket = {
  type: "SDES",
  chunks: [{ source: 1, items: [{ type: "CNAME", text: "a@b" }] }],
};
const TOOL_ONLY: RtcpPacket = {
  type: "SDES",
  chunks: [{ source: 1, items: [{ type: "TOOL", text: "t" }] }],
};
const BYE: RtcpPacket = { type: "BYE", sources: [1] };
const APP: RtcpPacket = { type: "APP", subtype: 0, source: 1, name: "ABCD", data: hex`` };
const RAW: RtcpPacket = { type: "unknown", packetType: 206, count: 1, body: hex`` };

const NO_CNAME = "No SDES packet with a CNAME; every compound packet must carry one";

const ROWS: [name: string, packets: RtcpPacket[], findings: string[]][] = [
  ["receiver: RR and SDES", [RR, SDES], []],
  ["sender's end: SR, SDES, BYE", [SR, SDES, BYE], []],
  ["feedback and APP after the report", [RR, SDES, RAW, APP], []],
  ["last packet padded", [RR, { ...SDES, padding: 4 }], []],
  ["BYE for another source first", [RR, SDES, { type: "BYE", sources: [2] }, APP], []],
  ["nothing", [], ["No packets at all"]],
  ["ffmpeg's lone RR", [RR], [NO_CNAME]],
  ["SDES without CNAME", [RR, TOOL_ONLY], [NO_CNAME]],
  [
    "reduced-size feedback",
    [RAW],
    [
      "First packet is of packet type 206, not SR or RR; " +
      "only reduced-size RTCP (RFC 5506) allows it",
      NO_CNAME,
    ],
  ],
  [
    "SDES before RR",
    [SDES, RR],
    ["First packet is SDES, not SR or RR; only reduced-size RTCP (RFC 5506) allows it"],
  ],
  [
    "padding in the middle",
    [{ ...RR, padding: 4 }, SDES],
    ["Packet 1 (RR) is padded, only the last one may be"],
  ],
  [
    "a word after BYE",
    [RR, SDES, BYE, APP],
    ["Packet 4 (APP) is from 0x00000001, which has said BYE"],
  ],
  [
    "BYE before SDES, and twice",
    [RR, BYE, SDES, BYE],
    [
      "Packet 3 (SDES) is from 0x00000001, which has said BYE",
      "Packet 4 (BYE) is from 0x00000001, which has said BYE",
    ],
  ],
];

for (const [name, packets, findings] of ROWS) {
  Deno.test(`rules of compound packets: ${name}`, () => {
    assertEquals(checkCompound(packets), findings);
  });
}
