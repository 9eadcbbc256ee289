import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { type CoefficientPicture, MOST_BLOCKS } from "../../../lib/jpeg/coefficients.ts";
import {
  decodeCoefficients,
  MOST_BLOCK_VISITS,
  MOST_SCANS,
} from "../../../lib/jpeg/decode_coefficients.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { Marker } from "../../../lib/jpeg/markers.ts";
import { NeedsPixelsError } from "../../../lib/jpeg/needs_pixels.ts";
import * as golden from "../../golden/jpeg_files.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { everyPrefix } from "../../support/split.ts";
import { components, livelyBlock, sequentialFile, type TestFile } from "./coefficient_file.ts";
import { concat, segment, splice, testJpeg } from "./pictures.ts";

/** The blocks that show something, component by component. */
function visible({ planes }: CoefficientPicture): number[][] {
  return planes.flatMap((plane) => {
    return Array.from({ length: plane.blocksAcross * plane.blocksDown }, (_, i) => {
      const row = Math.floor(i / plane.blocksAcross), column = i % plane.blocksAcross;
      const at = 64 * (row * plane.stride + column);
      return [...plane.coefficients.subarray(at, at + 64)];
    });
  });
}

function lively(file: Partial<TestFile> & { sampling?: string } = {}): Uint8Array<ArrayBuffer> {
  const { sampling = "2x1,1x1,1x1", ...rest } = file;
  return sequentialFile({
    width: 50,
    height: 35,
    components: components(sampling, livelyBlock),
    ...rest,
  });
}

Deno.test("every sampling, scan layout and restart interval gives the coefficients that were written", async (t) => {
  for (
    const sampling of [
      ...["1x1", "2x2", "3x1", "1x1,1x1,1x1", "2x1,1x1,1x1", "2x2,1x1,1x1", "4x1,1x1,1x1"],
      ...["2x2,1x2,1x2", "2x2,2x2,2x2", "1x2,1x1,1x1", "4x4,1x1,2x2", "3x2,1x1,1x2"],
      ...["1x1,2x2,2x2", "1x1,1x1", "2x2,1x1,1x1,2x2"],
    ]
  ) {
    const count = sampling.split(",").length;
    const each = Array.from({ length: count }, (_, i) => [i]);
    const turned = [Array.from({ length: count }, (_, i) => count - 1 - i)];
    for (const scans of [undefined, each, turned]) {
      for (const restartInterval of [0, 1, 3]) {
        await t.step(`${sampling}, ${scans?.join("/") ?? "one scan"}, ${restartInterval}`, () => {
          const picture = decodeCoefficients(lively({
            ...{ sampling, restartInterval },
            ...(scans ? { scans } : {}),
          }));
          for (const [i, plane] of picture.planes.entries()) {
            for (let row = 0; row < plane.blocksDown; row++) {
              for (let column = 0; column < plane.blocksAcross; column++) {
                const at = 64 * (row * plane.stride + column);
                const block = plane.coefficients.slice(at, at + 64);
                assertEquals(block, livelyBlock(i, column, row), `${i}: ${column}, ${row}`);
              }
            }
          }
        });
      }
    }
  }
});

Deno.test("planes tell their size in samples and blocks, and what the file has data for", () => {
  const told = (file: Uint8Array): number[][] =>
    decodeCoefficients(file).planes.map((p) => {
      return [
        p.width,
        p.height,
        p.blocksAcross,
        p.blocksDown,
        p.stride,
        p.rows,
        p.codedAcross,
        p.codedDown,
      ];
    });
  assertEquals(told(lively({ sampling: "2x2,1x1,1x1", width: 33, height: 17 })), [
    [33, 17, 5, 3, 6, 4, 6, 4],
    [17, 9, 3, 2, 3, 2, 3, 2],
    [17, 9, 3, 2, 3, 2, 3, 2],
  ]);
  const scans = [[0], [1, 2]];
  assertEquals(told(lively({ sampling: "2x2,1x1,1x1", width: 33, height: 17, scans }))[0], [
    ...[33, 17, 5, 3, 6, 4, 5, 3],
  ]);
});

