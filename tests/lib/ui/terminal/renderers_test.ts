// Pictures as a terminal takes them, read back to pixels.
import fc from "fast-check";
import type { RgbaPicture } from "../../../../lib/jpeg/planes.ts";
import { drawCharacters, RAMP } from "../../../../lib/ui/terminal/characters.ts";
import { thresholdAt } from "../../../../lib/ui/terminal/dither.ts";
import { atMostPixels, fitWithin } from "../../../../lib/ui/terminal/fit.ts";
import { HalfBlocks } from "../../../../lib/ui/terminal/half_blocks.ts";
import { drawInlineImage } from "../../../../lib/ui/terminal/iterm.ts";
import { KittyPictures } from "../../../../lib/ui/terminal/kitty.ts";
import { colourOf, paletteColour } from "../../../../lib/ui/terminal/palette.ts";
import {
  LEAST_PIXELS_SENT,
  MOST_PIXELS_SENT,
  PixelBudget,
} from "../../../../lib/ui/terminal/pixel_budget.ts";
import { Sixels } from "../../../../lib/ui/terminal/sixel.ts";
import { TerminalBytes } from "../../../../lib/ui/terminal/terminal_bytes.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import {
  readInlineImages,
  readKitty,
  readSixels,
} from "../../../terminal/support/graphics_reader.ts";
import { ScreenReader } from "../../../terminal/support/screen_reader.ts";
import { psnr, testPicture } from "../../jpeg/pictures.ts";

type Pixel = readonly [red: number, green: number, blue: number];

const RED: Pixel = [255, 0, 0], BLUE: Pixel = [0, 0, 255], GREY: Pixel = [128, 128, 128];

function picture(width: number, ...pixels: Pixel[]): RgbaPicture {
  const data = Uint8Array.from(pixels.flatMap((pixel) => [...pixel, 255]));
  return { width, height: pixels.length / width, data };
}

function written(draw: (out: TerminalBytes) => void): string {
  const out = new TerminalBytes();
  draw(out);
  return new TextDecoder().decode(out.gathered);
}

const box = (columns: number, rows: number, row = 0, column = 0) => ({
  row,
  column,
  rows,
  columns,
});

/** Any picture of a few pixels. */
const anyPicture = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
  .chain(([width, height]) => {
    const length = 4 * width * height;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data): RgbaPicture => {
      for (let at = 3; at < length; at += 4) data[at] = 255;
      return { width, height, data };
    });
  });

Deno.test("a half-block is the upper pixel's colour on the lower one's; equal ones are a space", () => {
  const blocks = new HalfBlocks("true");
  const first = written((out) =>
    blocks.draw(out, picture(3, RED, RED, RED, BLUE, BLUE, RED), box(3, 1))
  );
  assertEquals(first, "\x1b[1;1H\x1b[38;2;255;0;0;48;2;0;0;255m▀▀\x1b[48;2;255;0;0m \x1b[0m");
  const same = written((out) =>
    blocks.draw(out, picture(3, RED, RED, RED, BLUE, BLUE, RED), box(3, 1))
  );
  assertEquals(same, "\x1b[0m", "nothing is written twice");
  const next = written((out) =>
    blocks.draw(out, picture(3, RED, GREY, RED, BLUE, BLUE, RED), box(3, 1))
  );
  assertEquals(next, "\x1b[1;2H\x1b[38;2;128;128;128;48;2;0;0;255m▀\x1b[0m", "only what is new");
  blocks.forget();
  const again = written((out) =>
    blocks.draw(out, picture(3, RED, RED, RED, BLUE, BLUE, RED), box(3, 1))
  );
  assertEquals(again, first, "all of it once the screen is blank");
});

Deno.test("with 256 colours half-blocks name them by number", () => {
  const text = written((out) => {
    new HalfBlocks("256").draw(out, picture(1, RED, GREY), box(1, 1, 2, 4));
  });
  assertEquals(text, "\x1b[3;5H\x1b[38;5;196;48;5;244m▀\x1b[0m");
});

Deno.test("whatever two pictures follow each other, the screen shows the second", () => {
  fc.assert(fc.property(anyPicture, anyPicture, (first, second) => {
    const even = ({ width, height, data }: RgbaPicture): RgbaPicture => {
      const whole = height + height % 2;
      const more = new Uint8Array(4 * width * whole);
      more.set(data);
      for (let at = 3; at < more.length; at += 4) more[at] = 255;
      return { width, height: whole, data: more };
    };
    const blocks = new HalfBlocks("true");
    const screen = new ScreenReader(30, 20);
    for (const shown of [even(first), even(second)]) {
      const place = box(shown.width, shown.height / 2, 3, 5);
      screen.read(written((out) => blocks.draw(out, shown, place)));
      assertEquals(screen.pixels(place).data, Uint8Array.from(shown.data));
    }
  }));
});

