import { MalformedError } from "../bytes/malformed.ts";
import type { ByteReader } from "../bytes/reader.ts";
import type { ByteWriter } from "../bytes/writer.ts";
import { MAX_COUNT } from "./header.ts";

/** Bytes of one report block. */
export const REPORT_BLOCK_LENGTH = 24;
/** Most report blocks in one packet: the count has 5 bits. */
export const MAX_REPORT_BLOCKS = MAX_COUNT;
/** Highest "cumulative number of packets lost"; RFC 3550 appendix A.3 clamps to it. */
export const MAX_CUMULATIVE_LOST = 0x7f_ffff;
/** Lowest "cumulative number of packets lost": duplicates make it negative. */
export const MIN_CUMULATIVE_LOST = -0x80_0000;

const U24_MASK = 0xff_ffff;
const U24_SIGN_SHIFT = 8;

/**
 * What a receiver reports about one source (RFC 3550 section 6.4.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        SSRC of the source                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | fraction lost |       cumulative number of packets lost       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           extended highest sequence number received           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      interarrival jitter                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         last SR (LSR)                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   delay since last SR (DLSR)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface ReportBlock {
  /** The source that is reported on. */
  ssrc: number;
  /** Share of packets lost since the last report, in 1/256: 0 … 255. */
  fractionLost: number;
  /** Packets expected less packets received since the start: -2^23 … 2^23 - 1. */
  cumulativeLost: number;
  /** Cycles in the upper 16 bits, highest sequence number received in the lower. */
  extendedHighestSequence: number;
  /** Interarrival jitter in RTP timestamp ticks. */
  jitter: number;
  /** Middle 32 bits of the last sender report's NTP timestamp; 0 when none has arrived. */
  lastSenderReport: number;
  /** Time since that sender report arrived, in 1/65,536 s; 0 when none has. */
  delaySinceLastSenderReport: number;
}

/**
 * Reads `count` report blocks.
 * @throws {MalformedError} when they do not all fit what is left
 */
export function readReportBlocks(reader: ByteReader, count: number): ReportBlock[] {
  if (count * REPORT_BLOCK_LENGTH > reader.remaining) {
    throw new MalformedError(
      reader.element,
      reader.position,
      `Announces ${count} report blocks of ${REPORT_BLOCK_LENGTH} bytes, ` +
        `only ${reader.remaining} bytes are left`,
    );
  }
  return Array.from({ length: count }, () => readReportBlock(reader));
}

/** @throws {RangeError} when a value does not fit its field */
export function writeReportBlock(writer: ByteWriter, block: ReportBlock): void {
  const lost = block.cumulativeLost;
  if (!Number.isInteger(lost) || lost < MIN_CUMULATIVE_LOST || lost > MAX_CUMULATIVE_LOST) {
    throw new RangeError(`Cumulative number of packets lost ${lost} does not fit 24 bits`);
  }
  writer
    .u32(block.ssrc)
    .u8(block.fractionLost)
    .u24(lost & U24_MASK)
    .u32(block.extendedHighestSequence)
    .u32(block.jitter)
    .u32(block.lastSenderReport)
    .u32(block.delaySinceLastSenderReport);
}

function readReportBlock(reader: ByteReader): ReportBlock {
  return {
    ssrc: reader.u32(),
    fractionLost: reader.u8(),
    cumulativeLost: (reader.u24() << U24_SIGN_SHIFT) >> U24_SIGN_SHIFT,
    extendedHighestSequence: reader.u32(),
    jitter: reader.u32(),
    lastSenderReport: reader.u32(),
    delaySinceLastSenderReport: reader.u32(),
  };
}
