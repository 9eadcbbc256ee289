import { carriage } from "../../../lib/jpeg/carriage.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { requantizeJpeg } from "../../../lib/jpeg/requantize.ts";
import { NeedsPixelsError, transcodeJpeg } from "../../../lib/jpeg/transcode.ts";
import * as golden from "../../golden/jpeg_files.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { decode, psnr, testJpeg } from "./pictures.ts";

Deno.test("a file that is short enough is given back as it is, or only transcoded", () => {
  const jpeg = testJpeg(64, 48);
  assert(requantizeJpeg(jpeg, { maxBytes: jpeg.length }).jpeg === jpeg);
  const transcoded = transcodeJpeg(golden.PROGRESSIVE);
  assertEquals(
    requantizeJpeg(golden.PROGRESSIVE, { maxBytes: transcoded.jpeg.length }),
    transcoded,
  );
});

Deno.test("a file that is too long comes near the limit, and no further from the picture than that takes", async () => {
  const jpeg = testJpeg(320, 240, { quality: 98 });
  const picture = await decode(jpeg);
  let last = Infinity;
  for (const share of [0.9, 0.6, 0.35, 0.2]) {
    const maxBytes = Math.floor(share * jpeg.length);
    const result = requantizeJpeg(jpeg, { maxBytes });
    assertEquals([result.steps, result.lossless], [["quantization-coarser"], false]);
    assert(carriage(inspectJpeg(result.jpeg)).ok);
    const { length } = result.jpeg;
    assert(length <= maxBytes && length > 0.85 * maxBytes, `${length} of ${maxBytes}`);
    const db = psnr(picture, await decode(result.jpeg));
    assert(db > 26 && db < last, `${db} dB at ${share}`);
    last = db;
  }
});

Deno.test("one byte less than the file is enough to make it smaller", () => {
  const jpeg = testJpeg(64, 48, { quality: 90 });
  const result = requantizeJpeg(jpeg, { maxBytes: jpeg.length - 1 });
  assert(result.jpeg.length < jpeg.length);
});

Deno.test("steps of transcoding are told before that of shrinking", () => {
  const { length } = transcodeJpeg(golden.PROGRESSIVE_444).jpeg;
  const { steps } = requantizeJpeg(golden.PROGRESSIVE_444, { maxBytes: length - 20 });
  assertEquals(steps, ["progressive", "chroma-resampled", "quantization-coarser"]);
});

Deno.test("what fits with no tables is refused by name", () => {
  const says = "bytes with the coarsest tables, more than 600";
  assertThrows(() => requantizeJpeg(testJpeg(64, 48), { maxBytes: 600 }), NeedsPixelsError, says);
});
