import { MalformedError, MORE, type Outcome } from "../../bytes/malformed.ts";
import { ByteWindow } from "./byte_window.ts";
import { type CapturedFrame, MAX_FRAME_LENGTH, type RecordingReader } from "./captured_frame.ts";
import {
  BLOCK_HEAD_LENGTH,
  BLOCK_TAIL_LENGTH,
  BLOCK_TYPE,
  BYTE_ORDER_MAGIC,
  MAX_BLOCK_LENGTH,
  MIN_BLOCK_LENGTH,
  OPTION,
  padded,
  PCAPNG_MAJOR_VERSION,
} from "./pcapng_blocks.ts";
import { DEFAULT_RESOLUTION, type Resolution, resolutionOf, splitTime } from "./pcapng_time.ts";

/** Most interfaces of one section; no system has more. */
export const MAX_INTERFACES = 4096;

/** An interface of the section being read. */
interface Interface {
  linkType: number;
  /** Bytes kept of a packet at most; 0 for all. */
  snapLength: number;
  resolution: Resolution;
  /** Seconds to be added to every time. */
  offsetSeconds: number;
  /** What its latest statistics say. */
  dropped: number;
}

/** Whether a file begins as a pcapng does. */
export function isPcapng(head: Uint8Array): boolean {
  return head.length >= 4 &&
    new DataView(head.buffer, head.byteOffset).getUint32(0) === BLOCK_TYPE.SECTION_HEADER;
}

/**
 * Reads a pcapng file: any number of sections, each in its own byte order, and of interfaces, each
 * with its own link type and time resolution. Blocks that carry no packet are skipped.
 */
export class PcapngReader implements RecordingReader<CapturedFrame> {
  readonly #window = new ByteWindow();
  #littleEndian = false;
  #interfaces: Interface[] = [];
  #droppedBefore = 0;

  push(bytes: Uint8Array): void {
    this.#window.push(bytes);
  }

  get pending(): number {
    return this.#window.length;
  }

  get dropped(): number {
    return this.#interfaces.reduce((sum, each) => sum + each.dropped, this.#droppedBefore);
  }