Deno.test("each of the 256 colours is itself, whatever the threshold", () => {
  for (let number = 16; number < 256; number++) {
    const colour = colourOf(number);
    for (const threshold of [0.01, 0.5, 0.99]) {
      const shown = colourOf(paletteColour(...colour, threshold));
      // Greys of the cube may be of the ramp.
      const off = Math.max(...shown.map((part, i) => Math.abs(part - colour[i]!)));
      assert(off <= (number < 232 && new Set(colour).size === 1 ? 5 : 0), `${number}: ${shown}`);
    }
  }
});

Deno.test("a pattern of the 256 colours is near the colour it stands for", () => {
  const part = fc.integer({ min: 0, max: 255 });
  fc.assert(fc.property(part, part, part, (...colour) => {
    const sum = [0, 0, 0];
    for (let at = 0; at < 64; at++) {
      const shown = colourOf(paletteColour(...colour, thresholdAt(at % 8, at >> 3)));
      shown.forEach((value, i) => sum[i]! += value / 64);
    }
    // Half of the widest step of the cube, 0 to 95, less the part of it that is a pattern.
    const off = Math.max(...sum.map((value, i) => Math.abs(value - colour[i]!)));
    assert(off <= 32, `${colour} became ${sum}`);
    const levels = new Set(Array.from({ length: 64 }, (_, at) => {
      return paletteColour(...colour, thresholdAt(at % 8, at >> 3));
    }));
    assert(levels.size <= 8, "each part is one of the two levels beside it");
  }));
});

Deno.test("characters go from a space for black to the fullest for white", () => {
  const steps = Array.from({ length: 10 }, (_, i): Pixel => [i * 28, i * 28, i * 28]);
  const text = written((out) => drawCharacters(out, picture(10, ...steps), box(10, 1, 1, 1)));
  assertEquals(text, `\x1b[2;2H${RAMP}`);
  const green = written((out) => drawCharacters(out, picture(1, [0, 255, 0]), box(1, 1)));
  assertEquals(green.at(-1), RAMP[5], "green is as light as BT.601 has it");
});

Deno.test("Kitty's chunks, put together, are the picture, and the one before is taken away", () => {
  const kitty = new KittyPictures();
  const source = testPicture(97, 61);
  const text = written((out) => {
    kitty.draw(out, source, box(12, 5, 2, 3));
    kitty.draw(out, testPicture(3, 2), box(1, 1));
    kitty.draw(out, source, box(12, 5));
    kitty.erase(out);
  });
  const { pictures, removed } = readKitty(text);
  assertEquals(pictures.map(({ picture }) => [picture.width, picture.height]), [[97, 61], [3, 2], [
    97,
    61,
  ]]);
  assertEquals(pictures[0]!.picture.data, source.data as Uint8Array);
  const { c, r, C, q, a } = pictures[0]!.keys;
  assertEquals([a, c, r, C, q], ["T", "12", "5", "1", "2"]);
  const [one, two] = pictures.map(({ keys }) => keys.i!);
  assert(one !== two);
  assertEquals(removed, [two!, one!, two!, one!, two!], "the other one each time, both at the end");
  assert(text.startsWith("\x1b[3;4H"));
});

Deno.test("any picture comes back from Kitty's chunks", () => {
  fc.assert(fc.property(anyPicture, (source) => {
    const text = written((out) => new KittyPictures().draw(out, source, box(1, 1)));
    assertEquals(readKitty(text).pictures[0]!.picture, source);
  }));
});

Deno.test("sixels of palette colours are those colours, pixel by pixel", () => {
  const [black, white]: Pixel[] = [[0, 0, 0], [255, 255, 255]];
  const pixels = Array.from(
    { length: 7 * 13 },
    (_, i) => [black!, white!, RED, BLUE][(i * 5) % 4]!,
  );
  const source = picture(7, ...pixels);
  const text = written((out) => new Sixels().draw(out, source, box(1, 1)));
  assertEquals(readSixels(text), [source]);
});

