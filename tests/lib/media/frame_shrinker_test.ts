import { encodeJpeg } from "../../../lib/jpeg/encoder.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { FrameShrinker } from "../../../lib/media/frame_shrinker.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { testPicture } from "../jpeg/pictures.ts";
import { tinyJpeg } from "./frames.ts";

const PICTURE = encodeJpeg(testPicture(320, 240), { quality: 95 });

Deno.test("a frame that fits stays the very same, one that is longer is made to fit", async () => {
  const shrinker = new FrameShrinker(PICTURE.length - 1);
  try {
    const short = PICTURE.subarray(0, 2000);
    assert(await shrinker.fit(short) === short);
    assertEquals(shrinker.shrunk, 0);
    const fitted = await shrinker.fit(PICTURE);
    assert(fitted instanceof Uint8Array && fitted.length < PICTURE.length);
    const { width, height } = inspectJpeg(fitted);
    assertEquals([width, height, shrinker.shrunk], [320, 240, 1]);
  } finally {
    shrinker.close();
  }
});

Deno.test("where coarser quantization is not enough, a picture gets fewer pixels", async () => {
  const shrinker = new FrameShrinker(1000);
  try {
    const fitted = await shrinker.fit(PICTURE);
    assert(fitted instanceof Uint8Array && fitted.length <= 1000);
    assert(inspectJpeg(fitted).width < 320);
  } finally {
    shrinker.close();
  }
});

Deno.test("why a frame cannot be made shorter is told, and the next one is", async () => {
  const shrinker = new FrameShrinker(5000);
  try {
    const answer = await shrinker.fit(tinyJpeg(1, 6000));
    assert(!(answer instanceof Uint8Array));
    assertStringIncludes(answer.problem, "JPEG");
    assert(await shrinker.fit(PICTURE) instanceof Uint8Array);
    assertEquals(shrinker.shrunk, 1);
  } finally {
    shrinker.close();
  }
});