Deno.test("progressive, optimised and separate scans hold the coefficients of the baseline file", () => {
  const expected = visible(decodeCoefficients(golden.BASELINE));
  assert(expected.some((block) => block.slice(1).some((value) => value !== 0)));
  for (
    const file of [
      ...[golden.OPTIMISED, golden.PROGRESSIVE, golden.PROGRESSIVE_RESTARTS],
      golden.SEPARATE_SCANS,
    ]
  ) {
    assertEquals(visible(decodeCoefficients(file)), expected);
  }
  const grey = decodeCoefficients(golden.PROGRESSIVE_GREYSCALE);
  assertEquals(
    visible(grey),
    expected.slice(0, grey.planes[0]!.blocksAcross * grey.planes[0]!.blocksDown),
  );
});

Deno.test("tables left out are those of Annex K, as in motion JPEG", () => {
  const jpeg = testJpeg(40, 24);
  const at = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === Marker.DHT);
  const length = 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!);
  const without = splice(jpeg, [at, at + length], new Uint8Array());
  assertEquals(visible(decodeCoefficients(without)), visible(decodeCoefficients(jpeg)));
});

Deno.test("a height told by DNL counts", () => {
  const picture = decodeCoefficients(lively({ dnl: true }));
  assertEquals([picture.width, picture.height], [50, 35]);
  assertEquals(visible(picture), visible(decodeCoefficients(lively())));
});

Deno.test("tables between scans hold from there on, divisors from a component's first scan", () => {
  const file = lively({ scans: [[0], [1], [2]], frameMarker: Marker.SOF0 });
  const second = file.findLastIndex((byte, i) => byte === 0xff && file[i + 1] === Marker.SOS);
  const table = segment(Marker.DQT, 1, ...new Array(64).fill(77));
  const dri = segment(Marker.DRI, 0, 0);
  const picture = decodeCoefficients(splice(file, [second, second], concat(table, dri)));
  assertEquals(picture.planes.map((plane) => plane.quantization[63]), [64, 64, 77]);
});

Deno.test("sequential scans are read whole, whatever they say of spectral selection", () => {
  const jpeg = lively();
  const { scanStart } = inspectJpeg(jpeg);
  for (const bytes of [[0, 0, 0], [1, 5, 0x21], [255, 255, 255]]) {
    const odd = splice(jpeg, [scanStart - 3, scanStart], Uint8Array.from(bytes));
    assertEquals(visible(decodeCoefficients(odd)), visible(decodeCoefficients(jpeg)));
  }
});

Deno.test("divisors of 16 bits are read as they are", () => {
  const tables = [Array.from({ length: 64 }, (_, k) => 1000 + k)];
  const picture = decodeCoefficients(lively({ sampling: "1x1", tables, tableBits: 16 }));
  assertEquals([picture.planes[0]!.quantization[0], picture.planes[0]!.quantization[63]], [
    1000,
    1063,
  ]);
});

Deno.test("0xFF in the data may have fill bytes before its zero, and restart markers too", () => {
  const jpeg = lively({ restartInterval: 2 });
  const { scanStart, scanEnd } = inspectJpeg(jpeg);
  const filled: number[] = [];
  for (let at = scanStart; at < scanEnd; at++) {
    if (jpeg[at] === 0xff) filled.push(0xff, 0xff);
    filled.push(jpeg[at]!);
  }
  const longer = splice(jpeg, [scanStart, scanEnd], Uint8Array.from(filled));
  assert(longer.length > jpeg.length);
  assertEquals(visible(decodeCoefficients(longer)), visible(decodeCoefficients(jpeg)));
});

