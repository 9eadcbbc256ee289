import { AtomicFile } from "./atomic_file.ts";

/** What is kept of one received frame beside its picture. */
export interface FrameRecord {
  /** In order of reception, from 1; damaged frames are counted too. */
  number: number;
  /** Name of the picture's file; absent when there is none. */
  file?: string;
  /** RTP timestamp of its packets. */
  rtpTimestamp: number;
  /** Sequence numbers of its first and last packet as far as they came. */
  firstSequence: number;
  lastSequence: number;
  /** When its last packet came: seconds since the Unix epoch, with a fraction. */
  arrivalTime: number;
  /** Bytes of the JPEG as received, or of what came of it. */
  bytes: number;
  /** SHA-256 of the JPEG as received, in hexadecimal; absent for a damaged frame. */
  sha256?: string;
  complete: boolean;
  /** What was missing; absent for a complete frame. */
  missing?: string;
  /** Why the format cannot hold a complete frame; absent when it can. */
  refused?: string;
}

/** The name of the manifest in a folder of frames. */
export const MANIFEST_NAME = "frames.jsonl";

/** Writes {@linkcode FrameRecord}s as JSON, one object a line; it appears when it is whole. */
export class FrameManifest {
  readonly #file: AtomicFile;
  readonly #encoder = new TextEncoder();

  private constructor(file: AtomicFile) {
    this.#file = file;
  }

  /** @param folder must exist */
  static async create(folder: string): Promise<FrameManifest> {
    return new FrameManifest(await AtomicFile.create(`${folder}/${MANIFEST_NAME}`));
  }

  add(record: FrameRecord): Promise<void> {
    return this.#file.write(this.#encoder.encode(JSON.stringify(record) + "\n"));
  }

  commit(): Promise<void> {
    return this.#file.commit();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}
