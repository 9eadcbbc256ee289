import { MalformedError } from "../bytes/malformed.ts";
import type { ByteQueue } from "./byte_queue.ts";
import type { RtspLimits } from "./limits.ts";
import { START_LINE } from "./start_line.ts";
import { isControl } from "./text.ts";

const CR = 0x0d;
const LF = 0x0a;

/** A line found at the front of a queue; indices are relative to the queue's front. */
export interface Line {
  start: number;
  /** Exclusive, before the line end. */
  end: number;
  /** Whether it ends with LF alone instead of CRLF. */
  bareLf: boolean;
}

/**
 * Finds the lines of one head, looking at every byte once however the stream was cut. The head
 * stays at the front of the queue until the caller consumes it.
 */
export class LineScanner {
  #lineStart = 0;
  #scanned = 0;
  #first = true;
  readonly #queue: ByteQueue;
  readonly #limits: RtspLimits;

  constructor(queue: ByteQueue, limits: RtspLimits) {
    this.#queue = queue;
    this.#limits = limits;
  }

  /** Where the line being read begins, relative to the queue's front. */
  get lineStart(): number {
    return this.#lineStart;
  }

  /**
   * The next line; undefined when it has not ended yet.
   * @throws {MalformedError} on a control character, or past a limit
   */
  next(): Line | undefined {
    const { headerLine, startLine } = this.#limits;
    const most = this.#first ? startLine : headerLine;
    for (;;) {
      const byte = this.#queue.byte(this.#scanned);
      if (byte === undefined) {
        if (this.#queue.gatherLine(most)) continue;
        return undefined;
      }
      this.#checkHead();
      if (byte === LF) return this.#endLine(0);
      if (byte === CR) {
        const after = this.#queue.byte(this.#scanned + 1);
        if (after === undefined) {
          if (this.#queue.gatherLine(most)) continue;
          return undefined;
        }
        if (after !== LF) this.#fail("CR without LF");
        this.#scanned++;
        this.#checkHead();
        return this.#endLine(1);
      }
      if (isControl(byte)) this.#fail(`Control character 0x${byte.toString(16).padStart(2, "0")}`);
      if (this.#scanned - this.#lineStart >= most) {
        this.#fail(`The line is longer than the limit of ${most} bytes`);
      }
      this.#scanned++;
    }
  }

  #endLine(crs: number): Line {
    const line = { start: this.#lineStart, end: this.#scanned - crs, bareLf: crs === 0 };
    this.#scanned++;
    this.#lineStart = this.#scanned;
    this.#first = false;
    return line;
  }

  #checkHead(): void {
    if (this.#scanned < this.#limits.head) return;
    this.#fail(`The head is longer than the limit of ${this.#limits.head} bytes`);
  }

  #fail(problem: string): never {
    const element = this.#first ? START_LINE : "Header field";
    throw new MalformedError(element, this.#queue.offset + this.#scanned, problem);
  }
}