Deno.test("what breaks the rules is refused, element and byte named", async (t) => {
  const base = lively({ frameMarker: Marker.SOF0 });
  const { scanStart, scanEnd } = inspectJpeg(base);
  const at = (marker: number): number =>
    base.findIndex((byte, i) => byte === 0xff && base[i + 1] === marker);
  const dht = at(Marker.DHT), sof = at(Marker.SOF0), sos = at(Marker.SOS), dqt = at(Marker.DQT);
  const put = (place: number, ...bytes: number[]): Uint8Array => {
    return splice(base, [place, place + bytes.length], Uint8Array.from(bytes));
  };
  const insert = (place: number, bytes: Uint8Array): Uint8Array =>
    splice(base, [place, place], bytes);
  const restarts = lively({ restartInterval: 1 });
  const rst = restarts.findIndex((byte, i) => byte === 0xff && restarts[i + 1] === Marker.RST0);
  const scan = base.subarray(sos, scanEnd);
  const cases: [name: string, file: Uint8Array, element: string, position: number, says: string][] =
    [
      [
        "data cut",
        splice(base, [scanEnd - 9, scanEnd], new Uint8Array()),
        "Entropy-coded data",
        scanEnd - 9,
        "ends in the middle",
      ],
      [
        "data left",
        insert(scanEnd, Uint8Array.of(1, 2)),
        "Entropy-coded data",
        scanEnd,
        "More follows",
      ],
      [
        "RST where none is due",
        insert(scanStart + 20, Uint8Array.of(0xff, 0xd0)),
        "Entropy-coded data",
        scanStart + 20,
        "ends in the middle",
      ],
      ["no code", put(scanStart, 0xfe, 0xfe), "Entropy-coded data", scanStart, "no code"],
      [
        "too many codes",
        put(dht + 5, 12, 0, 0, 0),
        "DHT",
        dht + 5,
        "12 codes of 1 bits, where 2 are left",
      ],
      ["divisor 0", put(dqt + 10, 0), "SOS", sos, "Quantization table 0 divides by 0"],
      ["no table", put(sof + 12, 2), "SOS", sos, "no quantization table 2"],
      ["no Huffman table", put(sos + 6, 0x02), "SOS", sos, "no AC Huffman table 2"],
      [
        "a component of no frame",
        put(sos + 5, 9),
        "SOS",
        sos,
        "Component 9 is none of the frame's",
      ],
      ["a component twice", put(sof + 13, 1), "JPEG", sof, "Two components of one name"],
      ["a component twice in a scan", put(sos + 7, 1), "SOS", sos, "coded a second time"],
      ["a scan twice", insert(scanEnd, scan), "SOS", scanEnd, "coded a second time"],
      [
        "a component left out",
        splice(lively({ scans: [[0], [1]] }), [0, 0], new Uint8Array()),
        "JPEG",
        lively({ scans: [[0], [1]] }).length,
        "without a scan of component 3",
      ],
      [
        "two frames",
        insert(sos, base.subarray(sof, sof + 19)),
        "JPEG",
        sos,
        "A second frame header",
      ],
      ["no DNL", put(sof + 5, 0, 0), "JPEG", scanEnd, "no DNL"],
      [
        "another restart marker",
        splice(restarts, [rst + 1, rst + 2], Uint8Array.of(0xd1)),
        "Entropy-coded data",
        rst,
        "RST1 comes where RST0 is due",
      ],
      ["pixels out of nothing", put(sof + 5, 0x10, 0, 0x08, 0), "JPEG", base.length, "can code"],
      [
        "no frame",
        splice(base, [sof, scanEnd], new Uint8Array()),
        "JPEG",
        0,
        "without frame header",
      ],
    ];
  for (const [name, file, element, position, says] of cases) {
    await t.step(name, () => {
      const error = assertThrows(() => decodeCoefficients(file), MalformedError, says);
      assertEquals(error.element, element);
      // What was read ahead, a code of 16 bits at most, is not counted to the byte.
      if (position > 0) assert(Math.abs(error.position - position) <= 2, `${error.position}`);
    });
  }
});

