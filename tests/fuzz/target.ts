import { MalformedError } from "../../lib/bytes/malformed.ts";
import { assert, assertEquals } from "../support/assert.ts";
import type { Seeded } from "../support/seeded.ts";
import { ascii } from "../support/split.ts";

/** Something that takes bytes from strangers, and what must hold whatever they are. */
export interface Target {
  /** Begins the names of its crashers. */
  name: string;
  seeds: readonly Uint8Array[];
  /** Throws when a property does not hold. The input must be left as it is. */
  check: (bytes: Uint8Array, random: Seeded) => void | Promise<void>;
  /** Inputs in the ordinary test run, where each takes its time; undefined for as many as usual. */
  testInputs?: number;
  /** Lets go of what all its cases share, before it is asked what is left. */
  end?: () => Promise<void>;
}

/** What is written longer than it came, by escapes, may be longer than may be read. */
const MOST_WRITTEN = 2048;

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * What a parser of whole values promises: a value or a {@linkcode MalformedError} at a place within
 * the input, and a value that stays the same when it is written and read again.
 */
export function whole<I, T>(
  convert: (bytes: Uint8Array) => I,
  parse: (input: I) => T,
  format?: (value: T) => I,
): Target["check"] {
  return (bytes) => {
    let value: T;
    try {
      value = parse(convert(bytes));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      assert(error.position >= 0 && error.position <= bytes.length, `position ${error.position}`);
      return;
    }
    if (format === undefined) return;
    const written = format(value);
    if (isTooLong(written, bytes.length)) return;
    assertEquals(parse(written), value);
    assertEquals(format(parse(written)), written);
  };
}

/** Written with what had been left out, such as padding, the longest input is too long to be read. */
function isTooLong(written: unknown, read: number): boolean {
  return typeof written === "string" && written.length > Math.max(read, MOST_WRITTEN);
}

/**
 * The same where a tolerated value is written otherwise than it came: from there on it stays.
 * @param write reads a value and writes it
 */
export function settling(
  convert: (bytes: Uint8Array) => string,
  write: (input: string) => string,
): Target["check"] {
  return (bytes, random) => {
    let written: string | undefined;
    whole(convert, (input) => written = write(input))(bytes, random);
    if (written !== undefined && written.length < MOST_WRITTEN) {
      assertEquals(write(written), written);
    }
  };
}

/** Text as a header line has it: what ends lines or is no character never gets so far. */
export function printable(bytes: Uint8Array): string {
  // deno-lint-ignore no-control-regex
  return text(bytes).replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

/** The value of a header field, written and read again the same. */
export function header<T>(
  name: string,
  parse: (value: string) => T,
  format: (value: T) => string,
  values: string[],
): Target {
  return { name, seeds: values.map(ascii), check: whole(printable, parse, format) };
}

/** The value of a header field that is written in one way of several it may come in. */
export function settlingHeader(
  name: string,
  write: (value: string) => string,
  values: string[],
): Target {
  return { name, seeds: values.map(ascii), check: settling(printable, write) };
}

/**
 * What a parser promises that throws errors of its own: a value or one of `errors`, whose message is
 * one line of bounded length.
 */
export function valueOr<T>(
  errors: readonly (abstract new (...args: never[]) => Error)[],
  parse: (bytes: Uint8Array) => T,
  then: (value: T) => void = () => {},
): Target["check"] {
  return (bytes) => {
    let value: T;
    try {
      value = parse(bytes);
    } catch (error) {
      if (!errors.some((kind) => error instanceof kind)) throw error;
      const { message } = error as Error;
      const most = MESSAGE_CHARACTERS + MOST_QUOTED * bytes.length;
      assert(message !== "" && message.length < most, `${message.length} characters`);
      return;
    }
    then(value);
  };
}

/** Characters of an error beside the input quoted in it, and of each byte quoted with escapes. */
const MESSAGE_CHARACTERS = 1000;
const MOST_QUOTED = 12;

/** Parts of an input of several, each behind two bytes with its length. */
export function packed(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const part of parts) {
    out[at] = part.length >> 8;
    out[at + 1] = part.length;
    out.set(part, at + 2);
    at += 2 + part.length;
  }
  return out;
}

/** What {@linkcode packed} put together, however damaged. */
export function unpacked(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const length = bytes[at]! << 8 | bytes[at + 1]!;
    parts.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return parts;
}

/** What stands between separators. */
export function split(bytes: Uint8Array, separator: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at <= bytes.length;) {
    const end = bytes.indexOf(separator, at);
    parts.push(bytes.subarray(at, end < 0 ? bytes.length : end));
    at = end < 0 ? bytes.length + 1 : end + 1;
  }
  return parts;
}
