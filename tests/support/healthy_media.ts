// What healthy streams are made of.
import { parseRtpPacket } from "../../lib/rtp/packet.ts";
import { H264_CAPTURE } from "../lib/codec/captures.ts";
import { packetsOf, PICTURES } from "./scripted_media.ts";

/** A medium that is sent: what it is called, described and made of. */
export interface Medium {
  name: "JPEG" | "H.264" | "AAC";
  /** Lines of its section of the description, without a=control. */
  lines: string[];
  clockRate: number;
  /** Ticks from frame to frame. */
  frameTicks: number;
  /** The packets of frame `number`, from 0: their payloads. */
  frame: (number: number) => Uint8Array[];
  payloadType: number;
}

const JPEG_FRAMES = packetsOf(PICTURES).map((packets) => {
  return packets.map((bytes) => parseRtpPacket(bytes).payload);
});

export const JPEG: Medium = {
  name: "JPEG",
  lines: ["m=video 0 RTP/AVP 26", "a=framerate:20"],
  clockRate: 90_000,
  frameTicks: 4500,
  frame: (number) => JPEG_FRAMES[number % JPEG_FRAMES.length]!,
  payloadType: 26,
};

const H264_PAYLOADS = H264_CAPTURE.packets.map((bytes) => parseRtpPacket(bytes).payload);
/** Five packets of parameter sets and a key frame, then one of another picture. */
const KEY_PACKETS = 4;

export const H264: Medium = {
  name: "H.264",
  lines: [
    "m=video 0 RTP/AVP 96",
    "a=rtpmap:96 H264/90000",
    "a=fmtp:96 packetization-mode=1;profile-level-id=64000a;" +
    `sprop-parameter-sets=${spropOf(H264_PAYLOADS[0]!)}`,
  ],
  clockRate: 90_000,
  frameTicks: 3600,
  frame: (number) => {
    return number % 25 === 0 ? H264_PAYLOADS.slice(0, KEY_PACKETS) : [anotherPicture(number)];
  },
  payloadType: 96,
};

/** The captured one codes that nothing has changed; with these it is as long as of what moves. */
const MORE_BYTES = 200;

/** The picture behind the key frame, never the same twice in a row. */
function anotherPicture(number: number): Uint8Array {
  const slice = H264_PAYLOADS[KEY_PACKETS]!;
  const payload = new Uint8Array(slice.length + MORE_BYTES).fill(1 + number % 250);
  payload.set(slice);
  return payload;
}

/** One access unit of 64 bytes behind its header of 13 bits of size and 3 of index. */
const AAC_PAYLOAD = Uint8Array.of(0, 16, 64 >> 5, (64 << 3) & 0xff, ...new Uint8Array(64));

export const AAC: Medium = {
  name: "AAC",
  lines: [
    "m=audio 0 RTP/AVP 97",
    "a=rtpmap:97 MPEG4-GENERIC/48000/2",
    "a=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190",
  ],
  clockRate: 48_000,
  frameTicks: 1024,
  frame: () => [AAC_PAYLOAD],
  payloadType: 97,
};

/** SPS and PPS of a STAP-A (RFC 6184, section 5.7.1), in Base64. */
function spropOf(aggregate: Uint8Array): string {
  const sets: string[] = [];
  for (let at = 1; sets.length < 2;) {
    const length = (aggregate[at]! << 8) | aggregate[at + 1]!;
    sets.push(btoa(String.fromCharCode(...aggregate.subarray(at + 2, at + 2 + length))));
    at += 2 + length;
  }
  return sets.join(",");
}
