import { MalformedError } from "../bytes/malformed.ts";
import type { ByteReader } from "../bytes/reader.ts";
import {
  formatPacket,
  MAX_COUNT,
  openPacket,
  PacketType,
  paddingField,
  type RtcpPacketBase,
  WORD,
} from "./header.ts";

/** Most sources that one packet can say goodbye for: the count has 5 bits. */
export const MAX_GOODBYE_SOURCES = MAX_COUNT;
/** Most bytes of the reason. */
export const MAX_REASON_LENGTH = 255;

const ELEMENT = "RTCP goodbye";

/**
 * BYE: sources that are no longer active (RFC 3550 section 6.6).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    SC   |   PT=BYE=203  |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   SSRC/CSRC, SC of them …                     |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |    length     |   reason for leaving …  0 to a word           | (optional)
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface Goodbye extends RtcpPacketBase {
  type: "BYE";
  /** SSRCs and CSRCs that leave, at most 31; none is valid but useless. */
  sources: number[];
  /** UTF-8, at most 255 bytes; absent when the packet gives none. */
  reason?: string;
}

/**
 * Reads exactly one goodbye. A reason that is not UTF-8 gets U+FFFD where it is not, since the end
 * of a stream matters more than the text that explains it.
 * @throws {MalformedError} when it is damaged or of another type
 */
export function parseGoodbye(bytes: Uint8Array): Goodbye {
  const { count, padding, reader } = openPacket(bytes, ELEMENT, PacketType.GOODBYE);
  const sources = Array.from({ length: count }, () => reader.u32());
  const reason = reader.remaining > 0 ? readReason(reader) : undefined;
  return {
    type: "BYE",
    sources,
    ...(reason === undefined ? {} : { reason }),
    ...paddingField(padding),
  };
}

/** @throws {RangeError} when there are above 31 sources or the reason is above 255 bytes */
export function formatGoodbye({ sources, reason, padding }: Goodbye): Uint8Array<ArrayBuffer> {
  const opening = { count: sources.length, packetType: PacketType.GOODBYE, padding };
  return formatPacket(opening, (writer) => {
    for (const source of sources) writer.u32(source);
    if (reason === undefined) return;
    const text = new TextEncoder().encode(reason);
    if (text.length > MAX_REASON_LENGTH) {
      throw new RangeError(`BYE reason of ${text.length} bytes, at most ${MAX_REASON_LENGTH} fit`);
    }
    writer.u8(text.length).bytes(text).zeros((WORD - (1 + text.length) % WORD) % WORD);
  });
}

function readReason(reader: ByteReader): string {
  const text = reader.take(reader.u8());
  reader.take((WORD - reader.position % WORD) % WORD);
  if (reader.remaining > 0) {
    const problem = `${reader.remaining} bytes follow the reason`;
    throw new MalformedError(ELEMENT, reader.position, problem);
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
}
