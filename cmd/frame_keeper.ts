import { toHex } from "../lib/bytes/hex.ts";
import { frameFileName } from "../lib/media/folder_writer.ts";
import type { FrameManifest, FrameRecord } from "../lib/media/frame_manifest.ts";
import { FrameRefusedError, type FrameWriter } from "../lib/media/frame_writer.ts";
import type { ReceivedFrame } from "../lib/stream/received_frame.ts";

/** Where frames are kept. */
export interface KeeperOptions {
  writer: FrameWriter;
  /** Of folders of frames. */
  manifest: FrameManifest | undefined;
  /** Extension of the files in the folder; undefined for a single file. */
  extension: string | undefined;
  /** Keep every so many complete frames, from the first. */
  every: number;
  /** Told of each frame, kept or not. */
  onRecord: (record: FrameRecord) => void;
}

/** Writes received frames, and a record of each. */
export class FrameKeeper {
  /** Frames that the format cannot hold. */
  refused = 0;
  /** Why the first of them was not kept. */
  refusal: string | undefined;
  #received = 0;
  #complete = 0;

  constructor(readonly options: KeeperOptions) {}

  /**
   * Takes the next frame, whole or damaged.
   * @param number of those received, from 1
   * @throws {Error} (as a rejection) when the disk is full and the like
   */
  async take(frame: ReceivedFrame, number: number): Promise<void> {
    this.#received++;
    const record = describe(frame, number);
    if (frame.jpeg !== undefined) {
      record.sha256 = await sha256(frame.jpeg);
      if (this.#complete++ % this.options.every === 0) await this.#write(frame.jpeg, record);
    }
    await this.options.manifest?.add(record);
    this.options.onRecord(record);
  }

  /** Gives what was kept its name; nothing is left where no frame came. */
  async commit(): Promise<void> {
    const { writer, manifest } = this.options;
    if (this.#received === 0) return await this.abort();
    await (writer.frames === 0 ? writer.abort() : writer.commit());
    await manifest?.commit();
  }

  async abort(): Promise<void> {
    await this.options.writer.abort();
    await this.options.manifest?.abort();
  }

  async #write(jpeg: Uint8Array, record: FrameRecord): Promise<void> {
    const { writer, extension } = this.options;
    try {
      await writer.write(jpeg);
    } catch (error) {
      if (!(error instanceof FrameRefusedError)) throw error;
      record.refused = error.problem;
      this.refused++;
      this.refusal ??= `frame ${record.number}: ${error.problem}`;
      return;
    }
    if (extension !== undefined) record.file = frameFileName(writer.frames, extension);
  }
}

function describe(frame: ReceivedFrame, number: number): FrameRecord {
  const { timestamp, firstSequence, lastSequence, arrivedAt, bytes, damage } = frame;
  const record: FrameRecord = {
    number,
    rtpTimestamp: timestamp,
    firstSequence,
    lastSequence,
    arrivalTime: arrivedAt / 1000,
    bytes,
    complete: frame.jpeg !== undefined,
  };
  if (frame.jpeg === undefined) record.missing = damage ?? "Part of it did not come";
  return record;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return toHex(new Uint8Array(digest));
}
