import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { AC_CLASS, DC_CLASS, STANDARD_HUFFMAN } from "../../../lib/jpeg/huffman.ts";
import { inspectJpeg, type JpegInfo } from "../../../lib/jpeg/inspect.ts";
import { Marker } from "../../../lib/jpeg/markers.ts";
import { quantizationPair } from "../../../lib/jpeg/quantization.ts";
import { huffmanIndex } from "../../../lib/jpeg/table_segments.ts";
import { carriage } from "../../../lib/jpeg/carriage.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { everyPrefix } from "../../support/split.ts";
import { concat, segment, splice, testJpeg } from "./pictures.ts";

const SOI = Uint8Array.of(0xff, 0xd8);
const EOI = Uint8Array.of(0xff, 0xd9);
const SOF = segment(Marker.SOF0, 8, 0, 16, 0, 24, 1, 1, 0x11, 0);
const SOS = segment(Marker.SOS, 1, 1, 0x00, 0, 63, 0);
/** The smallest file with nothing missing but its tables. */
const SMALL = concat(SOI, SOF, SOS, Uint8Array.of(1, 2, 3), EOI);

Deno.test("the headers of a file are told in full", () => {
  const jpeg = testJpeg(50, 40, { quality: 60, restartInterval: 3 });
  const info = inspectJpeg(jpeg);
  assertEquals([info.frameMarker, info.precision, info.width, info.height], [0xc0, 8, 50, 40]);
  assertEquals(info.components, [
    { id: 1, horizontal: 2, vertical: 2, quantizationTable: 0 },
    { id: 2, horizontal: 1, vertical: 1, quantizationTable: 1 },
    { id: 3, horizontal: 1, vertical: 1, quantizationTable: 1 },
  ]);
  assertEquals(info.scanComponents, [
    { id: 1, dcTable: 0, acTable: 0 },
    { id: 2, dcTable: 1, acTable: 1 },
    { id: 3, dcTable: 1, acTable: 1 },
  ]);
  const { luminance, chrominance } = quantizationPair(60);
  assertEquals(info.quantizationTables.map((table) => [table!.id, table!.bits]), [[0, 8], [1, 8]]);
  assertEquals(info.quantizationTables[0]!.entries.slice(), luminance);
  assertEquals(info.quantizationTables[1]!.entries.slice(), chrominance);
  const ac = info.huffmanTables[huffmanIndex(AC_CLASS, 1)]!;
  assertEquals([ac.tableClass, ac.id], [AC_CLASS, 1]);
  assertEquals(ac.symbols.slice(), STANDARD_HUFFMAN.chrominanceAc.symbols);
  assertEquals(info.huffmanTables[huffmanIndex(DC_CLASS, 0)]!.counts.length, 16);
  assertEquals([info.restartInterval, info.scanCount, info.hasEoi, info.trailing], [3, 1, true, 0]);
  assertEquals(info.scanEnd, jpeg.length - 2);
  assertEquals([...jpeg.subarray(info.scanStart - 3, info.scanStart)], [0, 63, 0]);
  assertEquals(info.adobeTransform, undefined);
});

Deno.test("a missing EOI and bytes behind it are told, not refused", () => {
  const cut = inspectJpeg(SMALL.subarray(0, -2));
  assertEquals([cut.hasEoi, cut.trailing, cut.scanEnd], [false, 0, SMALL.length - 2]);
  const longer = inspectJpeg(concat(SMALL, Uint8Array.of(0, 0, 0xff)));
  assertEquals([longer.hasEoi, longer.trailing, longer.scanEnd], [true, 3, SMALL.length - 2]);
});

Deno.test("the tables of the first scan count, all scans are counted", () => {
  const dri = (interval: number): Uint8Array => segment(Marker.DRI, 0, interval);
  const table = (value: number): Uint8Array => {
    return segment(Marker.DQT, 0x02, ...new Array(64).fill(value));
  };
  const data = Uint8Array.of(9);
  const info = inspectJpeg(concat(
    ...[SOI, SOF, table(5), table(6), dri(1), dri(2), SOS, data],
    ...[table(7), dri(3), SOS, data, SOS, data, EOI],
  ));
  assertEquals([info.scanCount, info.restartInterval], [3, 2]);
  assertEquals(info.quantizationTables[2]!.entries[0], 6);
  assertEquals(info.scanEnd - info.scanStart, 1);
});

Deno.test("tables of 16 bits and the Adobe transform are told", () => {
  const wide = segment(Marker.DQT, 0x13, ...new Array(128).fill(1));
  const adobe = segment(Marker.APP14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 2);
  const other = segment(Marker.APP14, 0x41, 0x64, 0x6f, 0x62, 0x66, 0, 100, 0, 0, 0, 0, 0);
  const info = inspectJpeg(splice(SMALL, [2, 2], concat(wide, adobe, other)));
  assertEquals([info.quantizationTables[3]!.bits, info.quantizationTables[3]!.entries.length], [
    16,
    128,
  ]);
  assertEquals(info.adobeTransform, 2);
});