Deno.test("progressive scans must follow from each other", async (t) => {
  const base = golden.PROGRESSIVE;
  const scans: number[] = [];
  base.forEach((byte, i) => byte === 0xff && base[i + 1] === Marker.SOS && scans.push(i));
  // Its second scan codes AC coefficients 1 to 5 of component 1 but for two bits.
  const second = scans[1]!;
  const header = [...base.subarray(second + 4, second + 10)];
  assertEquals(header, [1, 1, 0x00, 1, 5, 0x02]);
  const refinement = scans.find((at) => base[at + 4] === 1 && base[at + 9]! >> 4 === 2)!;
  for (
    const [name, place, value, says] of [
      ["an end beyond the block", second + 8, 64, "Coefficients 1 to 64 are none"],
      ["an end before the start", second + 8, 0, "Coefficients 1 to 0 are none"],
      ["DC and AC at once", second + 7, 0, "DC and AC coefficients in one scan"],
      ["a point transform of 14", second + 9, 0x0e, "A point transform of 14"],
      ["a refinement of nothing", second + 9, 0x21, "refined out of turn"],
      ["a refinement of two bits", refinement + 9, 0x20, "A refinement from 2 to 0 bits left"],
      ["coded twice", refinement + 9, 0x01, "coded a second time"],
      ["an unknown component", second + 5, 8, "Component 8 is none of the frame's"],
    ] as const
  ) {
    await t.step(name, () => {
      const file = splice(base, [place, place + 1], Uint8Array.of(value));
      const error = assertThrows(() => decodeCoefficients(file), MalformedError, says);
      assertEquals([error.element, error.position], [
        "SOS",
        place > refinement ? refinement : second,
      ]);
    });
  }
  await t.step("AC before DC", () => {
    const file = splice(base, [scans[0]!, second], new Uint8Array());
    assertThrows(() => decodeCoefficients(file), MalformedError, "before its DC coefficients");
  });
});

Deno.test("other processes, precisions and pictures beyond the ceilings are refused by name", async (t) => {
  const base = lively({ sampling: "1x1", frameMarker: Marker.SOF0 });
  const sof = base.findIndex((byte, i) => byte === 0xff && base[i + 1] === Marker.SOF0);
  const put = (place: number, ...bytes: number[]): Uint8Array => {
    return splice(base, [place, place + bytes.length], Uint8Array.from(bytes));
  };
  const five = components("1x1,1x1,1x1,1x1,1x1", livelyBlock);
  for (
    const [file, says] of [
      [golden.ARITHMETIC, "arithmetic coding (SOF9)"],
      [put(sof + 1, Marker.SOF3), "lossless coding (SOF3)"],
      [put(sof + 1, 0xc5), "hierarchical coding (SOF5)"],
      [put(sof + 4, 12), "12 bits a sample"],
      [sequentialFile({ width: 8, height: 8, components: five, scans: [[0]] }), "5 components"],
      [put(sof + 5, 0xff, 0xff, 0xff, 0xff), `blocks, more than ${MOST_BLOCKS}`],
    ] as const
  ) {
    await t.step(says, () => {
      assertThrows(() => decodeCoefficients(file), NeedsPixelsError, says);
    });
  }
});

Deno.test("as many blocks as may be are decoded, one row more is not", () => {
  // 1,600 by 1,000 blocks of which each takes twelve bits.
  const flat = new Int16Array(64);
  const picture = (height: number): Uint8Array => {
    const data = sequentialFile({ width: 8, height: 8, components: components("1x1", () => flat) });
    const { scanStart, scanEnd } = inspectJpeg(data);
    const sof = data.findIndex((byte, i) => byte === 0xff && data[i + 1] === Marker.SOF1);
    const size = Uint8Array.of(height >> 8, height & 0xff, 12_800 >> 8, 12_800 & 0xff);
    const sized = splice(data, [sof + 5, sof + 9], size);
    const zeros = new Uint8Array(1600 * height / 8 * 1.5);
    return splice(sized, [scanStart, scanEnd], zeros);
  };
  assertEquals(1600 * 1000, MOST_BLOCKS);
  assertEquals(decodeCoefficients(picture(8000)).planes[0]!.coefficients.length, 64 * MOST_BLOCKS);
  assertThrows(() => decodeCoefficients(picture(8008)), NeedsPixelsError, "more than 1600000");
});

