import { MalformedError } from "../bytes/malformed.ts";
import type { FrameFindings, FrameScanner } from "./frame_scanner.ts";

/** Bytes looked at together unless asked otherwise. */
const WINDOW_BYTES = 256 * 1024;
const NOTHING = new Uint8Array(0);

/** A stretch of the file that a {@linkcode Scan} wants to see before it goes on. */
export interface Look {
  readonly at: number;
  readonly length: number;
}

/**
 * A walk through a file that says where it wants to look and is shown the bytes, fewer only where
 * the file ends. Formats with indexes jump about; written this way they read like plain code and
 * still touch no file.
 */
export type Scan<T = void> = Generator<Look, T, Uint8Array>;

/** The file as a {@linkcode Scan} sees it: what is in the window last shown is not asked for again. */
export class FileView {
  #origin = 0;
  #window: Uint8Array = NOTHING;
  readonly windowBytes: number;

  /**
   * @param size length of the file in bytes; it may turn out shorter
   * @param windowBytes asked for together
   */
  constructor(public size: number, windowBytes = WINDOW_BYTES) {
    this.windowBytes = windowBytes;
  }

  /**
   * The bytes from `at` on: `length` of them, fewer only where the file ends.
   * @param window how many to ask for when some must be read, where the usual number would be a waste
   */
  *look(at: number, length: number, window = this.windowBytes): Scan<Uint8Array> {
    const end = Math.min(at + length, this.size);
    if (end <= at) return NOTHING;
    if (at < this.#origin || end > this.#origin + this.#window.length) {
      this.#window = yield { at, length: Math.max(length, Math.min(window, this.windowBytes)) };
      this.#origin = at;
    }
    return this.#window.subarray(at - this.#origin, end - this.#origin);
  }

  /** Everything in the window from `at` on, and at least `length` bytes as {@linkcode look} does. */
  *lookOn(at: number, length: number): Scan<Uint8Array> {
    yield* this.look(at, length);
    return this.#window.subarray(Math.max(0, at - this.#origin));
  }

  /** Lets the next look be a read, which is where other work gets its turn. */
  forget(): void {
    this.#window = NOTHING;
  }
}

/** A {@linkcode FrameScanner} that follows a {@linkcode Scan}. */
export class GuidedScanner implements FrameScanner {
  readonly #view: FileView;
  readonly #findings: FrameFindings;
  readonly #scan: Scan;
  #look: Look | undefined;

  constructor(view: FileView, findings: FrameFindings, scan: Scan) {
    this.#view = view;
    this.#findings = findings;
    this.#scan = scan;
    this.#advance();
  }

  get position(): number {
    return this.#look?.at ?? 0;
  }

  get windowBytes(): number {
    return this.#look?.length ?? 0;
  }

  get finished(): boolean {
    return this.#look === undefined;
  }

  scan(window: Uint8Array, size: number): void {
    this.#view.size = size;
    this.#advance(window);
  }

  /** A file that breaks the rules of its format ends there; the frames found so far stay. */
  #advance(window: Uint8Array = NOTHING): void {
    try {
      const step = this.#scan.next(window);
      this.#look = step.done ? undefined : step.value;
      if (step.done) this.#sayEmpty();
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#findings.reject(error.position, `${error.element}: ${error.problem}`);
      this.#look = undefined;
    }
  }

  #sayEmpty(): void {
    const { index, faults } = this.#findings;
    if (index.count > 0 || faults.length > 0) return;
    this.#findings.reject(this.#view.size, "The file ends before a frame begins");
  }
}
