import { MalformedError } from "../bytes/malformed.ts";
import { isNewer, MAX_MISORDER, sequenceDelta } from "../rtp/sequence.ts";
import type { CompleteFrame, DamagedFrame, FrameOutcome, JoinedFrame } from "./frame_outcome.ts";
import { Fragments } from "./fragments.ts";
import type { QuantizationPair } from "./quantization.ts";
import { type Dimensions, endsWithEoi, FileBuilder, pictureSize } from "./rebuild.ts";
import { ReceivedTables } from "./received_tables.ts";
import { type JpegPayload, parseJpegPayload, TYPE_RESTART } from "./rtp_payload.ts";

export type { CompleteFrame, DamagedFrame, FrameOutcome, JoinedFrame };

/** What {@linkcode JpegDepacketizer.push} needs of an RTP packet. */
export interface JpegPacket {
  /** Payload without RTP header and padding; copied from, never kept. */
  readonly payload: Uint8Array;
  /** M: last packet of a frame. */
  readonly marker: boolean;
  /** RTP timestamp, 32 bits. */
  readonly timestamp: number;
  /** RTP sequence number, 16 bits. */
  readonly sequence: number;
}

/** How a {@linkcode JpegDepacketizer} works. */
export interface DepacketizerOptions {
  /** Size from `a=x-dimensions`, for frames whose header has none (sides above 2,040 pixels). */
  readonly dimensions?: Dimensions;
  /** Most bytes of a frame's scan; default 8 MiB. */
  readonly mostBytes?: number;
}

const MOST_BYTES = 8 * 1024 * 1024;
const NOTHING: readonly FrameOutcome[] = Object.freeze([]);

/** The frame that is being put together. */
interface OpenFrame {
  readonly timestamp: number;
  /** Main header of the first packet that came. */
  header: JpegPayload | undefined;
  /** From the packet at offset 0. */
  tables: QuantizationPair | undefined;
  firstSequence: number;
  lastSequence: number;
  packets: number;
  /** Sequence number of the packet with the marker. */
  markerSequence: number | undefined;
  /** Length of the scan, known from the packet with the marker. */
  length: number;
  /** Why the frame is damaged. */
  problem: string | undefined;
}

/**
 * Puts JPEG files together from the payloads of RFC 2435. Packets of a frame may come in any
 * order; frames are to come one after another, so a reorder buffer belongs before this one. What is
 * missing when the next frame begins counts as lost.
 */
export class JpegDepacketizer {
  readonly #dimensions: Dimensions | undefined;
  readonly #fragments: Fragments;
  readonly #tables = new ReceivedTables();
  readonly #files = new FileBuilder();
  #open: OpenFrame | undefined;
  /** Highest sequence number of the frame before. */
  #closed: number | undefined;

  constructor({ dimensions, mostBytes = MOST_BYTES }: DepacketizerOptions = {}) {
    this.#dimensions = dimensions;
    this.#fragments = new Fragments(mostBytes);
  }

  /**
   * Takes a packet.
   * @returns the frames that ended with it, oldest first: mostly none or one; two when the packet
   * is a frame of its own and the one before stayed incomplete. Malformed payloads are no errors
   * but damage their frame.
   */
  push(packet: JpegPacket): readonly FrameOutcome[] {
    if (this.#isLate(packet)) return NOTHING;
    const before = this.#endsOpenFrame(packet) ? this.#close() : undefined;
    const frame = this.#open ??= open(packet);
    this.#add(frame, packet);
    const ended = this.#isOver(frame) ? this.#close() : undefined;
    if (before && ended) return [before, ended];
    if (before) return [before];
    return ended ? [ended] : NOTHING;
  }

  /** Ends the stream: the frame that was being put together, if any. */
  finish(): readonly FrameOutcome[] {
    return this.#open ? [this.#close()] : NOTHING;
  }

  /** Begins anew, as after a jump: forgets the open frame, sequence numbers and tables. */
  reset(): void {
    this.#open = undefined;
    this.#closed = undefined;
    this.#fragments.clear();
    this.#tables.clear();
  }

  /** A packet of a frame that has ended: a duplicate, or later than a reorder buffer waits. */
  #isLate({ sequence, timestamp }: JpegPacket): boolean {
    const open = this.#open;
    if (open && timestamp !== open.timestamp) {
      const behind = sequenceDelta(open.firstSequence, sequence);
      if (behind > 0 && behind < MAX_MISORDER) return true;
    }
    if (this.#closed === undefined) return false;
    const behind = sequenceDelta(this.#closed, sequence);
    return behind >= 0 && behind < MAX_MISORDER;
  }

  #endsOpenFrame({ sequence, timestamp }: JpegPacket): boolean {
    const open = this.#open;
    if (!open) return false;
    if (timestamp !== open.timestamp) return true;
    // Senders with a coarse clock give several frames one timestamp; then the marker tells.
    return open.markerSequence !== undefined && isNewer(sequence, open.markerSequence);
  }

  #add(frame: OpenFrame, { payload, marker, sequence }: JpegPacket): void {
    frame.packets++;
    if (isNewer(frame.firstSequence, sequence)) frame.firstSequence = sequence;
    if (isNewer(sequence, frame.lastSequence)) frame.lastSequence = sequence;
    if (marker) frame.markerSequence = sequence;
    if (frame.problem) return;
    try {
      frame.problem = this.#addPayload(frame, parseJpegPayload(payload), marker);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      frame.problem = error.message;
    }
  }