  next(): Outcome<CapturedFrame> {
    try {
      for (;;) {
        const block = this.#block();
        if (block === undefined) return MORE;
        const frame = this.#read(block);
        this.#window.consume(block.length);
        if (frame !== undefined) return { kind: "value", value: frame };
      }
    } catch (error) {
      if (error instanceof RangeError) {
        const problem = "Is too short for its fields";
        const damage = new MalformedError("pcapng block", this.#window.offset, problem);
        return { kind: "malformed", error: damage };
      }
      if (!(error instanceof MalformedError)) throw error;
      return { kind: "malformed", error };
    }
  }

  /** The next block, whole. */
  #block(): Uint8Array | undefined {
    const head = this.#window.peek(MIN_BLOCK_LENGTH);
    if (head === undefined) return undefined;
    const view = viewOf(head);
    // The same in both byte orders.
    const isSection = view.getUint32(0) === BLOCK_TYPE.SECTION_HEADER;
    if (isSection) this.#beginSection(view.getUint32(BLOCK_HEAD_LENGTH));
    else if (this.#window.offset === 0) this.#fail(0, "The file begins with no section header");
    const length = view.getUint32(4, this.#littleEndian);
    if (length < MIN_BLOCK_LENGTH || length > MAX_BLOCK_LENGTH || length % 4 !== 0) {
      this.#fail(
        4,
        `Announces ${length} bytes, not a multiple of 4 from 12 to ${MAX_BLOCK_LENGTH}`,
      );
    }
    const block = this.#window.peek(length);
    if (block === undefined) return undefined;
    const again = viewOf(block).getUint32(length - BLOCK_TAIL_LENGTH, this.#littleEndian);
    if (again !== length) this.#fail(length - 4, `Ends with length ${again}, not ${length}`);
    return block;
  }

  #read(block: Uint8Array): CapturedFrame | undefined {
    const view = viewOf(block.subarray(0, block.length - BLOCK_TAIL_LENGTH));
    switch (view.getUint32(0, this.#littleEndian)) {
      case BLOCK_TYPE.SECTION_HEADER:
        return this.#checkSection(view);
      case BLOCK_TYPE.INTERFACE_DESCRIPTION:
        return this.#addInterface(view);
      case BLOCK_TYPE.INTERFACE_STATISTICS:
        return this.#noteStatistics(view);
      case BLOCK_TYPE.ENHANCED_PACKET:
        return this.#packet(block, view, view.getUint32(8, this.#littleEndian));
      case BLOCK_TYPE.PACKET:
        return this.#packet(block, view, view.getUint16(8, this.#littleEndian));
      case BLOCK_TYPE.SIMPLE_PACKET:
        return this.#simplePacket(block, view);
      default:
        return undefined;
    }
  }

  #beginSection(magic: number): void {
    if (magic === BYTE_ORDER_MAGIC) this.#littleEndian = false;
    else if (magic === swapped(BYTE_ORDER_MAGIC)) this.#littleEndian = true;
    else this.#fail(8, `Has byte-order magic ${magic.toString(16).padStart(8, "0")}`);
  }

  #checkSection(view: DataView): undefined {
    const major = view.getUint16(12, this.#littleEndian);
    if (major !== PCAPNG_MAJOR_VERSION) this.#fail(12, `Is of version ${major}, only 1 is known`);
    this.#droppedBefore = this.dropped;
    this.#interfaces = [];
  }

  #addInterface(view: DataView): undefined {
    if (this.#interfaces.length >= MAX_INTERFACES) {
      this.#fail(0, `There are more than ${MAX_INTERFACES} interfaces`);
    }
    const each: Interface = {
      linkType: view.getUint16(8, this.#littleEndian),
      snapLength: view.getUint32(12, this.#littleEndian),
      resolution: DEFAULT_RESOLUTION,
      offsetSeconds: 0,
      dropped: 0,
    };
    for (const [code, value] of this.#options(view, 16)) {
      if (code === OPTION.IF_TSRESOL && value.byteLength >= 1) {
        each.resolution = resolutionOf(value.getUint8(0));
      } else if (code === OPTION.IF_TSOFFSET && value.byteLength >= 8) {
        each.offsetSeconds = Number(value.getBigInt64(0, this.#littleEndian));
      }
    }
    this.#interfaces.push(each);
  }

  #noteStatistics(view: DataView): undefined {
    const each = this.#interfaces[view.getUint32(8, this.#littleEndian)];
    if (each === undefined) return;
    for (const [code, value] of this.#options(view, 20)) {
      if (code !== OPTION.ISB_IFDROP && code !== OPTION.ISB_OSDROP) continue;
      if (value.byteLength < 8) continue;
      const count = Number(value.getBigUint64(0, this.#littleEndian));
      each.dropped = Math.max(each.dropped, Number.isSafeInteger(count) ? count : 0);
    }
  }

  /** Enhanced and obsolete packet blocks have the same places from the time on. */
  #packet(block: Uint8Array, view: DataView, number: number): CapturedFrame {
    const each = this.#interfaces[number];
    if (each === undefined) this.#fail(8, `Is of interface ${number}, which is not described`);
    const [seconds, nanoseconds] = splitTime(
      view.getUint32(12, this.#littleEndian),
      view.getUint32(16, this.#littleEndian),
      each.resolution,
    );
    const captured = view.getUint32(20, this.#littleEndian);
    this.#checkCaptured(captured, view.byteLength - PACKET_DATA_AT, 20);
    return {
      seconds: seconds + each.offsetSeconds,
      nanoseconds,
      linkType: each.linkType,
      bytes: block.subarray(PACKET_DATA_AT, PACKET_DATA_AT + captured),
      originalLength: view.getUint32(24, this.#littleEndian),
    };
  }

  /** It is of the first interface and has no time. */
  #simplePacket(block: Uint8Array, view: DataView): CapturedFrame {
    const [each] = this.#interfaces;
    if (each === undefined) this.#fail(0, "Is of interface 0, which is not described");
    const originalLength = view.getUint32(8, this.#littleEndian);
    const captured = each.snapLength === 0
      ? originalLength
      : Math.min(originalLength, each.snapLength);
    this.#checkCaptured(captured, view.byteLength - SIMPLE_DATA_AT, 8);
    return {
      seconds: 0,
      nanoseconds: 0,
      linkType: each.linkType,
      bytes: block.subarray(SIMPLE_DATA_AT, SIMPLE_DATA_AT + captured),
      originalLength,
    };
  }

  #checkCaptured(captured: number, room: number, at: number): void {
    if (captured > room) this.#fail(at, `Announces ${captured} bytes of a packet, has ${room}`);
    if (captured > MAX_FRAME_LENGTH) {
      this.#fail(at, `Has ${captured} bytes of a packet, at most ${MAX_FRAME_LENGTH} are believed`);
    }
  }

  /** Options from `at` on; a list that does not fit its block ends where it stops fitting. */
  *#options(view: DataView, at: number): Generator<[code: number, value: DataView]> {
    while (at + 4 <= view.byteLength) {
      const code = view.getUint16(at, this.#littleEndian);
      const length = view.getUint16(at + 2, this.#littleEndian);
      if (code === OPTION.END || at + 4 + length > view.byteLength) return;
      yield [code, new DataView(view.buffer, view.byteOffset + at + 4, length)];
      at += 4 + padded(length);
    }
  }

  #fail(at: number, problem: string): never {
    throw new MalformedError("pcapng block", this.#window.offset + at, problem);
  }
}

const PACKET_DATA_AT = 28;
const SIMPLE_DATA_AT = 12;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function swapped(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return view.getUint32(0, true);
}
