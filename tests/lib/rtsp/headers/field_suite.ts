import fc from "fast-check";
import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import type { OnTolerance, ToleranceCode } from "../../../../lib/rtsp/tolerance.ts";
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "../../../support/assert.ts";

/** A header value as text, what it means, and what is written for that. */
export interface FieldRow<T> {
  name: string;
  text: string;
  value: T;
  /** What formatting gives where it differs from the text. */
  written?: string;
  tolerances?: ToleranceCode[];
}

/** The suite every header field has to pass: its tables drive all of it. */
export interface FieldSuite<T> {
  name: string;
  parse: (text: string, onTolerance?: OnTolerance) => T;
  format: (value: T) => string;
  golden: FieldRow<T>[];
  /** Text, part of the problem, character position. */
  malformed: [text: string, problem: string, position: number][];
  /** Any value that can be written. */
  arbitrary: fc.Arbitrary<T>;
}

export function testField<T>(suite: FieldSuite<T>): void {
  const { name, parse, format } = suite;
  for (const row of suite.golden) {
    Deno.test(`${name} reads ${row.name}`, () => {
      const codes: ToleranceCode[] = [];
      assertEquals(parse(row.text, (code) => codes.push(code)), row.value);
      assertEquals([...new Set(codes)].sort(), [...row.tolerances ?? []].sort());
      assertEquals(parse(row.text), row.value, "without a listener");
    });
    Deno.test(`${name} writes ${row.name}`, () => {
      assertEquals(format(row.value), row.written ?? row.text);
    });
    Deno.test(`${name} cut short anywhere is a value or malformed: ${row.name}`, () => {
      for (let end = 0; end < row.text.length; end++) {
        valueOrMalformed(suite, row.text.slice(0, end));
      }
    });
  }
  for (const [text, problem, position] of suite.malformed) {
    Deno.test(`${name} refuses ${JSON.stringify(text.slice(0, 60))}: ${problem}`, () => {
      const error = assertThrows(() => parse(text), MalformedError);
      assertStringIncludes(error.message, problem);
      assertEquals(error.position, position);
    });
  }
  Deno.test(`${name} reads back any value it can write`, () => {
    fc.assert(fc.property(suite.arbitrary, (value) => assertEquals(parse(format(value)), value)));
  });
  Deno.test(`${name} takes any text as a value or malformed`, () => {
    const parts = suite.golden.flatMap((row) => row.text.split(/(?<=[;,=-])/));
    const text = fc.array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 4 })))
      .map((some) => some.join(""));
    fc.assert(fc.property(text, (candidate) => valueOrMalformed(suite, candidate)));
  });
}

/** Nothing else may happen; and where nothing was ignored, the value survives being written. */
function valueOrMalformed<T>(suite: FieldSuite<T>, text: string): void {
  let value: T;
  let ignored = false;
  try {
    value = suite.parse(text, (code) => ignored ||= code.endsWith("-ignored"));
  } catch (error) {
    assert(error instanceof MalformedError, `${JSON.stringify(text)}: ${error}`);
    assert(error.position >= 0 && error.position <= text.length, `${error.position} of ${text}`);
    return;
  }
  if (!ignored) assertEquals(suite.parse(suite.format(value)), value, JSON.stringify(text));
}