Deno.test("headers that break the rules are refused, the byte named", async (t) => {
  const dht = (...bytes: number[]): Uint8Array => segment(Marker.DHT, ...bytes);
  const counts = (first: number): number[] => [first, ...new Array(15).fill(0)];
  const sof = (...bytes: number[]): Uint8Array => segment(Marker.SOF0, 8, 0, 16, ...bytes);
  for (
    const [name, file, element, position, says] of [
      ["no frame", concat(SOI, EOI), "JPEG", 4, "ends without frame header (SOF)"],
      ["no scan", concat(SOI, SOF, EOI), "JPEG", 17, "ends without SOS"],
      ["scan first", concat(SOI, SOS), "JPEG", 2, "SOS comes before any frame header"],
      ["two frames", concat(SOI, SOF, SOF), "JPEG", 15, "A second frame header, SOF0"],
      ["no width", concat(SOI, sof(0, 0, 1, 1, 0x11, 0)), "SOF0", 9, "The width is 0"],
      ["no component", concat(SOI, sof(0, 8, 0)), "SOF0", 11, "There is no component"],
      ["H = 0", concat(SOI, sof(0, 8, 1, 1, 0x01, 0)), "SOF0", 13, "1 to 4, not 0"],
      ["V = 5", concat(SOI, sof(0, 8, 1, 1, 0x15, 0)), "SOF0", 13, "1 to 4, not 5"],
      ["Tq = 4", concat(SOI, sof(0, 8, 1, 1, 0x11, 4)), "SOF0", 14, "Tq is 0 to 3, not 4"],
      ["short SOF", concat(SOI, sof(0, 8, 2, 1, 0x11, 0)), "SOF0", 15, "Needs 1 more bytes"],
      ["long SOF", concat(SOI, sof(0, 8, 1, 1, 0x11, 0, 7)), "SOF0", 15, "1 bytes too many"],
      ["Pq = 2", concat(SOI, segment(Marker.DQT, 0x20)), "DQT", 6, "Pq is 0 or 1, not 2"],
      ["Tq = 4 in DQT", concat(SOI, segment(Marker.DQT, 0x04)), "DQT", 6, "Tq is 0 to 3, not 4"],
      ["short DQT", concat(SOI, segment(Marker.DQT, 0, 1)), "DQT", 7, "Needs 64 more bytes"],
      ["Tc = 2", concat(SOI, dht(0x20)), "DHT", 6, "Tc is 0 or 1, not 2"],
      ["Th = 4", concat(SOI, dht(0x04)), "DHT", 6, "Th is 0 to 3, not 4"],
      ["short DHT", concat(SOI, dht(0x00, ...counts(2), 1)), "DHT", 23, "Needs 2 more bytes"],
      ["empty DRI", concat(SOI, segment(Marker.DRI)), "DRI", 6, "Needs 2 more bytes"],
      ["no scan component", concat(SOI, SOF, segment(Marker.SOS, 0)), "SOS", 19, "not 0"],
      ["5 scan components", concat(SOI, SOF, segment(Marker.SOS, 5)), "SOS", 19, "not 5"],
      ["short SOS", concat(SOI, SOF, segment(Marker.SOS, 1, 1, 0, 0)), "SOS", 22, "Needs 3 more"],
    ] as const
  ) {
    await t.step(name, () => {
      const error = assertThrows(() => inspectJpeg(file), MalformedError, says);
      assertEquals([error.element, error.position], [element, position]);
    });
  }
});

Deno.test("a Huffman table may have 256 symbols and no more", () => {
  const table = (...counts: number[]): Uint8Array => {
    const total = counts.reduce((sum, n) => sum + n, 0);
    const all = [0x00, ...new Array(16 - counts.length).fill(0), ...counts];
    return splice(SMALL, [2, 2], segment(Marker.DHT, ...all, ...new Array(total).fill(0)));
  };
  assertEquals(inspectJpeg(table(1, 255)).huffmanTables[0]!.symbols.length, 256);
  assertThrows(() => inspectJpeg(table(2, 255)), MalformedError, "257 codes, more than 256");
});

Deno.test("a file cut anywhere is told as far as it goes or refused by position", () => {
  const jpeg = testJpeg(16, 16, { restartInterval: 1 });
  const { scanStart } = inspectJpeg(jpeg);
  everyPrefix(jpeg, (prefix, length) => {
    if (length < scanStart) {
      const error = assertThrows(() => inspectJpeg(prefix), MalformedError);
      assert(error.position <= length);
    } else {
      assert(!inspectJpeg(prefix).hasEoi);
    }
  });
});

Deno.test("mutated files give a value or a MalformedError, and are left as they are", () => {
  const jpeg = testJpeg(32, 32, { quality: 30, restartInterval: 1 });
  const position = fc.nat(jpeg.length - 1);
  const change = fc.tuple(position, fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const bytes = jpeg.slice();
      for (const [at, value] of changes) bytes[at] = value;
      const before = bytes.slice();
      let info: JpegInfo | undefined;
      try {
        info = inspectJpeg(bytes);
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
      }
      if (info) {
        assert(info.scanStart <= info.scanEnd && info.scanEnd <= bytes.length);
        carriage(info);
      }
      assertEquals(bytes, before);
    }),
    { numRuns: 1000 },
  );
});