Deno.test("one red pixel as sixels", () => {
  const text = written((out) => new Sixels().draw(out, picture(1, RED), box(1, 1)));
  const palette = text.slice(text.indexOf("#0;"), text.lastIndexOf("#"));
  assertEquals(palette.match(/#\d+;2;\d+;\d+;\d+/g)?.length, 252);
  assertEquals(text.replace(palette, ""), '\x1b[1;1H\x1bP0;1;0q"1;1;1;1#210@$\x1b\\');
});

Deno.test("sixels miss no pixel, and from afar have the picture's colours", () => {
  for (const [width, height] of [[160, 120], [33, 17], [64, 5]] as const) {
    const source = testPicture(width, height);
    const [shown] = readSixels(written((out) => new Sixels().draw(out, source, box(1, 1))));
    assert(shown!.data.every((value, i) => i % 4 < 3 || value === 255), "every pixel is painted");
    const quality = psnr(blurred(source), blurred(shown!));
    assert(quality > 26, `${width}x${height}: ${quality} dB`);
  }
});

Deno.test("an encoder of sixels keeps nothing of the picture before", () => {
  fc.assert(fc.property(anyPicture, anyPicture, (first, second) => {
    const used = new Sixels();
    written((out) => used.draw(out, first, box(1, 1)));
    const again = written((out) => used.draw(out, second, box(1, 1)));
    assertEquals(again, written((out) => new Sixels().draw(out, second, box(1, 1))));
  }));
});

Deno.test("an inline image is the JPEG file itself, with its length and its cells", () => {
  const file = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
  const [image] = readInlineImages(written((out) => drawInlineImage(out, file, box(40, 12, 1, 7))));
  assertEquals(image!.file, file);
  const { size, width, height, inline } = image!.arguments;
  assertEquals([inline, size, width, height], ["1", "1000", "40", "12"]);
});

Deno.test("fewer pixels are sent to a slow terminal, and more again when it is quick", () => {
  const budget = new PixelBudget();
  assertEquals(budget.pixels, MOST_PIXELS_SENT);
  budget.took(81);
  assertEquals(budget.pixels, 0.6 * MOST_PIXELS_SENT);
  for (const ms of [80, 30, 50]) budget.took(ms);
  assertEquals(budget.pixels, 0.6 * MOST_PIXELS_SENT, "all is well");
  for (let i = 0; i < 20; i++) budget.took(2000);
  assertEquals(budget.pixels, LEAST_PIXELS_SENT);
  budget.took(29);
  assertEquals(budget.pixels, Math.round(1.1 * LEAST_PIXELS_SENT));
  for (let i = 0; i < 60; i++) budget.took(1);
  assertEquals(budget.pixels, MOST_PIXELS_SENT);
});

Deno.test("a picture fills the width or the height, in the middle, in its own shape", () => {
  const cell = { width: 8, height: 16 };
  const area = box(80, 20, 1, 0);
  assertEquals(fitWithin(area, { width: 640, height: 480 }, cell), box(53, 20, 1, 13));
  assertEquals(fitWithin(area, { width: 1600, height: 100 }, cell), box(80, 3, 9, 0));
  assertEquals(fitWithin(area, { width: 1, height: 10_000 }, cell), box(1, 20, 1, 39));
  assertEquals(fitWithin(box(1, 1), { width: 640, height: 480 }, cell), box(1, 1));
  const side = fc.integer({ min: 1, max: 5000 });
  const cells = fc.integer({ min: 1, max: 300 });
  fc.assert(fc.property(side, side, cells, cells, (width, height, columns, rows) => {
    const fitted = fitWithin(box(columns, rows, 2, 3), { width, height }, cell);
    assert(fitted.row >= 2 && fitted.row + fitted.rows <= 2 + rows, JSON.stringify(fitted));
    assert(fitted.column >= 3 && fitted.column + fitted.columns <= 3 + columns);
    const most = atMostPixels({ width, height }, 10_000);
    assert(most.width * most.height <= 10_000 || most.width === 1 || most.height === 1);
  }));
});

/** The mean of 8 by 8 pixels around each: what an eye makes of dithering. */
function blurred({ width, height, data }: RgbaPicture): RgbaPicture {
  const out = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0, count = 0;
        for (let v = Math.max(0, y - 4); v < Math.min(height, y + 4); v++) {
          for (let u = Math.max(0, x - 4); u < Math.min(width, x + 4); u++, count++) {
            sum += data[4 * (v * width + u) + c]!;
          }
        }
        out[4 * (y * width + x) + c] = sum / count;
      }
    }
  }
  return { width, height, data: out };
}
