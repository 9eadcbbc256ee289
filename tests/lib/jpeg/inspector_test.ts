import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { inspectJpeg, type JpegInfo } from "../../../lib/jpeg/inspect.ts";
import { JpegInspector } from "../../../lib/jpeg/inspector.ts";
import { Marker } from "../../../lib/jpeg/markers.ts";
import { assertEquals } from "../../support/assert.ts";
import { concat, segment, testJpeg } from "./pictures.ts";

const SOI = Uint8Array.of(0xff, 0xd8);
const EOI = Uint8Array.of(0xff, 0xd9);
const SOF = segment(Marker.SOF0, 8, 0, 16, 0, 24, 1, 1, 0x11, 0);
const SOS = segment(Marker.SOS, 1, 1, 0x00, 0, 63, 0);
const HEADER = concat(SOI, SOF, SOS);

/** What is told of a picture, or what is wrong with it. */
function told(inspect: (bytes: Uint8Array) => JpegInfo, bytes: Uint8Array): unknown {
  try {
    return inspect(bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return error.message;
  }
}

/** Inspects one after the other; each must be told as if it had come alone. */
function assertToldAsAlone(pictures: readonly Uint8Array[]): void {
  const inspector = new JpegInspector();
  for (const picture of pictures) {
    const alone = told(inspectJpeg, picture);
    assertEquals(told((bytes) => inspector.inspect(bytes), picture), alone);
  }
}

Deno.test("pictures behind each other are told as each alone", () => {
  const qualities = [60, 60, 70, 60, 80, 30, 20, 10, 60];
  assertToldAsAlone(qualities.map((quality) => testJpeg(48, 32, { quality })));
});

for (
  const [name, rest] of Object.entries({
    "the same scan": [1, 2, 3, ...EOI],
    "a longer scan with stuffing and restart markers": [9, 0xff, 0, 7, 0xff, 0xd0, 4, ...EOI],
    "no EOI": [5, 6, 7],
    "no scan data": [...EOI],
    "nothing at all": [],
    "fill bytes before EOI": [5, 0xff, 0xff, ...EOI],
    "bytes behind EOI": [5, ...EOI, 1, 2],
    "a second scan": [5, ...SOS, 6, ...EOI],
    "tables behind the scan": [5, ...segment(Marker.DRI, 0, 4), ...EOI],
    "a segment that is cut": [5, 0xff, 0xc4, 0, 50, 1],
    "a second frame header": [5, ...SOF, ...EOI],
    "the end in a marker": [5, 0xff],
  })
) {
  Deno.test(`a known header, then: ${name}`, () => {
    const first = concat(HEADER, Uint8Array.of(1, 2, 3), EOI);
    assertToldAsAlone([first, concat(HEADER, Uint8Array.from(rest))]);
  });
}

Deno.test("whatever is behind whatever, each is told as if alone", () => {
  const first = concat(HEADER, Uint8Array.of(1, 2, 3), EOI);
  const rest = fc.array(fc.constantFrom(0, 1, 0xff, 0xd0, 0xd9, 0xda, 0xc0, 8), { maxLength: 30 });
  const picture = fc.record({ keep: fc.nat(HEADER.length), rest }).map(({ keep, rest }) => {
    return concat(HEADER.subarray(0, HEADER.length - keep % 3), Uint8Array.from(rest));
  });
  fc.assert(fc.property(fc.array(picture), (pictures) => assertToldAsAlone([first, ...pictures])));
});
