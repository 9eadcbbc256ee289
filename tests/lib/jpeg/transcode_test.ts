import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { carriage } from "../../../lib/jpeg/carriage.ts";
import { type CoefficientPlane, MOST_BLOCKS } from "../../../lib/jpeg/coefficients.ts";
import { decodeCoefficients } from "../../../lib/jpeg/decode_coefficients.ts";
import { decodeToPlanes } from "../../../lib/jpeg/decode_planes.ts";
import { inspectJpeg, type JpegInfo } from "../../../lib/jpeg/inspect.ts";
import { Marker } from "../../../lib/jpeg/markers.ts";
import {
  JpegTranscoder,
  NeedsPixelsError,
  planTranscode,
  transcodeJpeg,
  type TranscodeStep,
  type Transcoding,
} from "../../../lib/jpeg/transcode.ts";
import * as golden from "../../golden/jpeg_files.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { components, livelyBlock, sequentialFile, type TestFile } from "./coefficient_file.ts";
import { concat, decode, segment, splice, testJpeg } from "./pictures.ts";

function lively(sampling: string, file: Partial<TestFile> = {}): Uint8Array<ArrayBuffer> {
  const size = { width: 50, height: 35 };
  return sequentialFile({ ...size, components: components(sampling, livelyBlock), ...file });
}

/** Blocks of the picture, without those that fill up MCUs. */
function visible(plane: CoefficientPlane): Int16Array[] {
  return Array.from({ length: plane.blocksAcross * plane.blocksDown }, (_, i) => {
    const row = Math.floor(i / plane.blocksAcross), column = i % plane.blocksAcross;
    const at = 64 * (row * plane.stride + column);
    return plane.coefficients.slice(at, at + 64);
  });
}

/** Transcodes, and checks what holds for every file. */
function transcoded(jpeg: Uint8Array): Transcoding {
  const before = jpeg.slice();
  const result = transcodeJpeg(jpeg);
  assertEquals(jpeg, before, "the input was changed");
  const info = inspectJpeg(result.jpeg);
  assert(carriage(info).ok);
  assert(info.hasEoi && info.trailing === 0);
  assertEquals(transcodeJpeg(result.jpeg).jpeg, result.jpeg);
  return result;
}

Deno.test("a picture that can be carried is given back as it is", () => {
  const jpeg = testJpeg(40, 24);
  const result = transcodeJpeg(jpeg);
  assert(result.jpeg === jpeg);
  assertEquals([result.steps, result.lossless], [[], true]);
});

Deno.test("what is only written another way keeps every coefficient", async (t) => {
  const cases: [name: string, jpeg: Uint8Array, steps: TranscodeStep[]][] = [
    ["Huffman tables", lively("2x2,1x1,1x1"), ["huffman-tables"]],
    ["Huffman tables of 4:2:2", lively("2x1,1x1,1x1"), ["huffman-tables"]],
    ["optimised by libjpeg", golden.OPTIMISED, ["huffman-tables"]],
    ["progressive", golden.PROGRESSIVE, ["progressive"]],
    ["progressive, restarts", golden.PROGRESSIVE_RESTARTS, ["progressive"]],
    ["scans", golden.SEPARATE_SCANS, ["scans"]],
    ["scans of some", lively("2x1,1x1,1x1", { scans: [[2], [0, 1]] }), ["scans"]],
    ["another order", lively("2x1,1x1,1x1", { scans: [[0, 2, 1]] }), ["scans"]],
    ["height", lively("2x1,1x1,1x1", { dnl: true }), ["huffman-tables", "height"]],
    ["ffmpeg's 4:2:2", lively("2x2,1x2,1x2"), ["huffman-tables", "sampling-layout"]],
    ["4:2:2 times two", lively("4x1,2x1,2x1"), ["huffman-tables", "sampling-layout"]],
    ["4:2:0 times two", lively("4x2,2x1,2x1"), ["huffman-tables", "sampling-layout"]],
    ["16 bits", lively("2x1,1x1,1x1", { tableBits: 16 }), ["huffman-tables", "quantization-8-bit"]],
  ];
  for (const [name, jpeg, steps] of cases) {
    await t.step(name, () => {
      const result = transcoded(jpeg);
      assertEquals([result.steps, result.lossless], [steps, true]);
      assertEquals(planTranscode(inspectJpeg(jpeg)), {
        steps,
        lossless: true,
        needsPixels: undefined,
      });
      const source = decodeCoefficients(jpeg), made = decodeCoefficients(result.jpeg);
      assertEquals([made.width, made.height], [source.width, source.height]);
      for (const [i, plane] of source.planes.entries()) {
        assertEquals(visible(made.planes[i]!), visible(plane));
        assertEquals(made.planes[i]!.quantization, plane.quantization);
      }
    });
  }
});

