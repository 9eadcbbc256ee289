import { MalformedError, MORE, type Outcome } from "../bytes/malformed.ts";
import { ByteQueue } from "./byte_queue.ts";
import { HeadParser } from "./head_parser.ts";
import { DEFAULT_LIMITS, type RtspLimits } from "./limits.ts";
import { LineScanner } from "./line_scanner.ts";
import { INTERLEAVED_HEADER_SIZE, INTERLEAVED_MAGIC, type RtspMessage } from "./message.ts";
import { startsMessage } from "./message_starts.ts";
import { Resynchroniser } from "./resynchroniser.ts";
import { START_LINE } from "./start_line.ts";
import { isToken } from "./text.ts";
import type { OnTolerance } from "./tolerance.ts";

const CR = 0x0d;
const LF = 0x0a;

/** What a parser may be told besides limits. */
export interface ParserOptions {
  /** Called for each departure from the standard that was accepted. */
  onTolerance?: OnTolerance;
}

/**
 * Reads the RTSP messages and interleaved blocks of one connection (RFC 2326 sections 4 to 7 and
 * 10.12) from bytes that arrive cut anywhere. Time and memory are linear in the bytes pushed.
 *
 * After {@linkcode push}, call {@linkcode next} until it answers `more`. An answer `malformed` comes
 * once per damage, with the stream offset; the call after it looks for the next plausible start.
 *
 * Payloads and bodies that lie wholly in one pushed chunk are views of it, so the pushed chunk
 * belongs to the parser and whoever receives the messages: do not write to it again.
 *
 * ```ts
 * const parser = new MessageParser();
 * parser.push(new TextEncoder().encode("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"));
 * const outcome = parser.next(); // kind "value", value.kind "request", value.method "OPTIONS"
 * ```
 */
export class MessageParser {
  readonly #limits: RtspLimits;
  readonly #onTolerance: OnTolerance | undefined;
  readonly #queue = new ByteQueue();
  #lines: LineScanner | undefined;
  #head: HeadParser | undefined;
  /** Bytes of the body awaited; undefined outside of a body. */
  #bodyLength: number | undefined;
  #bareLf = false;
  #blankLine = false;
  #damage: Resynchroniser | undefined;
  /** Where the line or block being read begins in the queue; undefined once it was consumed. */
  #failing: number | undefined;
  /** Stream offset of the message being read. */
  #messageAt = 0;
  #skipped = 0;

  /** @param limits ceilings that differ from {@linkcode DEFAULT_LIMITS} */
  constructor(limits: Partial<RtspLimits> = {}, options: ParserOptions = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#onTolerance = options.onTolerance;
  }

  /** Bytes held: of a message that is not complete, or of messages not asked for yet. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Stream offset of the first byte held. */
  get offset(): number {
    return this.#queue.offset;
  }

  /** Bytes skipped so far: from the beginning of each damaged message to the next one's. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Bytes copied so far to join chunks; a measure of how well the reads fit the messages. */
  get copied(): number {
    return this.#queue.copied;
  }

