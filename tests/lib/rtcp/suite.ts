import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import type { RtcpPacket } from "../../../lib/rtcp/packet.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import type { Golden } from "../../support/golden.ts";
import { everyPrefix } from "../../support/split.ts";

/** Bytes that no parser may accept, and what it must say. */
export interface Malformed {
  name: string;
  bytes: Uint8Array;
  position: number;
  problem: string;
}

/** The parser and formatter of one packet type. */
export interface Codec<T> {
  parse: (bytes: Uint8Array) => T;
  format: (packet: T) => Uint8Array;
}

/** The suite that every packet type passes: one table drives parse, format, truncation and fuzz. */
export function packetSuite<T extends RtcpPacket>(
  title: string,
  { parse, format }: Codec<T>,
  tables: { golden: Golden<T>[]; malformed: Malformed[] },
): void {
  for (const { name, bytes, value, roundTrip = true } of tables.golden) {
    Deno.test(`${title} is parsed and formatted: ${name}`, () => {
      const input = bytes.slice();
      assertEquals(parse(input), value);
      assertEquals(input, bytes, "the input is untouched");
      if (roundTrip) assertEquals(format(value), bytes);
      else assertEquals(parse(format(value)), value);
    });
    Deno.test(`${title} cut anywhere is malformed: ${name}`, () => {
      everyPrefix(bytes, (prefix) => assertThrows(() => parse(prefix), MalformedError));
    });
  }
  for (const { name, bytes, position, problem } of tables.malformed) {
    Deno.test(`${title} is malformed: ${name}`, () => {
      const error = assertThrows(() => parse(bytes), MalformedError, problem);
      assertEquals(error.position, position);
    });
  }
  Deno.test(`${title} with any bytes changed is a packet or malformed`, () => {
    const seeds = tables.golden.map(({ bytes }) => bytes);
    fc.assert(fc.property(mutations(seeds), (bytes) => checkAnyBytes(bytes, { parse, format })));
  });
}

/** One of `seeds` with a few bytes changed anywhere. */
export function mutations(seeds: Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
  return fc.tuple(fc.constantFrom(...seeds), changes).map(([seed, edits]) => {
    const bytes = seed.slice();
    for (const [at, value] of edits) bytes[at % bytes.length] = value;
    return bytes;
  });
}

/** Asserts: a value that survives being written and read, or malformed; input untouched. */
export function checkAnyBytes<T>(bytes: Uint8Array, { parse, format }: Codec<T>): void {
  const input = bytes.slice();
  let value: T;
  try {
    value = parse(bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    assert(error.position <= bytes.length, `position ${error.position} is past the end`);
    return;
  } finally {
    assertEquals(bytes, input, "the input is untouched");
  }
  assertEquals(parse(format(value)), value);
}

export const u32: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffffffff });

/** Bytes in whole 32-bit words, at least `least` of them. */
export function wordBytes(least = 0): fc.Arbitrary<Uint8Array> {
  const words = fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), {
    minLength: least,
    maxLength: least + 6,
  });
  return words.map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
}