Deno.test("greyscale gets chrominance without colour", async () => {
  for (const jpeg of [golden.PROGRESSIVE_GREYSCALE, lively("1x1"), lively("3x2")]) {
    const { jpeg: made, steps, lossless } = transcoded(jpeg);
    assertEquals([steps.at(-1), lossless], ["greyscale", true]);
    const [y, ...others] = decodeCoefficients(made).planes;
    assertEquals(visible(y!), visible(decodeCoefficients(jpeg).planes[0]!));
    for (const plane of others) assert(plane.coefficients.every((value) => value === 0));
    const { data } = await decode(made);
    for (let at = 0; at < data.length; at += 4) {
      assert(data[at] === data[at + 1] && data[at] === data[at + 2]);
    }
  }
});

Deno.test("where chrominance is resampled, luminance keeps every coefficient", async (t) => {
  for (
    const [sampling, target] of [
      ["1x1,1x1,1x1", "2x1,1x1,1x1"],
      ["2x2,2x2,2x2", "2x1,1x1,1x1"],
      ["1x2,1x2,1x2", "2x1,1x1,1x1"],
      ["4x1,1x1,1x1", "2x1,1x1,1x1"],
      ["3x1,1x1,1x1", "2x1,1x1,1x1"],
      ["3x3,2x2,1x1", "2x1,1x1,1x1"],
      ["2x2,1x2,2x1", "2x1,1x1,1x1"],
      ["1x2,1x1,1x1", "2x2,1x1,1x1"],
      ["4x2,1x1,1x1", "2x2,1x1,1x1"],
      ["4x4,1x1,1x1", "2x2,1x1,1x1"],
    ] as const
  ) {
    await t.step(`${sampling} to ${target}`, () => {
      const jpeg = lively(sampling);
      const result = transcoded(jpeg);
      const steps = ["huffman-tables", "chroma-resampled"] as const;
      assertEquals([result.steps, result.lossless], [[...steps], false]);
      const [y] = decodeCoefficients(jpeg).planes;
      assertEquals(visible(decodeCoefficients(result.jpeg).planes[0]!), visible(y!));
      const factors = inspectJpeg(result.jpeg).components.map((c) =>
        `${c.horizontal}x${c.vertical}`
      );
      assertEquals(factors.join(","), target);
    });
  }
});

Deno.test("resampled chrominance is the average of what it covers", () => {
  const flat = (k: number, value: number): Int16Array => {
    const block = new Int16Array(64);
    block[k] = value;
    return block;
  };
  // Blocks of one colour, the next one of another: what lies within a block stays exactly.
  const tables = [new Array(64).fill(1), new Array(64).fill(1)];
  const jpeg = sequentialFile({
    ...{ width: 32, height: 16, tables },
    components: components("1x1,1x1,1x1", (component, column, row) => {
      return flat(0, component === 0 ? 0 : 80 * (component * column + row));
    }),
  });
  const source = decodeToPlanes(jpeg), made = decodeToPlanes(transcoded(jpeg).jpeg);
  for (const i of [1, 2]) {
    const from = source.planes[i]!, to = made.planes[i]!;
    assertEquals([to.width, to.height], [16, 16]);
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        const at = y * from.stride + 2 * x;
        const average = (from.samples[at]! + from.samples[at + 1]!) / 2;
        assert(Math.abs(to.samples[y * to.stride + x]! - average) <= 1, `${i}: ${x}, ${y}`);
      }
    }
  }
});

Deno.test("chrominance that is made finer repeats its samples", () => {
  const tables = [new Array(64).fill(1), new Array(64).fill(1)];
  // Slopes within blocks, so that each sample differs from the next.
  const jpeg = sequentialFile({
    ...{ width: 61, height: 13, tables },
    components: components("4x1,1x1,1x1", (component, column) => {
      const block = new Int16Array(64);
      if (component > 0) block.set([40 * column, 90 - 20 * component, 30]);
      return block;
    }),
  });
  const source = decodeToPlanes(jpeg), made = decodeToPlanes(transcoded(jpeg).jpeg);
  for (const i of [1, 2]) {
    const from = source.planes[i]!, to = made.planes[i]!;
    assertEquals([from.width, to.width], [16, 31]);
    for (let y = 0; y < 13; y++) {
      for (let x = 0; x < 31; x++) {
        const sample = from.samples[y * from.stride + (x >> 1)]!;
        assert(Math.abs(to.samples[y * to.stride + x]! - sample) <= 1, `${i}: ${x}, ${y}`);
      }
    }
  }
});

