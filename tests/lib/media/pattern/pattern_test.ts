import { carriage } from "../../../../lib/jpeg/carriage.ts";
import { inspectJpeg } from "../../../../lib/jpeg/inspect.ts";
import { MOST_PATTERNS, PatternMedia } from "../../../../lib/media/pattern/pattern_media.ts";
import { PatternPainter } from "../../../../lib/media/pattern/pattern_painter.ts";
import {
  DEFAULT_PATTERN,
  parsePatternQuery,
  PATTERN_LIMITS,
  patternKey,
  PATTERNS,
} from "../../../../lib/media/pattern/pattern_settings.ts";
import { PatternSource } from "../../../../lib/media/pattern/pattern_source.ts";
import { clockTexts, numberText } from "../../../../lib/media/pattern/pattern_text.ts";
import { jpegToPng } from "../../../../lib/media/png.ts";
import { SourceClosedError } from "../../../../lib/stream/frame_source.ts";
import { MediaRequestError, MediaUnavailableError } from "../../../../lib/stream/media_provider.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const NOON = Date.UTC(2026, 0, 2, 12, 0, 0, 7);

Deno.test("a query says what the pattern is like, and leaves the rest as usual", () => {
  assertEquals(parsePatternQuery(""), DEFAULT_PATTERN);
  assertEquals(
    parsePatternQuery("size=320x240&rate=12.5&pattern=dot&colour=ff8000&frames=9&clock=off"),
    {
      width: 320,
      height: 240,
      rate: 12.5,
      pattern: "dot",
      colour: [255, 128, 0],
      frames: 9,
      clock: false,
    },
  );
  assertEquals(parsePatternQuery("color=red").colour, [192, 0, 0]);
  assertEquals(
    patternKey(parsePatternQuery("rate=25&size=640x480")),
    patternKey(parsePatternQuery("size=640x480&rate=25.0")),
    "the same pattern, however it is asked for",
  );
});

for (
  const [query, says] of [
    ["size=640", 'size="640" is not WIDTHxHEIGHT of 16 to 2040 pixels a side'],
    ["size=15x16", "16 to 2040"],
    ["size=16x2041", "16 to 2040"],
    ["rate=0", "a number of 0.1 to 120"],
    ["rate=120.1", "a number of 0.1 to 120"],
    ["rate=fast", 'rate="fast"'],
    ["pattern=cats", "bars, ramp, dot"],
    ["colour=12345", "RRGGBB"],
    ["frames=0", "a number of 1"],
    ["frames=1.5", "a number of 1"],
    ["clock=maybe", "on or off"],
    ["sise=1x1", '"sise" is not one of size, rate, pattern, colour, frames, clock'],
    ["__proto__=1", "is not one of"],
    ["size=2040x2040&rate=120", "pixels a second"],
    [`colour=${"a".repeat(PATTERN_LIMITS.queryLength)}`, "longer than 256 characters"],
  ] as const
) {
  Deno.test(`the query ${query.slice(0, 40)} is refused with a reason`, () => {
    assertThrows(() => parsePatternQuery(query), MediaRequestError, says);
  });
}

Deno.test("what stands at the ceilings is drawn", () => {
  for (const query of ["size=16x16", "size=2040x2040&rate=30", "rate=120", "rate=0.1"]) {
    const { width, height } = parsePatternQuery(query);
    const info = inspectJpeg(new PatternPainter(parsePatternQuery(query)).paint(0, NOON));
    assertEquals([info.width, info.height], [width, height]);
    assert(carriage(info).ok, query);
  }
});

for (const pattern of PATTERNS) {
  for (const size of ["640x480", "333x217", "64x48", "40x600", "17x2040"]) {
    Deno.test(`pattern ${pattern} of ${size} decodes and fits RFC 2435`, async () => {
      const painter = new PatternPainter(parsePatternQuery(`size=${size}&pattern=${pattern}`));
      for (const index of [0, 37, 1_234_567]) {
        const jpeg = painter.paint(index, NOON);
        assert(carriage(inspectJpeg(jpeg)).ok);
        assert((await jpegToPng(jpeg)).length > 0);
      }
    });
  }
}