  /** Adds bytes as they came from the connection; see the class about who owns them. */
  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
  }

  /**
   * A view of all bytes held, an incomplete head included, so that another dialect can be told
   * apart; only outside of a body do they begin with a message.
   */
  peek(): Uint8Array {
    this.#queue.gatherAll();
    return this.#queue.view(0, this.#queue.contiguous);
  }

  /** As {@linkcode peek}, and forgets them: another parser takes over. */
  release(): Uint8Array {
    const held = this.peek();
    this.#queue.consume(held.length);
    this.#reset();
    this.#damage = undefined;
    return held;
  }

  /** The next message or block, `more`, or `malformed` with the stream offset of the damage. */
  next(): Outcome<RtspMessage> {
    if (this.#damage !== undefined && !this.resynchronise()) return MORE;
    try {
      return this.#bodyLength === undefined ? this.#start() : this.#body(this.#bodyLength);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#beginDamage();
      return { kind: "malformed", error };
    }
  }

  /**
   * After damage, skips to the next plausible start among the bytes held; {@linkcode next} does this
   * by itself. False while no start was found: push more.
   */
  resynchronise(): boolean {
    if (this.#damage === undefined) return true;
    this.#queue.gatherAll();
    const held = this.#queue.view(0, this.#queue.contiguous);
    const start = this.#damage.find(held, this.#queue.offset);
    this.#skip((start ?? this.#damage.keepFrom) - this.#queue.offset);
    if (start === undefined) return false;
    this.#damage = undefined;
    const skipped = start - this.#messageAt;
    this.#onTolerance?.("resynchronised", `${skipped} bytes skipped from byte ${this.#messageAt}`);
    return true;
  }

  /** Notes damage. The search begins one byte after the start of the line or block that failed. */
  #beginDamage(): void {
    // A body too long is found out when the head was consumed: its first byte may be a start.
    const from = this.#failing === undefined ? 0 : this.#failing + 1;
    this.#skipped += this.#queue.offset - this.#messageAt;
    this.#damage = new Resynchroniser(this.#queue.offset + from, this.#limits);
    this.#skip(from);
    this.#reset();
  }

  #skip(count: number): void {
    this.#queue.consume(count);
    this.#skipped += count;
  }

  #reset(): void {
    this.#lines = undefined;
    this.#head = undefined;
    this.#bodyLength = undefined;
    this.#bareLf = false;
    this.#blankLine = false;
  }

  #start(): Outcome<RtspMessage> {
    if (this.#lines === undefined) {
      const first = this.#skipBlankLines();
      if (first === undefined) return MORE;
      this.#messageAt = this.#queue.offset;
      this.#failing = 0;
      if (first === INTERLEAVED_MAGIC) return this.#interleaved();
      this.#lines = new LineScanner(this.#queue, this.#limits);
      this.#head = new HeadParser(this.#limits, this.#onTolerance);
      if (!isToken(String.fromCharCode(first))) {
        const byte = `0x${first.toString(16).padStart(2, "0")}`;
        throw new MalformedError(START_LINE, this.offset, `No message begins with byte ${byte}`);
      }
    }
    return this.#readHead(this.#lines, this.#head!);
  }

  /** The first byte that is not CR or LF; a robust reader ignores those (RFC 2068 section 4.1). */
  #skipBlankLines(): number | undefined {
    let first = this.#queue.byte(0);
    while (first === CR || first === LF) {
      this.#queue.consume(1);
      if (!this.#blankLine) {
        this.#blankLine = true;
        this.#onTolerance?.("blank-line-before-message", `at byte ${this.offset - 1}`);
      }
      first = this.#queue.byte(0);
    }
    return first;
  }

  #interleaved(): Outcome<RtspMessage> {
    const queue = this.#queue;
    if (!queue.gather(INTERLEAVED_HEADER_SIZE)) return MORE;
    const length = queue.byte(2)! << 8 | queue.byte(3)!;
    if (length > this.#limits.interleaved) {
      const problem = `${length} bytes are more than the limit of ${this.#limits.interleaved}`;
      throw new MalformedError("Interleaved block", this.offset, problem);
    }
    const size = INTERLEAVED_HEADER_SIZE + length;
    const isWhole = queue.gather(size);
    if (startsMessage(queue.view(INTERLEAVED_HEADER_SIZE, Math.min(size, queue.contiguous)))) {
      const detail = `the block of ${length} bytes at byte ${this.offset} is a message`;
      this.#onTolerance?.("header-without-block", detail);
      this.#skip(INTERLEAVED_HEADER_SIZE);
      return this.#start();
    }
    if (!isWhole) return MORE;
    const channel = queue.byte(1)!;
    const payload = queue.view(INTERLEAVED_HEADER_SIZE, size);
    queue.consume(size);
    this.#blankLine = false;
    return { kind: "value", value: { kind: "interleaved", channel, payload } };
  }

  #readHead(lines: LineScanner, head: HeadParser): Outcome<RtspMessage> {
    for (;;) {
      this.#failing = lines.lineStart;
      const line = lines.next();
      if (line === undefined) return MORE;
      if (line.bareLf && !this.#bareLf) {
        this.#bareLf = true;
        this.#onTolerance?.("bare-line-feed", `at byte ${this.offset + line.end}`);
      }
      if (line.start === line.end) break;
      head.line(this.#queue.view(line.start, line.end), this.offset + line.start);
    }
    this.#queue.consume(lines.lineStart);
    this.#failing = undefined;
    this.#lines = undefined;
    this.#bodyLength = head.bodyLength();
    return this.#body(this.#bodyLength);
  }

  #body(length: number): Outcome<RtspMessage> {
    if (!this.#queue.gather(length)) return MORE;
    const { startLine, headers } = this.#head!;
    const body = this.#queue.view(0, length);
    this.#queue.consume(length);
    this.#reset();
    return { kind: "value", value: { ...startLine!, headers, body } };
  }
}