Deno.test("different tables for Cb and Cr become the one of Cb, and only Cr changes", () => {
  const tables = [new Array(64).fill(3), new Array(64).fill(8), new Array(64).fill(4)];
  const three = components("2x1,1x1,1x1", livelyBlock).map((c, i) => ({
    ...c,
    quantizationTable: i,
  }));
  const jpeg = sequentialFile({ width: 50, height: 35, components: three, tables });
  const result = transcoded(jpeg);
  assertEquals([result.steps, result.lossless], [["huffman-tables", "quantization-merged"], false]);
  const source = decodeCoefficients(jpeg), made = decodeCoefficients(result.jpeg);
  for (const i of [0, 1]) assertEquals(visible(made.planes[i]!), visible(source.planes[i]!));
  const before = visible(source.planes[2]!), after = visible(made.planes[2]!);
  for (const [i, block] of before.entries()) {
    for (const [k, value] of block.entries()) {
      assert(Math.abs(value * 4 - after[i]![k]! * 8) <= 4, "more than half a step away");
    }
  }
});

Deno.test("divisors above 255 become 255, coefficients the nearest there is", () => {
  const tables = [new Array(64).fill(200).with(1, 256).with(2, 510), new Array(64).fill(7)];
  const block = (component: number): Int16Array => {
    const out = new Int16Array(64);
    out.set(component === 0 ? [-3, 700, -4, 5] : [1]);
    return out;
  };
  const jpeg = sequentialFile({
    ...{ width: 16, height: 8, tables, tableBits: 16 },
    components: components("2x1,1x1,1x1", block),
  });
  const result = transcoded(jpeg);
  assertEquals([result.steps, result.lossless], [["huffman-tables", "quantization-capped"], false]);
  const [y] = decodeCoefficients(result.jpeg).planes;
  assertEquals([...y!.quantization.subarray(0, 4)], [200, 255, 255, 200]);
  assertEquals([...y!.coefficients.subarray(0, 4)], [-3, 703, -8, 5]);
});

Deno.test("restart markers stay after as many pixels, rows where they were rows", () => {
  const interval = (sampling: string, restartInterval: number, scans?: number[][]): number => {
    const options = { restartInterval, ...(scans ? { scans } : {}) };
    return inspectJpeg(transcoded(lively(sampling, options)).jpeg).restartInterval;
  };
  assertEquals(interval("2x1,1x1,1x1", 3), 3);
  assertEquals(interval("2x1,1x1,1x1", 0), 0);
  // 50 pixels are 7 MCUs of 8, 4 of 16.
  assertEquals(interval("1x1,1x1,1x1", 7), 4);
  assertEquals(interval("1x1,1x1,1x1", 14), 8);
  assertEquals(interval("1x1,1x1,1x1", 6), 3);
  assertEquals(interval("1x1,1x1,1x1", 1), 1);
  assertEquals(interval("2x2,1x2,1x2", 4), 8);
  assertEquals(interval("1x1", 7), 4);
  assertEquals(interval("2x1,1x1,1x1", 7, [[0], [1], [2]]), 4);
});

Deno.test("what needs pixels is refused by name, by the plan as well", async (t) => {
  const four = components("1x1,1x1,1x1,1x1", livelyBlock);
  const adobe = (transform: number): Uint8Array => {
    return segment(Marker.APP14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform);
  };
  const rgb = components("1x1,1x1,1x1", livelyBlock).map((c, i) => ({
    ...c,
    id: "RGB".charCodeAt(i),
  }));
  const base = lively("1x1,1x1,1x1", { frameMarker: Marker.SOF1 });
  const sof = base.findIndex((byte, i) => byte === 0xff && base[i + 1] === Marker.SOF1);
  const put = (place: number, ...bytes: number[]): Uint8Array => {
    return splice(base, [place, place + bytes.length], Uint8Array.from(bytes));
  };
  const size = { width: 50, height: 35 };
  for (
    const [says, jpeg] of [
      ["arithmetic coding (SOF9)", golden.ARITHMETIC],
      ["lossless coding (SOF3)", put(sof + 1, Marker.SOF3)],
      ["12 bits a sample", put(sof + 4, 12)],
      ["2 components", lively("1x1,1x1")],
      ["4 components", sequentialFile({ ...size, components: four })],
      ["colours other than YCbCr (Adobe transform 0)", lively("1x1,1x1,1x1", { extra: adobe(0) })],
      ["components named R, G and B", sequentialFile({ ...size, components: rgb })],
      ["chrominance of higher resolution than luminance (1x1,2x1,1x1)", lively("1x1,2x1,1x1")],
      [`blocks, more than ${MOST_BLOCKS}`, put(sof + 5, 0xff, 0xff, 0xff, 0xff)],
    ] as const
  ) {
    await t.step(says, () => {
      const error = assertThrows(() => transcodeJpeg(jpeg), NeedsPixelsError, says);
      const plan = planTranscode(inspectJpeg(jpeg));
      assertEquals(plan, { steps: [], lossless: false, needsPixels: error.reason });
    });
  }
  await t.step("a scan that is too long", () => {
    const info = inspectJpeg(testJpeg(16, 16));
    const long = { ...info, scanEnd: info.scanStart + 2 ** 24 };
    assertEquals(planTranscode(long).needsPixels, "a scan of 16777216 bytes, more than 16777214");
  });
});

