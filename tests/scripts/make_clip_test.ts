import { carriage } from "../../lib/jpeg/carriage.ts";
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import { clockText } from "../../scripts/clip_instruments.ts";
import { FRAME_COUNT, FRAME_RATE, HEIGHT, WIDTH } from "../../scripts/clip_scene.ts";
import { drawText, textWidth } from "../../scripts/digits.ts";
import { clipFrame, LARGEST_FRAME, lengthPrefix } from "../../scripts/make_clip.ts";
import { Image } from "imagescript";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";

const CLIP = new URL("../../media/movie.Mjpeg", import.meta.url);

/** The frames of the clip, by the lengths that stand before them. */
function clipFrames(): Uint8Array[] {
  const file = Deno.readFileSync(CLIP);
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at < file.length) {
    const digits = new TextDecoder().decode(file.subarray(at, at + 5));
    assert(/^\d{5}$/.test(digits), `length ${digits} of frame ${frames.length + 1}`);
    at += 5 + Number(digits);
    assert(at <= file.length, `frame ${frames.length + 1} is cut`);
    frames.push(file.subarray(at - Number(digits), at));
  }
  return frames;
}

Deno.test("the clip has 500 whole frames that every lab client and RFC 2435 can take", () => {
  const frames = clipFrames();
  assertEquals(frames.length, FRAME_COUNT);
  for (const [i, jpeg] of frames.entries()) {
    assert(jpeg.length <= LARGEST_FRAME, `frame ${i + 1} has ${jpeg.length} bytes`);
    const info = inspectJpeg(jpeg);
    assertEquals([info.width, info.height, info.hasEoi, info.trailing], [WIDTH, HEIGHT, true, 0]);
    assert(carriage(info).ok);
  }
});

Deno.test("no two frames of the clip are alike", () => {
  const seen = new Set(clipFrames().map((jpeg) => new TextDecoder("latin1").decode(jpeg)));
  assertEquals(seen.size, FRAME_COUNT);
});

Deno.test("the script still draws what the clip shows", () => {
  const frames = clipFrames();
  for (const number of [1, 171, 300, 500]) assertEquals(clipFrame(number), frames[number - 1]);
});

Deno.test("a length has five digits", () => {
  assertEquals(new TextDecoder().decode(lengthPrefix(8024)), "08024");
});

Deno.test("the running clock counts minutes, seconds and hundredths", () => {
  assertEquals([0, 8.5, 24.95, 60, 754.35].map(clockText), [
    "00:00.00",
    "00:08.50",
    "00:24.95",
    "01:00.00",
    "12:34.35",
  ]);
});

Deno.test("all digits are equally wide and none looks like another", () => {
  const looks = new Set<string>();
  for (let digit = 0; digit <= 9; digit++) {
    assertEquals(textWidth(String(digit), 24), 22);
    const image = new Image(40, 40);
    drawText(image, String(digit), { x: 8, y: 8, height: 24, colour: [255, 255, 255] });
    looks.add(image.bitmap.join());
  }
  assertEquals(looks.size, 10);
});

Deno.test("a character the font lacks is refused, not left out", () => {
  assertThrows(() => textWidth("x", 24), RangeError, 'no "x"');
});

Deno.test("the facts in media/README.md are those of the clip", () => {
  const readme = Deno.readTextFileSync(new URL("README.md", CLIP));
  const lengths = clipFrames().map((jpeg) => jpeg.length);
  const size = Deno.statSync(CLIP).size;
  const number = (value: number): string => value.toLocaleString("en-GB");
  const payload = lengths.reduce((sum, length) => sum + length, 0);
  const rate = 8 * payload / (FRAME_COUNT / FRAME_RATE) / 1e6;
  for (
    const fact of [
      `| ${number(size)} bytes `,
      `${FRAME_COUNT} of ${WIDTH}x${HEIGHT} pixels, meant for ${FRAME_RATE} a second`,
      `${number(Math.min(...lengths))} to ${number(Math.max(...lengths))};`,
      `${rate.toFixed(2)} Mbit/s`,
    ]
  ) assert(readme.includes(fact), `${JSON.stringify(fact)} is not in media/README.md`);
});
