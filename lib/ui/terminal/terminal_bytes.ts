import { CSI } from "./control_codes.ts";

const FIRST_CAPACITY = 64 * 1024;
/** Decimal digits of 0 … 255, which colours are made of. */
const BYTE_DIGITS: readonly Uint8Array[] = Array.from(
  { length: 256 },
  (_, n) => Uint8Array.from(String(n), (digit) => digit.charCodeAt(0)),
);

/** Bytes for the terminal, gathered for one write; the room is used again and again. */
export class TerminalBytes {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #length = 0;
  readonly #encoder = new TextEncoder();

  get length(): number {
    return this.#length;
  }

  /** What was gathered; good until {@linkcode TerminalBytes.clear}. */
  get gathered(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(values: Uint8Array): void {
    this.#room(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  text(text: string): void {
    this.#room(3 * text.length);
    this.#length += this.#encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /** A whole number from 0 in decimal. */
  number(value: number): void {
    const digits = BYTE_DIGITS[value];
    if (digits === undefined) return this.text(String(value));
    this.#room(digits.length);
    for (let i = 0; i < digits.length; i++) this.#bytes[this.#length++] = digits[i]!;
  }

  /** Moves the cursor; row and column count from 0. */
  moveTo(row: number, column: number): void {
    this.text(`${CSI}${row + 1};${column + 1}H`);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#length + more, 2 * this.#bytes.length));
    larger.set(this.gathered);
    this.#bytes = larger;
  }
}