Deno.test("Adobe's YCbCr, application segments and comments are in nobody's way and left out", () => {
  const adobe = segment(Marker.APP14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 1);
  const extra = concat(
    adobe,
    segment(Marker.COM, 1, 2, 3),
    segment(0xe1, ...new Array(999).fill(7)),
  );
  const { jpeg, lossless } = transcoded(lively("2x1,1x1,1x1", { extra }));
  assert(lossless);
  assertEquals(inspectJpeg(jpeg).adobeTransform, undefined);
  assertEquals(jpeg, transcoded(lively("2x1,1x1,1x1")).jpeg);
});

Deno.test("DC coefficients that no picture of 8 bits has are refused by name", () => {
  const steep = sequentialFile({
    ...{ width: 16, height: 16, scans: [[0], [1, 2]], restartInterval: 1 },
    components: components("2x2,1x1,1x1", (component, column, row) => {
      return Int16Array.from({ length: 64 }, (_, k) => {
        return k > 0 || component > 0 ? 0 : (column + row) % 2 === 0 ? 1500 : -1500;
      });
    }),
  });
  // Four restarts in the source, one MCU of four blocks here.
  assertThrows(() => transcodeJpeg(steep), NeedsPixelsError, "3000 apart, beyond 2047");
});

Deno.test("a transcoder serves one picture after the other", () => {
  const transcoder = new JpegTranscoder();
  const files = [lively("2x2,1x1,1x1"), golden.PROGRESSIVE, lively("1x1", { width: 9, height: 9 })];
  const expected = files.map((file) => transcodeJpeg(file).jpeg);
  assertThrows(() => transcoder.transcode(files[0]!.subarray(0, -40)), MalformedError);
  for (const round of [0, 1]) {
    const results = files.map((file) => transcoder.transcode(file).jpeg);
    assertEquals(results, expected, `round ${round}`);
  }
});

/** Places in a file are told as shares of its length. */
const MOST_PLACE = 65_535;

Deno.test("10,000 mutated files give a value, a MalformedError or a NeedsPixelsError", () => {
  const seeds = [
    ...[golden.OPTIMISED, golden.PROGRESSIVE, golden.PROGRESSIVE_RESTARTS, golden.SEPARATE_SCANS],
    ...[golden.PROGRESSIVE_444, golden.PROGRESSIVE_GREYSCALE, golden.ARITHMETIC],
    lively("4x1,1x1,1x1", { width: 20, height: 9, restartInterval: 1 }),
  ];
  const transcoder = new JpegTranscoder();
  const told = { value: 0, malformed: 0, needsPixels: 0 };
  const change = fc.tuple(fc.nat(MOST_PLACE), fc.nat(255), fc.nat(9));
  fc.assert(
    fc.property(
      fc.nat(seeds.length - 1),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      (seed, changes) => {
        const bytes = mutated(seeds[seed]!, changes);
        const before = bytes.slice();
        try {
          const info: JpegInfo = inspectJpeg(bytes);
          planTranscode(info);
          const { jpeg, steps } = transcoder.transcode(bytes, info);
          if (steps.length > 0) assert(carriage(inspectJpeg(jpeg)).ok);
          told.value++;
        } catch (error) {
          if (error instanceof MalformedError) {
            assert(error.position >= 0 && error.position <= bytes.length);
            told.malformed++;
          } else if (error instanceof NeedsPixelsError) told.needsPixels++;
          else throw error;
        }
        assertEquals(bytes, before);
      },
    ),
    { numRuns: 10_000 },
  );
  assert(Math.min(told.value, told.malformed, told.needsPixels) > 100, JSON.stringify(told));
});

/** Bytes put in place of others, taken out or put in. */
function mutated(
  bytes: Uint8Array,
  changes: [place: number, value: number, kind: number][],
): Uint8Array {
  let out: Uint8Array = bytes.slice();
  for (const [place, value, kind] of changes) {
    const at = Math.floor(place * out.length / (MOST_PLACE + 1));
    if (kind === 0) out = splice(out, [at, at + 1 + value % 16], new Uint8Array());
    else if (kind === 1) out = splice(out, [at, at], new Uint8Array(1 + value % 16).fill(value));
    else out[at] = value;
  }
  return out;
}
