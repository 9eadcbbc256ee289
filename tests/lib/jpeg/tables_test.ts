import {
  huffmanCodes,
  type HuffmanSpec,
  sameHuffman,
  STANDARD_HUFFMAN,
} from "../../../lib/jpeg/huffman.ts";
import { quantizationPair } from "../../../lib/jpeg/quantization.ts";
import { ZIGZAG } from "../../../lib/jpeg/zigzag.ts";
import { DCT_SCALE, forwardDct } from "../../../lib/jpeg/forward_dct.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

// The tables RFC 2435 prints in appendix A, in zig-zag order.
const RFC_LUMINANCE = hex`
  10 0b 0c 0e 0c 0a 10 0e 0d 0e 12 11 10 13 18 28 1a 18 16 16 18 31 23 25 1d 28 3a 33 3d 3c 39 33
  38 37 40 48 5c 4e 40 44 57 45 37 38 50 6d 51 57 5f 62 67 68 67 3e 4d 71 79 70 64 78 5c 65 67 63`;
const RFC_CHROMINANCE_START = hex`11 12 12 18 15 18 2f 1a 1a 2f 63 42 38 42 63 63`;

Deno.test("Q 50 gives the tables of Annex K in zig-zag order", () => {
  const { luminance, chrominance } = quantizationPair(50);
  assertEquals(luminance, RFC_LUMINANCE);
  assertEquals(chrominance.subarray(0, 16).slice(), RFC_CHROMINANCE_START);
  assert(chrominance.subarray(16).every((entry) => entry === 99));
});

Deno.test("other Q scale the tables as RFC 2435 section 4.2 says", () => {
  for (
    const [q, first, fourth, chrominance] of [
      [1, 255, 255, 255], // 16 · 5000 % is far above the ceiling
      [10, 80, 70, 85],
      [25, 32, 28, 34],
      [49, 16, 14, 17], // 102 %: rounds down to the same
      [75, 8, 7, 9],
      [90, 3, 3, 3],
      [99, 1, 1, 1],
      [100, 1, 1, 1], // never 0
    ] as const
  ) {
    const pair = quantizationPair(q);
    assertEquals([pair.luminance[0], pair.luminance[3], pair.chrominance[0]], [
      first,
      fourth,
      chrominance,
    ], `Q ${q}`);
  }
});

Deno.test("Q outside 1 to 100 has no tables", () => {
  for (const q of [0, 101, -1, 1.5, NaN]) {
    assertThrows(() => quantizationPair(q), RangeError, `${q}`);
  }
});

Deno.test("the zig-zag order visits every coefficient once, one diagonal after another", () => {
  assertEquals([...ZIGZAG].toSorted((a, b) => a - b), Array.from({ length: 64 }, (_, i) => i));
  const diagonals = Array.from(ZIGZAG, (i) => (i >> 3) + (i & 7));
  assertEquals(diagonals, diagonals.toSorted((a, b) => a - b));
});

Deno.test("the standard Huffman tables have the codes Annex K prints", () => {
  const { luminanceDc, luminanceAc, chrominanceDc, chrominanceAc } = STANDARD_HUFFMAN;
  const code = (spec: HuffmanSpec, symbol: number): string => {
    const { codes, lengths } = huffmanCodes(spec);
    return codes[symbol]!.toString(2).padStart(lengths[symbol]!, "0");
  };
  assertEquals([0, 5, 6, 11].map((s) => code(luminanceDc, s)), ["00", "110", "1110", "111111110"]);
  assertEquals([0, 3, 11].map((s) => code(chrominanceDc, s)), ["00", "110", "11111111110"]);
  assertEquals([0x00, 0x01, 0x11, 0xf0, 0xfa].map((s) => code(luminanceAc, s)), [
    "1010",
    "00",
    "1100",
    "11111111001",
    "1111111111111110",
  ]);
  assertEquals([0x00, 0x01, 0xf0, 0xfa].map((s) => code(chrominanceAc, s)), [
    "00",
    "01",
    "1111111010",
    "1111111111111110",
  ]);
});

Deno.test("each standard Huffman table counts the symbols it has, none twice", () => {
  for (const [name, { counts, symbols }] of Object.entries(STANDARD_HUFFMAN)) {
    assertEquals((counts as Uint8Array).reduce((sum, n) => sum + n, 0), symbols.length, name);
    assertEquals(new Set(symbols).size, symbols.length, name);
  }
});

Deno.test("Huffman tables are the same when counts and symbols are", () => {
  const { luminanceDc, chrominanceDc } = STANDARD_HUFFMAN;
  assert(sameHuffman(luminanceDc, { ...luminanceDc }));
  assert(!sameHuffman(luminanceDc, chrominanceDc), "the same symbols, other counts");
  const symbols = luminanceDc.symbols.toReversed();
  assert(!sameHuffman(luminanceDc, { ...luminanceDc, symbols }));
  assert(!sameHuffman(luminanceDc, { ...luminanceDc, symbols: symbols.subarray(1) }));
});

Deno.test("the fast transform agrees with the definition in T.81 section A.3.3", () => {
  const samples = Float64Array.from({ length: 64 }, (_, i) => (i * 37 + i * i * 11) % 256 - 128);
  const fast = samples.slice();
  forwardDct(fast);
  const c = (k: number): number => k === 0 ? Math.SQRT1_2 : 1;
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let i = 0; i < 64; i++) {
        sum += samples[i]! * Math.cos((2 * (i & 7) + 1) * u * Math.PI / 16) *
          Math.cos((2 * (i >> 3) + 1) * v * Math.PI / 16);
      }
      const exact = c(u) * c(v) * sum / 4;
      const at = 8 * v + u;
      assert(Math.abs(fast[at]! / DCT_SCALE[at]! - exact) < 1e-9, `coefficient ${u},${v}`);
    }
  }
});
