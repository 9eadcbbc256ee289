import {
  type AudioSpecificConfig,
  readAudioSpecificConfig,
  readSyncExtension,
} from "../aac/audio_specific_config.ts";
import type { BitReader } from "../bit_reader.ts";

const BITS_PER_BYTE = 8;
const LENGTH_TYPE_BITS = 3;
/** Frame length type, buffer fullness, whether other data and whether a CRC follow. */
const FRAMING_BITS = LENGTH_TYPE_BITS + BITS_PER_BYTE + 2;

/** How AAC frames are multiplexed (ISO/IEC 14496-3 section 1.7.3.1), in the forms that are read. */
export interface StreamMuxConfig {
  config: AudioSpecificConfig;
  /** The same as bytes. */
  audioSpecificConfig: Uint8Array;
  /** Frames in one AudioMuxElement, 1 … 64. */
  subFrames: number;
  /** Bits behind the frames that are passed over. */
  otherDataBits: number;
}

/**
 * Reads StreamMuxConfig: one program with one layer whose frames tell their lengths.
 *
 * ```text
 *  version (1) | all same framing (1) | sub-frames - 1 (6) | programs - 1 (4) | layers - 1 (3) |
 *  AudioSpecificConfig | frame length type (3) | buffer fullness (8) | other data (1) … | CRC (1) …
 * ```
 * @param described whether it stands in a session description, which may end behind the config
 * @throws {MalformedError} when it ends too soon, or names the form that is not read
 */
export function readStreamMuxConfig(reader: BitReader, described = false): StreamMuxConfig {
  if (reader.flag()) throw reader.malformed("audioMuxVersion 1 is not read");
  if (!reader.flag()) throw reader.malformed("Streams with different framing are not read");
  const subFrames = reader.u(6) + 1;
  const programs = reader.u(4) + 1;
  const layers = reader.u(3) + 1;
  if (programs > 1 || layers > 1) {
    throw reader.malformed(`${programs} programs and ${layers} layers are not read`);
  }
  const from = reader.position;
  const config = readAudioSpecificConfig(reader);
  if (config.channelConfiguration === 0) {
    throw reader.malformed("A program config element is not read");
  }
  // In audioMuxVersion 0 it has no place, as nothing tells where the config ends; GStreamer's
  // rtpmp4apay copies the whole of what libavcodec writes. 0x2b7 is no frameLengthType of ours.
  if (described) readSyncExtension(reader, config);
  const audioSpecificConfig = bitsOf(reader.bytes, from, reader.position);
  const otherDataBits = described ? readDescribedFraming(reader) : readFraming(reader);
  return { config, audioSpecificConfig, subFrames, otherDataBits };
}

/** As {@linkcode readFraming}; rtpmp4apay leaves it out, but for bits that fill a byte or two. */
function readDescribedFraming(reader: BitReader): number {
  return reader.remaining < FRAMING_BITS ? 0 : readFraming(reader);
}

/** @returns bits of other data behind the frames */
function readFraming(reader: BitReader): number {
  const lengthType = reader.u(LENGTH_TYPE_BITS);
  if (lengthType !== 0) throw reader.malformed(`frameLengthType ${lengthType} is not read`);
  reader.skip(BITS_PER_BYTE); // latmBufferFullness
  const otherDataBits = reader.flag() ? readOtherDataLength(reader) : 0;
  if (reader.flag()) reader.skip(BITS_PER_BYTE); // crcCheckSum
  return otherDataBits;
}

function readOtherDataLength(reader: BitReader): number {
  let bits = 0;
  for (let more = true; more;) {
    more = reader.flag();
    bits = bits * 2 ** BITS_PER_BYTE + reader.u(BITS_PER_BYTE);
    if (bits > 0xffff) throw reader.malformed(`${bits} bits of other data are not read`);
  }
  return bits;
}

/** Bits as bytes from the first on, the last filled with 0. */
function bitsOf(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const out = new Uint8Array(Math.ceil((to - from) / BITS_PER_BYTE));
  for (let bit = from; bit < to; bit++) {
    const value = (bytes[bit >> 3]! >> (7 - (bit & 7))) & 1;
    out[(bit - from) >> 3]! |= value << (7 - ((bit - from) & 7));
  }
  return out;
}