  /** @returns what is wrong with the payload, if anything */
  #addPayload(frame: OpenFrame, payload: JpegPayload, marker: boolean): string | undefined {
    const { type, fragmentOffset, data } = payload;
    if (type % TYPE_RESTART > 1 || type > TYPE_RESTART + 1) return `Type ${type} is not known`;
    frame.header ??= payload;
    const change = changed(frame.header, payload);
    if (change) return `${change} changes within a frame`;
    if (fragmentOffset === 0) {
      const tables = this.#tables.find(payload);
      if (typeof tables === "string") return tables;
      frame.tables = tables;
    }
    if (marker) frame.length = fragmentOffset + data.length;
    return this.#fragments.put(fragmentOffset, data);
  }

  /** Nothing more is to be waited for. */
  #isOver(frame: OpenFrame): boolean {
    if (frame.markerSequence === undefined) return false;
    if (frame.problem) return true;
    return frame.tables !== undefined && this.#fragments.gap(frame.length) === undefined;
  }

  #close(): FrameOutcome {
    const frame = this.#open!;
    const outcome = this.#outcome(frame);
    this.#open = undefined;
    this.#closed = frame.lastSequence;
    this.#fragments.clear();
    return outcome;
  }

  #outcome(frame: OpenFrame): FrameOutcome {
    const { timestamp, firstSequence, lastSequence, packets } = frame;
    const span = { timestamp, firstSequence, lastSequence, packets };
    const damaged = (reason: string): DamagedFrame => ({ kind: "damaged", ...span, reason });
    if (frame.problem) return damaged(frame.problem);
    const length = frame.markerSequence === undefined ? this.#fragments.end : frame.length;
    const gap = this.#fragments.gap(length);
    const { header, tables } = frame;
    if (!header || !tables) {
      return this.#closed === undefined
        ? { kind: "joined", ...span }
        : damaged(`The beginning is missing, up to byte ${gap?.to ?? 0}`);
    }
    if (gap) return damaged(`Bytes ${gap.from} to ${gap.to - 1} of the scan are missing`);
    if (length === 0) return damaged("The scan is empty");
    // With one timestamp for several frames the pieces of two can fit together by chance.
    const missing = sequenceDelta(lastSequence, firstSequence) + 1 - packets;
    if (missing > 0) return damaged(`${missing} packets within the frame are missing`);
    if (this.#fragments.end > length) {
      return damaged(`Fragments lie behind byte ${length}, where the last packet ends`);
    }
    const scan = this.#fragments.view(length);
    // Tolerance: a frame without marker is whole when it ends with EOI. Without, more may be lost.
    if (frame.markerSequence === undefined && !endsWithEoi(scan)) {
      return damaged("The end is missing: no packet has the marker");
    }
    const size = pictureSize(header, this.#dimensions);
    if (!size) return damaged("The size is 0, and no a=x-dimensions tells it");
    const { type, q, typeSpecific } = header;
    const restartInterval = header.restart?.interval ?? 0;
    const { width, height } = size;
    const jpeg = this.#files.build({ type, width, height, restartInterval, tables }, scan);
    return { kind: "frame", ...span, jpeg, width, height, type, q, typeSpecific };
  }
}

function open({ timestamp, sequence }: JpegPacket): OpenFrame {
  return {
    timestamp,
    header: undefined,
    tables: undefined,
    firstSequence: sequence,
    lastSequence: sequence,
    packets: 0,
    markerSequence: undefined,
    length: 0,
    problem: undefined,
  };
}

function changed(a: JpegPayload, b: JpegPayload): string | undefined {
  if (a.type !== b.type) return "The type";
  if (a.q !== b.q) return "Q";
  if (a.width !== b.width || a.height !== b.height) return "The size";
  if (a.restart?.interval !== b.restart?.interval) return "The restart interval";
  return undefined;
}
