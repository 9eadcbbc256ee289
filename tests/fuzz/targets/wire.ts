import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { chooseTracks } from "../../../lib/client/rtsp/description.ts";
import { NoMediaError, ProtocolError } from "../../../lib/client/errors.ts";
import { checkCompound } from "../../../lib/rtcp/check_compound.ts";
import { formatCompound, parseCompound } from "../../../lib/rtcp/compound.ts";
import { formatRtcpPacket, parseRtcpPacket } from "../../../lib/rtcp/packet.ts";
import { formatRtpPacket, parseRtpPacket } from "../../../lib/rtp/packet.ts";
import { HeaderList } from "../../../lib/rtsp/headers.ts";
import type { RtspResponse } from "../../../lib/rtsp/message.ts";
import { parseUrl } from "../../../lib/rtsp/url.ts";
import { fmtpOf, parseFmtpParameters, rtpmaps } from "../../../lib/sdp/attributes.ts";
import { formatSdp } from "../../../lib/sdp/format.ts";
import { parseSdp } from "../../../lib/sdp/parse.ts";
import { STRICT } from "../../lib/sdp/goldens.ts";
import { assert } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { settling, type Target, text, valueOr, whole } from "../target.ts";

const RTP_SEEDS = [
  hex`80 1a 00 01 00 00 0e 10 00 00 00 00 ff d8 ff d9`,
  hex`b2 e0 ff ff ff ff ff ff 01 02 03 04 11 11 11 11 22 22 22 22 be de 00 01 10 aa 00 00 01 02 02 02`,
];

const RTCP_SEEDS = [
  hex`
    81 c8 00 0c 11 22 33 44 e0 00 00 00 80 00 00 00 00 00 00 01 00 00 00 02 00 00 00 03
    55 66 77 88 10 00 00 01 00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04
    81 ca 00 03 11 22 33 44 01 03 61 62 63 00 00 00
  `,
  hex`81 cb 00 01 11 22 33 44`,
  hex`80 c9 00 01 11 22 33 44 81 cc 00 03 11 22 33 44 61 62 63 64 01 02 03 04`,
  // RR with a block, SDES of two items, BYE with a reason, APP, XR and PSFB, which are kept raw.
  hex`
    81 c9 00 07 11 22 33 44 55 66 77 88 ff ff ff ff 00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04
    81 ca 00 04 11 22 33 44 01 03 61 62 63 06 02 78 79 00 00 00
    81 cb 00 03 11 22 33 44 03 62 79 65 00 00 00 00
    80 cc 00 02 11 22 33 44 74 65 73 74
    80 cf 00 01 11 22 33 44
    81 ce 00 02 11 22 33 44 55 66 77 88
  `,
  hex`a0 c9 00 02 11 22 33 44 00 00 00 04`,
];

const SDP_SEEDS = STRICT.map(({ bytes }) => bytes);
const URL = parseUrl("rtsp://192.0.2.1/movie");

/** The description as DESCRIBE brings it: streams are chosen, or there is a reason in words. */
function choose(bytes: Uint8Array): void {
  const headers = new HeaderList([["Content-Base", "rtsp://192.0.2.1/movie/"]]);
  const reply: RtspResponse = {
    kind: "response",
    status: 200,
    reason: "OK",
    version: "RTSP/1.0",
    headers,
    body: bytes,
  };
  const tracks = chooseTracks(reply, URL, { observer: {}, allTracks: true });
  assert(tracks.length > 0 && tracks.length <= 16);
  for (const { format, controlUrl } of tracks) {
    assert(Number.isFinite(format.clockRate) && format.clockRate > 0, `clock ${format.clockRate}`);
    assert(!/[\r\n]/.test(controlUrl), "no line ends go into a request");
  }
}

/** What is read of attributes when it is wanted. */
function readAttributes(bytes: Uint8Array): void {
  for (const media of parseSdp(text(bytes)).media) {
    rtpmaps(media);
    for (const format of media.formats) parseFmtpParameters(fmtpOf(media, format) ?? "");
  }
}

export const WIRE_TARGETS: readonly Target[] = [
  {
    name: "sdp",
    seeds: SDP_SEEDS,
    check: settling(text, (input) => formatSdp(parseSdp(input))),
  },
  { name: "sdp-bytes", seeds: SDP_SEEDS, check: whole((bytes) => bytes, (b) => parseSdp(b)) },
  {
    name: "sdp-attributes",
    seeds: SDP_SEEDS,
    check: valueOr([MalformedError], readAttributes),
  },
  {
    name: "sdp-tracks",
    seeds: SDP_SEEDS,
    check: valueOr([ProtocolError, NoMediaError], choose),
  },
  {
    name: "rtp",
    seeds: RTP_SEEDS,
    check: whole((bytes) => bytes, parseRtpPacket, formatRtpPacket),
  },
  {
    name: "rtcp",
    seeds: RTCP_SEEDS,
    check: whole((bytes) => bytes, parseCompound, formatCompound),
  },
  {
    name: "rtcp-packet",
    seeds: RTCP_SEEDS,
    check: whole((bytes) => bytes, parseRtcpPacket, formatRtcpPacket),
  },
  {
    name: "rtcp-rules",
    seeds: RTCP_SEEDS,
    check: valueOr([MalformedError], (bytes) => checkCompound(parseCompound(bytes))),
  },
];
