import {
  type Carriage,
  carriage,
  isStandardHuffman,
  LONGEST_SCAN,
  type ObstacleCode,
} from "../../../lib/jpeg/carriage.ts";

import { inspectJpeg, type JpegInfo } from "../../../lib/jpeg/inspect.ts";
import { Marker } from "../../../lib/jpeg/markers.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { testJpeg } from "./pictures.ts";

const INFO = inspectJpeg(testJpeg(48, 32, { quality: 50 }));

function but(change: Partial<JpegInfo>): Carriage {
  return carriage({ ...INFO, ...change });
}

function sampling(text: string): Partial<JpegInfo> {
  const components = text.split(",").map((factors, i) => {
    const [horizontal, vertical] = factors.split("x").map(Number);
    const quantizationTable = i === 0 ? 0 : 1;
    return { id: i + 1, horizontal: horizontal!, vertical: vertical!, quantizationTable };
  });
  const scanComponents = components.map(({ id }, i) => {
    return { id, dcTable: i === 0 ? 0 : 1, acTable: i === 0 ? 0 : 1 };
  });
  return { components, scanComponents };
}

Deno.test("the type tells the subsampling and the restart markers", () => {
  for (
    const [factors, restartInterval, type] of [
      ["2x1,1x1,1x1", 0, 0],
      ["2x2,1x1,1x1", 0, 1],
      ["2x1,1x1,1x1", 1, 64],
      ["2x2,1x1,1x1", 65_535, 65],
    ] as const
  ) {
    const way = but({ ...sampling(factors), restartInterval });
    assert(way.ok);
    assertEquals([way.type, way.width, way.height, way.xDimensions], [type, 48, 32, undefined]);
  }
});

Deno.test("sides are rounded up to 8; above 2040 both are 0 and x-dimensions tells them", () => {
  for (
    const [width, height, told, large] of [
      [1, 1, [8, 8], false],
      [322, 242, [328, 248], false],
      [2040, 2033, [2040, 2040], false],
      [2041, 8, [0, 0], true],
      [8, 2041, [0, 0], true],
      [65_535, 65_535, [0, 0], true],
    ] as const
  ) {
    const way = but({ width, height });
    assert(way.ok);
    assertEquals([way.width, way.height], [...told]);
    assertEquals(way.xDimensions, large ? { width, height } : undefined);
  }
});

Deno.test("extended sequential frames of 8 bits are coded as baseline ones", () => {
  assert(but({ frameMarker: Marker.SOF1 }).ok);
});

Deno.test("one table for all components serves as both", () => {
  const components = INFO.components.map((c) => ({ ...c, quantizationTable: 0 }));
  const way = but({ components });
  assert(way.ok);
  assertEquals(way.luminance, way.chrominance);
});

Deno.test("what is in the way is named", async (t) => {
  const [y, cb, cr] = INFO.components;
  const [luminance, chrominance] = INFO.quantizationTables;
  const other = { id: 2, bits: 8 as const, entries: chrominance!.entries.with(63, 98) };
  const wide = { id: 0, bits: 16 as const, entries: new Uint8Array(128).fill(1) };
  const tables = INFO.huffmanTables.slice();
  tables[0] = { ...tables[0]!, symbols: tables[0]!.symbols.toReversed() };
  const scan = INFO.scanComponents;
  const cases: [code: ObstacleCode, obstacle: string, change: Partial<JpegInfo>][] = [
    ["process", "progressive coding (SOF2)", { frameMarker: Marker.SOF2 }],
    ["process", "lossless coding (SOF3)", { frameMarker: Marker.SOF3 }],
    ["process", "hierarchical coding (SOF5)", { frameMarker: Marker.SOF5 }],
    ["process", "arithmetic coding (SOF9)", { frameMarker: Marker.SOF9 }],
    ["precision", "12 bits a sample", { frameMarker: Marker.SOF1, precision: 12 }],
    ["components", "a single component (greyscale)", { components: [y!] }],
    ["components", "4 components", { components: [y!, cb!, cr!, cr!] }],
    ["colour", "colours other than YCbCr (Adobe transform 0)", { adobeTransform: 0 }],
    ["scans", "10 scans", { scanCount: 10 }],
    [
      "scans",
      "a scan without all components in the order of the frame header",
      { scanComponents: [scan[0]!, scan[2]!, scan[1]!] },
    ],
    [
      "scans",
      "a scan without all components in the order of the frame header",
      { scanComponents: [scan[0]!] },
    ],
    ["height", "a height told only behind the scan (DNL)", { height: 0 }],
    ["sampling", "sampling 4:4:4 (1x1,1x1,1x1)", sampling("1x1,1x1,1x1")],
    ["sampling", "sampling 4:4:0 (1x2,1x1,1x1)", sampling("1x2,1x1,1x1")],
    ["sampling", "sampling 4:1:1 (4x1,1x1,1x1)", sampling("4x1,1x1,1x1")],
    [
      "sampling",
      "sampling 4:2:2 with MCUs of 16x16 pixels (2x2,1x2,1x2)",
      sampling("2x2,1x2,1x2"),
    ],
    ["sampling", "sampling 2x2,2x1,1x1", sampling("2x2,2x1,1x1")],
    ["huffman", "Huffman tables other than those of ITU-T T.81 Annex K", { huffmanTables: tables }],
    [
      "length",
      `a scan of ${LONGEST_SCAN + 1} bytes, more than ${LONGEST_SCAN}`,
      { scanEnd: INFO.scanStart + LONGEST_SCAN + 1 },
    ],
    ["quantization", "a missing quantization table", { quantizationTables: [luminance] }],
    [
      "quantization",
      "quantization tables of 16 bits an entry",
      { quantizationTables: [wide, chrominance] },
    ],
    ["quantization", "different quantization tables for Cb and Cr", {
      components: [y!, cb!, { ...cr!, quantizationTable: 2 }],
      quantizationTables: [luminance, chrominance, other],
    }],
  ];
  for (const [code, obstacle, change] of cases) {
    await t.step(obstacle, () => assertEquals(but(change), { ok: false, code, obstacle }));
  }
});

Deno.test("the longest scan whose bytes all have an offset is carried", () => {
  assert(but({ scanEnd: INFO.scanStart + LONGEST_SCAN }).ok);
});

Deno.test("Cb and Cr may name different tables of the same entries", () => {
  const [luminance, chrominance] = INFO.quantizationTables;
  const twin = { ...chrominance!, id: 2, entries: chrominance!.entries.slice() };
  const [y, cb, cr] = INFO.components;
  const components = [y!, cb!, { ...cr!, quantizationTable: 2 }];
  assert(but({ components, quantizationTables: [luminance, chrominance, twin] }).ok);
});

Deno.test("the standard Huffman tables are known under any numbers, and when left out", () => {
  const [dc0, dc1, , , ac0, ac1] = INFO.huffmanTables;
  const swapped = [dc1, dc0, undefined, undefined, ac1, ac0];
  assert(!isStandardHuffman({ ...INFO, huffmanTables: swapped }));
  const scanComponents = INFO.scanComponents.map(({ id, dcTable, acTable }) => {
    return { id, dcTable: 1 - dcTable, acTable: 1 - acTable };
  });
  assert(isStandardHuffman({ ...INFO, scanComponents, huffmanTables: swapped }));
  assert(isStandardHuffman({ ...INFO, huffmanTables: [] }));
  const missing = INFO.scanComponents.map((c) => ({ ...c, dcTable: 2 }));
  assert(!isStandardHuffman({ ...INFO, scanComponents: missing }), "number 2 has no default");
});