Deno.test("a frame's number and time decide every byte of it", () => {
  const settings = parsePatternQuery("");
  const one = new PatternPainter(settings), other = new PatternPainter(settings);
  other.paint(900, NOON + 5);
  assertEquals(one.paint(41, NOON), other.paint(41, NOON), "whatever was drawn before");
  assert(one.paint(41, NOON).join() !== one.paint(42, NOON).join(), "each has its own number");
  assert(one.paint(41, NOON).join() !== one.paint(41, NOON + 1).join(), "and the time");
  const timeless = new PatternPainter({ ...settings, clock: false });
  assertEquals(timeless.paint(41, NOON), timeless.paint(41, NOON + 1));
});

Deno.test("the dot goes to and fro within the picture, above the text", () => {
  for (const query of ["", "size=16x16", "size=2040x64", "rate=7"]) {
    const settings = parsePatternQuery(query);
    const painter = new PatternPainter(settings);
    for (let index = 0; index < 20 * settings.rate; index++) {
      const { x, y, radius } = painter.dotAt(index);
      assert(x >= radius && x <= Math.max(radius, settings.width - radius), `${query} ${index}`);
      assert(y >= radius && y <= Math.max(radius, settings.height - radius), `${query} ${index}`);
    }
    assertEquals(painter.dotAt(0), painter.dotAt(12 * settings.rate), "the same every 12 s");
  }
});

Deno.test("text is as long as there is room", () => {
  assertEquals(clockTexts(NOON), ["2026-01-02 12:00:00.007", "12:00:00.007", "12:00:00"]);
  assertEquals(numberText(0, 20), "000001");
  assertEquals(numberText(1_234_566, 20), "1234567");
  assertEquals(numberText(1_234_566, 3), "567");
});

Deno.test("who asks for a frame at the same time gets the same object, later one with the right time", () => {
  const clock = new FakeClock();
  const source = new PatternSource(parsePatternQuery("rate=20"), clock);
  const first = source.frame(5);
  clock.advanceAtOnce(49);
  assert(source.frame(5) === first, "within a frame");
  clock.advanceAtOnce(1);
  assert(source.frame(5) !== first, "the clock has gone on");
  const timeless = new PatternSource(parsePatternQuery("clock=off"), clock);
  const kept = timeless.frame(5);
  clock.advanceAtOnce(60_000);
  assert(timeless.frame(5) === kept, "nothing in it changes");
});

Deno.test("a pattern ends where the query says, or never", async () => {
  const source = new PatternSource(parsePatternQuery("frames=3"), new FakeClock());
  assertEquals([source.knownFrameCount, await source.frameCount()], [3, 3]);
  assert(source.frame(2) instanceof Uint8Array);
  assertEquals(source.frame(3), undefined);
  assertThrows(() => source.frame(-1), RangeError);
  const endless = new PatternSource(DEFAULT_PATTERN, new FakeClock());
  assertEquals([endless.knownFrameCount, endless.frameRate], [Infinity, 25]);
  assert(endless.frame(10 ** 9) instanceof Uint8Array);
  endless.close();
  await assertRejects(async () => await endless.frame(0), SourceClosedError);
});

Deno.test("all who ask for one pattern share it, and only so many patterns are open", () => {
  const media = new PatternMedia(new FakeClock());
  const one = media.open("size=64x64"), same = media.open("rate=25&size=64x64");
  assert(one.frame(0) === same.frame(0));
  assertEquals(media.openCount, 1);
  one.release();
  one.release();
  assertEquals(media.openCount, 1);
  const others = Array.from({ length: MOST_PATTERNS - 1 }, (_, i) => {
    return media.open(`size=64x64&frames=${i + 1}`);
  });
  assertThrows(() => media.open("size=80x80"), MediaUnavailableError, "16 other patterns");
  for (const lease of [same, ...others]) lease.release();
  assertEquals(media.openCount, 0);
  media.open("size=80x80").release();
});
