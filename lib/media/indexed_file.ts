import { MalformedError } from "../bytes/malformed.ts";
import {
  checkFrameIndex,
  type FrameAnswer,
  FrameDamagedError,
  type FrameFault,
  type FrameSource,
  SourceClosedError,
} from "../stream/frame_source.ts";
import type { ByteSource } from "./byte_source.ts";
import type { FrameFindings, FrameScanner } from "./frame_scanner.ts";
import { startsJpeg } from "./jpeg_end.ts";

/** Bytes looked at together while indexing: some twenty frames of a usual file in one read. */
const WINDOW_BYTES = 256 * 1024;
/** Bytes indexed without a pause when reading never waits. */
const BYTES_PER_TURN = 4 * 1024 * 1024;
/** How much more work there is in a byte that the scanner asks for by itself: of an index, mostly. */
const INDEX_WEIGHT = 16;

/** What {@linkcode IndexedFile} is made of. */
export interface IndexedFileParts {
  scanner: FrameScanner;
  /** Where the scanner notes what it finds. */
  findings: FrameFindings;
  /** Bytes per look while indexing, default 256 KiB; tests make it small. */
  windowBytes?: number;
  /** What is said of a frame that is no JPEG; default that the file has changed since indexing. */
  notJpeg?: string;
  /**
   * Makes a JPEG of what lies in the file as a frame; default what lies there is one.
   * @throws {MalformedError} naming the byte, when it is damaged
   */
  toJpeg?: (bytes: Uint8Array) => Uint8Array;
}

/**
 * Frames that lie whole in one file. The index grows as far as it is asked to; frames are read when
 * they are asked for.
 */
export class IndexedFile implements FrameSource {
  readonly #bytes: ByteSource;
  readonly #scanner: FrameScanner;
  readonly #findings: FrameFindings;
  readonly #windowBytes: number;
  readonly #notJpeg: string;
  readonly #toJpeg: (bytes: Uint8Array) => Uint8Array;
  #size: number;
  #complete = false;
  #closed = false;
  #step: Promise<void> | undefined;
  /** Bytes since the last pause, weighed. */
  #withoutPause = 0;
  /** The frame read last, where the next one in the index is the same. */
  #repeated: { position: number; bytes: Uint8Array | Promise<Uint8Array> } | undefined;

  /** @param bytes the file; closed with this source */
  constructor(bytes: ByteSource, parts: IndexedFileParts) {
    this.#bytes = bytes;
    this.#size = bytes.size;
    this.#scanner = parts.scanner;
    this.#findings = parts.findings;
    this.#windowBytes = parts.windowBytes ?? WINDOW_BYTES;
    this.#notJpeg = parts.notJpeg ?? "The file has changed while it was open";
    this.#toJpeg = parts.toJpeg ?? ((bytes) => bytes);
  }

  get frameRate(): number | undefined {
    return this.#findings.frameRate;
  }

  get knownFrameCount(): number | undefined {
    return this.#complete ? this.#findings.index.count : undefined;
  }

  get faults(): readonly FrameFault[] {
    return this.#findings.faults;
  }

  async frameCount(): Promise<number> {
    await this.#indexUntil(Infinity);
    return this.#findings.index.count;
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    checkFrameIndex(index);
    if (this.#closed) return Promise.reject(new SourceClosedError());
    if (index < this.#findings.index.count) return this.#readOnce(index);
    if (this.#complete) return undefined;
    return this.#indexAndRead(index);
  }

  position(index: number): number | undefined {
    return index < this.#findings.index.count ? this.#findings.index.position(index) : undefined;
  }

  /** Nothing is kept here, so nothing can be fetched ahead. */
  prefetch(): boolean {
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#bytes.close();
  }

  async #indexAndRead(index: number): Promise<FrameAnswer> {
    await this.#indexUntil(index + 1);
    return index < this.#findings.index.count ? await this.#readOnce(index) : undefined;
  }

  /** A frame that stands in the index several times in a row is one object, made into packets once. */
  #readOnce(index: number): Uint8Array | Promise<Uint8Array> {
    const place = this.#findings.index;
    const position = place.position(index);
    if (this.#repeated?.position === position) return this.#repeated.bytes;
    const bytes = this.#read(index);
    const repeats = index + 1 < place.count && place.position(index + 1) === position;
    this.#repeated = repeats ? { position, bytes } : undefined;
    if (bytes instanceof Promise) bytes.catch(() => this.#repeated = undefined);
    return bytes;
  }

  #read(index: number): Uint8Array | Promise<Uint8Array> {
    const at = this.#findings.index.position(index);
    const bytes = this.#bytes.read(at, this.#findings.index.length(index));
    if (bytes instanceof Promise) return bytes.then((bytes) => this.#checked(index, bytes));
    return this.#checked(index, bytes);
  }

  /** The file may have been written to since it was indexed. */
  #checked(index: number, bytes: Uint8Array): Uint8Array {
    const position = this.#findings.index.position(index);
    const length = this.#findings.index.length(index);
    if (bytes.length < length) {
      const problem = `Only ${bytes.length} of ${length} bytes are left in the file`;
      throw new FrameDamagedError(index + 1, position, problem);
    }
    const jpeg = this.#converted(index, bytes);
    if (startsJpeg(jpeg)) return jpeg;
    throw new FrameDamagedError(index + 1, position, this.#notJpeg);
  }

  #converted(index: number, bytes: Uint8Array): Uint8Array {
    try {
      return this.#toJpeg(bytes);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      const at = this.#findings.index.position(index) + error.position;
      throw new FrameDamagedError(index + 1, at, `${error.element}: ${error.problem}`);
    }
  }

  async #indexUntil(count: number): Promise<void> {
    while (!this.#complete && this.#findings.index.count < count) {
      this.#step ??= this.#advance().finally(() => this.#step = undefined);
      await this.#step;
    }
  }

  /** Shows the scanner one window. All who wait for the index share the step under way. */
  async #advance(): Promise<void> {
    if (this.#closed) throw new SourceClosedError();
    const at = this.#scanner.position;
    const wanted = this.#scanner.windowBytes ?? this.#windowBytes;
    const length = Math.max(0, Math.min(wanted, this.#size - at));
    const answer = this.#bytes.read(at, length);
    const window = answer instanceof Promise ? await answer : await this.#atHand(answer);
    if (window.length < length) this.#size = at + window.length; // cut while it was open
    this.#scanner.scan(window, this.#size);
    this.#complete = this.#scanner.finished;
  }

  /** Gives way to timers and sockets now and then, since bytes in memory never wait. */
  async #atHand(window: Uint8Array): Promise<Uint8Array> {
    const weight = this.#scanner.windowBytes === undefined ? 1 : INDEX_WEIGHT;
    this.#withoutPause += weight * window.length;
    if (this.#withoutPause >= BYTES_PER_TURN) {
      this.#withoutPause = 0;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return window;
  }
}
