import { decodeToPlanes } from "../../../lib/jpeg/decode_planes.ts";
import * as golden from "../../golden/jpeg_files.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { decode, testJpeg } from "./pictures.ts";

Deno.test("the samples of a greyscale file are those that imagescript decodes", async () => {
  const { width, height, planes } = decodeToPlanes(golden.PROGRESSIVE_GREYSCALE);
  assertEquals([width, height, planes.length], [37, 29, 1]);
  const [{ samples, stride }] = planes as [typeof planes[number]];
  const { data } = await decode(golden.PROGRESSIVE_GREYSCALE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const difference = samples[y * stride + x]! - data[4 * (y * width + x)]!;
      assert(Math.abs(difference) <= 1, `${difference} at ${x}, ${y}`);
    }
  }
});

Deno.test("each component has its own resolution", () => {
  const { planes } = decodeToPlanes(testJpeg(37, 29, { subsampling: "4:2:2" }));
  assertEquals(planes.map((p) => [p.width, p.height, p.stride, p.samples.length]), [
    [37, 29, 40, 40 * 32],
    [19, 29, 24, 24 * 32],
    [19, 29, 24, 24 * 32],
  ]);
});
