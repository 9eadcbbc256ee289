import { MalformedError, MORE, type Outcome, quote } from "../../bytes/malformed.ts";
import { ByteWriter } from "../../bytes/writer.ts";
import { ByteWindow } from "./byte_window.ts";
import type { DumpedPacket, RecordingReader } from "./captured_frame.ts";

/**
 * The beginning of an rtpdump file, as rtptools write it: a line `#!rtpplay1.0 address/port` and a
 * binary header, big-endian.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                       start: seconds                          |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                       start: microseconds                     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                       source: IPv4 address                    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |          port                 |           padding             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Then each packet:
 *
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     | length, these 8 bytes included| bytes it had; 0 for RTCP      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                offset from the start in milliseconds          |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface RtpdumpHeader {
  /** Start of the recording: whole seconds since the Unix epoch, 0 … 2^32 - 1. */
  seconds: number;
  /** 0 … 999,999 */
  microseconds: number;
  /** Where the packets came from, an IPv4 address, as in the first line. */
  address: string;
  port: number;
}

/** Most bytes of the first line. */
export const MAX_FIRST_LINE = 256;
/** Most bytes of a packet that an entry can hold. */
export const MAX_DUMPED_LENGTH = 0xffff - 8;
const MARK = "#!rtpplay1.0 ";
const BINARY_HEADER_LENGTH = 16;
const ENTRY_HEADER_LENGTH = 8;
const LF = 0x0a;
const ELEMENT = "rtpdump header";

/** Whether a file begins as an rtpdump does. */
export function isRtpdump(head: Uint8Array): boolean {
  return MARK.length <= head.length &&
    MARK === String.fromCharCode(...head.subarray(0, MARK.length));
}

/** @throws {RangeError} when a value does not fit its field */
export function formatRtpdumpHeader(header: RtpdumpHeader): Uint8Array<ArrayBuffer> {
  const { seconds, microseconds, address, port } = header;
  const writer = new ByteWriter();
  writer.bytes(new TextEncoder().encode(`${MARK}${address}/${port}\n`));
  writer.u32(seconds).u32(microseconds).bytes(addressBytes(address)).u16(port).u16(0);
  return writer.finish();
}

/**
 * Appends a packet; what does not fit an entry is cut.
 * @param offsetMs from the start in ms, whole, 0 … 2^32 - 1
 * @throws {RangeError} when the offset does not fit its field
 */
export function writeRtpdumpPacket(
  writer: ByteWriter,
  offsetMs: number,
  kind: "rtp" | "rtcp",
  bytes: Uint8Array,
): void {
  const kept = bytes.subarray(0, MAX_DUMPED_LENGTH);
  writer.u16(ENTRY_HEADER_LENGTH + kept.length);
  writer.u16(kind === "rtcp" ? 0 : Math.min(bytes.length, 0xffff)).u32(offsetMs).bytes(kept);
}

/** Reads an rtpdump file. */
export class RtpdumpReader implements RecordingReader<DumpedPacket> {
  readonly dropped = 0;
  readonly #window = new ByteWindow();
  #header: RtpdumpHeader | undefined;

  push(bytes: Uint8Array): void {
    this.#window.push(bytes);
  }

  get pending(): number {
    return this.#window.length;
  }

  /** Known before the first packet. */
  get header(): RtpdumpHeader | undefined {
    return this.#header;
  }

  next(): Outcome<DumpedPacket> {
    try {
      this.#header ??= this.#readHeader();
      return this.#header === undefined ? MORE : this.#readPacket(this.#header);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return { kind: "malformed", error };
    }
  }

  #readHeader(): RtpdumpHeader | undefined {
    const window = this.#window;
    const head = window.peek(Math.min(window.length, MAX_FIRST_LINE))!;
    const end = head.indexOf(LF);
    if (end < 0 && head.length < MAX_FIRST_LINE) return undefined;
    const line = new TextDecoder("latin1").decode(head.subarray(0, end < 0 ? head.length : end));
    const match = /^#!rtpplay1\.0 (\S{1,64})\/(\d{1,5})\s*$/.exec(line);
    if (end < 0 || match === null) {
      throw new MalformedError(ELEMENT, 0, `Begins with ${quote(line)}`);
    }
    const whole = window.peek(end + 1 + BINARY_HEADER_LENGTH);
    if (whole === undefined) return undefined;
    const view = viewOf(whole.subarray(end + 1));
    const header = {
      seconds: view.getUint32(0),
      microseconds: view.getUint32(4) % 1e6,
      address: match[1]!,
      port: Number(match[2]),
    };
    window.consume(whole.length);
    return header;
  }

  #readPacket(header: RtpdumpHeader): Outcome<DumpedPacket> {
    const head = this.#window.peek(ENTRY_HEADER_LENGTH);
    if (head === undefined) return MORE;
    const view = viewOf(head);
    const length = view.getUint16(0);
    if (length < ENTRY_HEADER_LENGTH) {
      const problem = `Announces ${length} bytes, its own header has ${ENTRY_HEADER_LENGTH}`;
      throw new MalformedError("rtpdump packet", this.#window.offset, problem);
    }
    const entry = this.#window.peek(length);
    if (entry === undefined) return MORE;
    this.#window.consume(length);
    const packetLength = view.getUint16(2);
    const offset = view.getUint32(4);
    const microseconds = header.microseconds + (offset % 1000) * 1000;
    const bytes = entry.subarray(ENTRY_HEADER_LENGTH);
    return {
      kind: "value",
      value: {
        seconds: header.seconds + Math.floor(offset / 1000) + Math.floor(microseconds / 1e6),
        nanoseconds: (microseconds % 1e6) * 1000,
        kind: packetLength === 0 ? "rtcp" : "rtp",
        bytes,
        originalLength: Math.max(packetLength, bytes.length),
      },
    };
  }
}

/** 0.0.0.0 for what is no IPv4 address: the field has room for nothing else. */
function addressBytes(address: string): Uint8Array {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  return Uint8Array.from(parts?.every((part) => part <= 255) ? parts : [0, 0, 0, 0]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
