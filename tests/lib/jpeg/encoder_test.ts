import fc from "fast-check";
import { carriage, isStandardHuffman } from "../../../lib/jpeg/carriage.ts";
import { encodeJpeg } from "../../../lib/jpeg/encoder.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { quantizationPair } from "../../../lib/jpeg/quantization.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { toHex } from "../../../lib/bytes/hex.ts";
import { decode, psnr, testJpeg, testPicture } from "./pictures.ts";

Deno.test("encoded pictures decode to nearly the pixels they came from", async (t) => {
  // The bounds lie just under what was measured, which is what libjpeg reaches too.
  for (
    const [quality, subsampling, least] of [
      [95, "4:2:0", 33.5],
      [75, "4:2:0", 31.7],
      [25, "4:2:0", 28.8],
      [95, "4:2:2", 35.5],
      [75, "4:2:2", 33.2],
    ] as const
  ) {
    await t.step(`quality ${quality}, ${subsampling}`, async () => {
      const picture = testPicture(192, 144);
      const decoded = await decode(encodeJpeg(picture, { quality, subsampling }));
      assertEquals([decoded.width, decoded.height], [192, 144]);
      const found = psnr(picture, decoded);
      assert(found >= least, `${found.toFixed(2)} dB, less than ${least}`);
    });
  }
});

Deno.test("flat colours survive to within two steps at quality 100", async (t) => {
  for (const colour of [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 0, 255], [30, 200, 90]]) {
    await t.step(`${colour}`, async () => {
      const data = Uint8Array.from({ length: 4 * 32 * 32 }, (_, i) => [...colour, 255][i % 4]!);
      const jpeg = encodeJpeg({ width: 32, height: 32, data }, { quality: 100 });
      const decoded = await decode(jpeg);
      for (let at = 0; at < data.length; at++) {
        assert(Math.abs(decoded.data[at]! - data[at]!) <= 2, `byte ${at}: ${decoded.data[at]}`);
      }
    });
  }
});

Deno.test("noise at full contrast fits the code tables at quality 100", async () => {
  // Every coefficient at its largest: checkerboards and stripes of black and white.
  const data = new Uint8Array(4 * 64 * 64);
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 64; x++) {
      const on = [x & 1, y & 1, (x ^ y) & 1, (x >> 1 ^ y >> 2) & 1][(x >> 4) % 4]!;
      data.fill(255 * on, 4 * (64 * y + x), 4 * (64 * y + x) + 4);
    }
  }
  const picture = { width: 64, height: 64, data };
  const decoded = await decode(encodeJpeg(picture, { quality: 100 }));
  assert(psnr(picture, decoded) > 45, `${psnr(picture, decoded)} dB`);
});

Deno.test("every size from 1 to 34 pixels can be encoded and decoded", async () => {
  for (let width = 1; width <= 34; width += 3) {
    for (let height = 1; height <= 34; height += 3) {
      for (const subsampling of ["4:2:0", "4:2:2"] as const) {
        const data = greySlope(width, height);
        const picture = { width, height, data };
        const decoded = await decode(encodeJpeg(picture, { quality: 90, subsampling }));
        assertEquals([decoded.width, decoded.height], [width, height]);
        assert(psnr(picture, decoded) > 40, `${width}x${height} ${psnr(picture, decoded)}`);
      }
    }
  }
});

/** Grey, brighter to the right and to the bottom: nothing that chrominance could blur. */
function greySlope(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: 4 * width * height }, (_, i) => {
    const x = (i >> 2) % width, y = Math.floor((i >> 2) / width);
    return i % 4 === 3 ? 255 : 60 + 3 * x + 2 * y;
  });
}

Deno.test("restart markers change no pixel", async () => {
  const plain = await decode(testJpeg(96, 80));
  for (const restartInterval of [1, 2, 5, 7, 65_535]) {
    const jpeg = testJpeg(96, 80, { restartInterval });
    assertEquals(inspectJpeg(jpeg).restartInterval, restartInterval);
    assertEquals((await decode(jpeg)).data, plain.data);
  }
});

Deno.test("an encoded picture is one that RFC 2435 can carry, with the asked quality", () => {
  for (const [subsampling, type] of [["4:2:2", 0], ["4:2:0", 1]] as const) {
    const info = inspectJpeg(testJpeg(50, 42, { quality: 60, subsampling }));
    assert(isStandardHuffman(info));
    const way = carriage(info);
    assert(way.ok);
    assertEquals([way.type, way.width, way.height], [type, 56, 48]);
    assertEquals(way.luminance.slice(), quantizationPair(60).luminance);
    assertEquals(way.chrominance.slice(), quantizationPair(60).chrominance);
  }
});

Deno.test("the same picture gives the same bytes everywhere", async () => {
  // Plain arithmetic input: the bytes must not hang on a machine's sine.
  const data = Uint8Array.from(
    { length: 4 * 40 * 24 },
    (_, i) => (i * i * 7 + (i >> 6) * 31) & 0xff,
  );
  const jpeg = encodeJpeg({ width: 40, height: 24, data }, { quality: 80 });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", jpeg));
  assertEquals(toHex(digest.subarray(0, 8)), "65bd734bd095581e");
});

Deno.test("random pixels never break the encoder, and alpha is not looked at", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 24 }),
    fc.integer({ min: 1, max: 24 }),
    fc.integer({ min: 1, max: 100 }),
    fc.infiniteStream(fc.nat(255)),
    (width, height, quality, values) => {
      const data = Uint8Array.from({ length: 4 * width * height }, () => values.next().value!);
      const before = data.slice();
      const jpeg = encodeJpeg({ width, height, data }, { quality });
      assertEquals(data, before);
      const info = inspectJpeg(jpeg);
      assertEquals([info.width, info.height, info.hasEoi, info.trailing], [width, height, true, 0]);
      const clear = data.map((value, i) => i % 4 === 3 ? 0 : value);
      assertEquals(encodeJpeg({ width, height, data: clear }, { quality }), jpeg);
    },
  ));
});

Deno.test("what cannot be encoded is refused by name", () => {
  const picture = testPicture(16, 16);
  const refused = (change: object, options: object, says: string): void => {
    assertThrows(() => encodeJpeg({ ...picture, ...change }, options), RangeError, says);
  };
  refused({ width: 0, data: new Uint8Array() }, {}, "not 0");
  refused({ width: 65_536 }, {}, "not 65536");
  refused({ height: 1.5 }, {}, "not 1.5");
  refused({ width: 17 }, {}, "17x16 RGBA pixels take 1088 bytes, not 1024");
  refused({}, { quality: 0 }, "not 0");
  refused({}, { quality: 101 }, "not 101");
  refused({}, { quality: 50.5 }, "not 50.5");
  refused({}, { restartInterval: -1 }, "not -1");
  refused({}, { restartInterval: 65_536 }, "not 65536");
});

Deno.test("the longest side a JPEG can have is encoded", () => {
  const info = inspectJpeg(
    encodeJpeg({ width: 65_535, height: 1, data: new Uint8Array(4 * 65_535) }),
  );
  assertEquals(info.width, 65_535);
});