Deno.test("scans that do next to nothing are not gone through without end", () => {
  // A table of one code of one bit for EOB0, and scans for one bit of one coefficient each.
  const tables = concat(
    segment(Marker.DQT, 0, ...new Array(64).fill(1)),
    segment(Marker.DHT, 0x00, 1, ...new Array(15).fill(0), 0),
    segment(Marker.DHT, 0x10, 1, ...new Array(15).fill(0), 0xe0),
  );
  const frame = (side: number): Uint8Array => {
    return segment(Marker.SOF2, 8, side >> 8, side & 0xff, side >> 8, side & 0xff, 1, 1, 0x11, 0);
  };
  // EOB14: 0 and fourteen bits more, runs of 32,767 blocks.
  const file = (side: number, scans: number): Uint8Array => {
    const blocks = Math.ceil(side / 8) ** 2;
    const dc = concat(
      segment(Marker.SOS, 1, 1, 0, 0, 0, 0x00),
      new Uint8Array(Math.ceil(blocks / 8)),
    );
    const list = Array.from({ length: scans }, (_, i) => {
      const k = 1 + i % 63, low = 10 - Math.floor(i / 63);
      const high = low === 10 ? 0 : low + 1;
      const runs = Math.ceil(blocks / 16_384);
      const data = new Uint8Array(Math.ceil(runs * 15 / 8));
      return concat(segment(Marker.SOS, 1, 1, 0, k, k, (high << 4) | low), data);
    });
    return concat(
      Uint8Array.of(0xff, 0xd8),
      tables,
      frame(side),
      dc,
      ...list,
      Uint8Array.of(0xff, 0xd9),
    );
  };
  const side = 8 * 512;
  const blocks = 512 * 512;
  const most = Math.floor(MOST_BLOCK_VISITS / blocks) - 1;
  decodeCoefficients(file(side, most));
  assertThrows(() => decodeCoefficients(file(side, most + 1)), NeedsPixelsError, "scans of");
  assert(most < MOST_SCANS);
});

Deno.test("coefficients of any size that 8 bits have come back", () => {
  const dc = fc.integer({ min: -1023, max: 1023 });
  const ac = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 63 }), fc.integer({ min: -1023, max: 1023 })),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(dc, ac), { minLength: 6, maxLength: 6 }), (blocks) => {
      const made = blocks.map(([first, others]) => {
        const block = new Int16Array(64);
        block[0] = first;
        for (const [k, value] of others) block[k] = value;
        return block;
      });
      const file = sequentialFile({
        ...{ width: 24, height: 16 },
        components: components("1x1", (_, column, row) => made[3 * row + column]!),
      });
      assertEquals(visible(decodeCoefficients(file)), made.map((block) => [...block]));
    }),
    { numRuns: 200 },
  );
});

Deno.test("a file cut anywhere is refused by position, or only its EOI is missing", () => {
  for (
    const file of [golden.OPTIMISED, golden.PROGRESSIVE, golden.PROGRESSIVE_RESTARTS, lively()]
  ) {
    const whole = visible(decodeCoefficients(file));
    everyPrefix(file, (prefix, length) => {
      if (length >= file.length - 2) {
        return assertEquals(visible(decodeCoefficients(prefix)), whole);
      }
      const error = assertThrows(() => decodeCoefficients(prefix), MalformedError);
      assert(error.position >= 0 && error.position <= length, `${error.position} of ${length}`);
    });
  }
});
