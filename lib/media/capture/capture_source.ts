import {
  checkFrameIndex,
  type FrameAnswer,
  type FrameFault,
  type FrameSource,
  SourceClosedError,
} from "../../stream/frame_source.ts";
import type { ReceivedFrame } from "../../stream/received_frame.ts";
import type { ByteSource } from "../byte_source.ts";
import { frameRateOf } from "../frame_rate.ts";
import { Recording, RECORDING_SNIFF_BYTES, recordingFormat } from "./recording.ts";
import type { CapturedSession, CaptureWatcher, SessionWatcher } from "./session_watcher.ts";

/** Bytes of the recording read at once. */
const READ_BYTES = 1024 * 1024;
/** Bytes of frames that one recording may give: they are put together anew and kept in memory. */
export const MAX_CAPTURED_BYTES = 512 * 1024 * 1024;
/** Faults told at most. */
const MAX_FAULTS = 1000;
/** Frames by which the frame rate is told. */
const RATE_FRAMES = 50;
const CLOCK_RATE = 90_000;
/** How far the rate by timestamps may be from the rate of arrival to be believed. */
const MOST_DISAGREEMENT = 1.5;

/** Whether a file begins as a recording of packets does. */
export function isRecording(head: Uint8Array): boolean {
  return recordingFormat(head.subarray(0, RECORDING_SNIFF_BYTES)) !== undefined;
}

/**
 * The JPEG stream in a recording of packets (pcapng, pcap, rtpdump): of the first session that has
 * one. Frames that lack packets are left out and told as faults.
 * @param bytes the file; closed with the source
 */
export async function openRecording(bytes: ByteSource): Promise<CaptureSource> {
  const format = recordingFormat(await bytes.read(0, RECORDING_SNIFF_BYTES));
  if (format === undefined) throw new RangeError("The file is no recording of packets");
  return new CaptureSource(bytes, (watcher) => new Recording(format, watcher));
}

/** What {@linkcode openRecording} opens. */
export class CaptureSource implements FrameSource, CaptureWatcher {
  readonly #recording: Recording;
  readonly #frames: Uint8Array[] = [];
  readonly #faults: FrameFault[] = [];
  readonly #timestamps: number[] = [];
  readonly #arrivals: number[] = [];
  /** Which stream it is, once a whole frame has told. */
  #chosen: string | undefined;
  #number = 0;
  #kept = 0;
  #position = 0;
  #complete = false;
  #closed = false;
  #step: Promise<void> | undefined;

  /** @param record makes the recording that tells a watcher */
  constructor(readonly bytes: ByteSource, record: (watcher: CaptureWatcher) => Recording) {
    this.#recording = record(this);
  }

  /** By the stream's timestamps; by when its frames came where those are none, as in the lab. */
  get frameRate(): number | undefined {
    const frames = this.#arrivals.length;
    if (frames < 2) return undefined;
    const elapsed = this.#arrivals[frames - 1]! - this.#arrivals[0]!;
    const arrived = frameRateOf((frames - 1) * 1000, elapsed);
    const ticks = median(
      this.#timestamps.slice(1).map((timestamp, i) => {
        return (timestamp - this.#timestamps[i]!) >>> 0;
      }),
    );
    const stamped = frameRateOf(CLOCK_RATE, ticks);
    if (stamped === undefined || arrived === undefined) return stamped ?? rounded(arrived);
    const disagreement = Math.max(stamped / arrived, arrived / stamped);
    return disagreement <= MOST_DISAGREEMENT ? stamped : rounded(arrived);
  }

  get knownFrameCount(): number | undefined {
    return this.#complete ? this.#frames.length : undefined;
  }

  get faults(): readonly FrameFault[] {
    return this.#faults;
  }

  async frameCount(): Promise<number> {
    await this.#readUntil(Infinity);
    return this.#frames.length;
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    checkFrameIndex(index);
    if (this.#closed) return Promise.reject(new SourceClosedError());
    if (index < this.#frames.length || this.#complete) return this.#frames[index];
    return this.#readFrame(index);
  }

  /** Nothing is gained by asking early. */
  prefetch(): boolean {
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#frames.length = 0;
    this.bytes.close();
  }

  session({ number }: CapturedSession): SessionWatcher {
    return { frame: (frame, stream = "") => this.#take(`${number} ${stream}`, frame) };
  }

  async #readFrame(index: number): Promise<FrameAnswer> {
    // The frame rate is asked for with the first frame.
    await this.#readUntil(Math.max(index + 1, RATE_FRAMES));
    if (this.#closed) throw new SourceClosedError();
    return this.#frames[index];
  }

  #take(stream: string, frame: ReceivedFrame): void {
    const { jpeg } = frame;
    if (jpeg !== undefined) this.#chosen ??= stream;
    if (stream !== this.#chosen) return;
    this.#number++;
    if (jpeg === undefined) return this.#fault(frame.damage ?? "It is damaged");
    if (this.#kept + jpeg.length > MAX_CAPTURED_BYTES) {
      return this.#fault(`The frames before it fill ${MAX_CAPTURED_BYTES} bytes of memory`);
    }
    this.#kept += jpeg.length;
    this.#frames.push(jpeg);
    if (this.#timestamps.length >= RATE_FRAMES) return;
    this.#timestamps.push(frame.timestamp);
    this.#arrivals.push(frame.arrivedAt);
  }

  #fault(problem: string): void {
    if (this.#faults.length >= MAX_FAULTS) return;
    this.#faults.push({ frame: this.#number, position: this.#position, problem, recovered: false });
  }

  async #readUntil(count: number): Promise<void> {
    while (!this.#complete && this.#frames.length < count) {
      this.#step ??= this.#readPiece().finally(() => this.#step = undefined);
      await this.#step;
    }
  }

  async #readPiece(): Promise<void> {
    if (this.#closed) throw new SourceClosedError();
    const piece = await this.bytes.read(this.#position, READ_BYTES);
    const more = piece.length > 0 && this.#recording.push(piece);
    this.#position += piece.length;
    if (more) return;
    const { damage, pending } = this.#recording;
    this.#recording.finish();
    if (damage !== undefined) this.#fault(`The recording is damaged: ${damage.message}`);
    else if (pending > 0) this.#fault("The recording ends in the middle of a packet");
    this.#complete = true;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Rates of arrival tremble; cameras have rates of a few digits. */
function rounded(rate: number | undefined): number | undefined {
  return rate === undefined ? undefined : Math.max(0.1, Math.round(rate * 10) / 10);
}
