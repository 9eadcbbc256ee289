import { MalformedError, MORE, type Outcome } from "../../bytes/malformed.ts";
import { ByteWindow } from "./byte_window.ts";
import { type CapturedFrame, MAX_FRAME_LENGTH, type RecordingReader } from "./captured_frame.ts";

/**
 * The header of a pcap file (draft-ietf-opsawg-pcap, section 4). All numbers are in the byte order
 * that the magic number shows.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                          Magic Number                         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |          Major Version        |         Minor Version         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                           Reserved1                           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                           Reserved2                           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                            SnapLen                            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     | FCS |f|0 0 0 0 0 0 0 0 0 0 0 0|         LinkType              |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Each packet (section 5) is seconds, fraction, captured length, original length, each of 32 bits,
 * and the bytes.
 */
export interface PcapHeader {
  littleEndian: boolean;
  /** What the fraction of a packet's time counts, in nanoseconds: 1000 or 1. */
  fractionNanoseconds: number;
  linkType: number;
  /** Bytes of the header before each packet. */
  recordHeaderLength: number;
}

export const PCAP_HEADER_LENGTH = 24;
const RECORD_HEADER_LENGTH = 16;
/** Kuznetzov's patch to old Linux libpcap put interface, protocol and packet type behind. */
const PATCHED_RECORD_HEADER_LENGTH = 24;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const MAGIC_PATCHED = 0xa1b2cd34;
const LINK_TYPE_AT = 20;
const LINK_TYPE_MASK = 0xffff;
const ELEMENT = "pcap header";

/** Whether a file begins as a pcap does. */
export function isPcap(head: Uint8Array): boolean {
  return head.length >= 4 && byteOrder(viewOf(head)) !== undefined;
}

/** @throws {MalformedError} when it is none, or cut */
export function parsePcapHeader(bytes: Uint8Array): PcapHeader {
  if (bytes.length < PCAP_HEADER_LENGTH) {
    const problem = `Needs ${PCAP_HEADER_LENGTH} bytes, only ${bytes.length} are there`;
    throw new MalformedError(ELEMENT, bytes.length, problem);
  }
  const view = viewOf(bytes);
  const littleEndian = byteOrder(view);
  if (littleEndian === undefined) {
    const magic = view.getUint32(0).toString(16).padStart(8, "0");
    throw new MalformedError(ELEMENT, 0, `Begins with ${magic}, which is no magic number of pcap`);
  }
  const magic = view.getUint32(0, littleEndian);
  return {
    littleEndian,
    fractionNanoseconds: magic === MAGIC_NANOSECONDS ? 1 : 1000,
    linkType: view.getUint32(LINK_TYPE_AT, littleEndian) & LINK_TYPE_MASK,
    recordHeaderLength: magic === MAGIC_PATCHED
      ? PATCHED_RECORD_HEADER_LENGTH
      : RECORD_HEADER_LENGTH,
  };
}

/** Reads a pcap file, of either byte order, with times in micro- or nanoseconds. */
export class PcapReader implements RecordingReader<CapturedFrame> {
  readonly dropped = 0;
  readonly #window = new ByteWindow();
  #header: PcapHeader | undefined;

  push(bytes: Uint8Array): void {
    this.#window.push(bytes);
  }

  get pending(): number {
    return this.#window.length;
  }

  next(): Outcome<CapturedFrame> {
    try {
      this.#header ??= this.#readHeader();
      return this.#header === undefined ? MORE : this.#readFrame(this.#header);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return { kind: "malformed", error };
    }
  }

  #readHeader(): PcapHeader | undefined {
    const bytes = this.#window.peek(PCAP_HEADER_LENGTH);
    if (bytes === undefined) return undefined;
    const header = parsePcapHeader(bytes);
    this.#window.consume(PCAP_HEADER_LENGTH);
    return header;
  }

  #readFrame(header: PcapHeader): Outcome<CapturedFrame> {
    const { littleEndian, fractionNanoseconds, linkType, recordHeaderLength } = header;
    const head = this.#window.peek(recordHeaderLength);
    if (head === undefined) return MORE;
    const view = viewOf(head);
    const captured = view.getUint32(8, littleEndian);
    if (captured > MAX_FRAME_LENGTH) {
      const problem = `Announces ${captured} bytes, at most ${MAX_FRAME_LENGTH} are believed`;
      throw new MalformedError("pcap packet", this.#window.offset + 8, problem);
    }
    const record = this.#window.peek(recordHeaderLength + captured);
    if (record === undefined) return MORE;
    const nanoseconds = view.getUint32(4, littleEndian) * fractionNanoseconds;
    this.#window.consume(record.length);
    return {
      kind: "value",
      value: {
        // Fractions of a second and more have been seen from damaged clocks.
        seconds: view.getUint32(0, littleEndian) + Math.floor(nanoseconds / 1e9),
        nanoseconds: nanoseconds % 1e9,
        linkType,
        bytes: record.subarray(recordHeaderLength),
        originalLength: view.getUint32(12, littleEndian),
      },
    };
  }
}

/** Whether numbers are little-endian, as the magic number shows; undefined for no pcap. */
function byteOrder(view: DataView): boolean | undefined {
  for (const littleEndian of [false, true]) {
    const magic = view.getUint32(0, littleEndian);
    if ([MAGIC_MICROSECONDS, MAGIC_NANOSECONDS, MAGIC_PATCHED].includes(magic)) return littleEndian;
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
