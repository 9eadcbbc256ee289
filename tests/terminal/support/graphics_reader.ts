// deno-lint-ignore-file no-control-regex
// Readers of the pictures that terminals take, written from the protocols' descriptions.
import type { RgbaPicture } from "../../../lib/jpeg/planes.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** A picture sent by Kitty's protocol. */
export interface KittyPicture {
  keys: Record<string, string>;
  picture: RgbaPicture;
}

/** The pictures in what was written, and the numbers of those that were taken away, in order. */
export function readKitty(text: string): { pictures: KittyPicture[]; removed: string[] } {
  const pictures: KittyPicture[] = [];
  const removed: string[] = [];
  let begun: { keys: Record<string, string>; base64: string } | undefined;
  for (
    const [, control = "", payload = ""] of text.matchAll(/\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\/g)
  ) {
    const keys = Object.fromEntries(control.split(",").map((pair) => pair.split("=")));
    if (keys.a === "q") continue;
    if (keys.a === "d") {
      removed.push(keys.i);
      continue;
    }
    assert(payload.length <= 4096, "a chunk has 4096 characters at most");
    if (begun === undefined) begun = { keys, base64: "" };
    else assertEquals(Object.keys(keys), ["m"], "chunks behind the first have m alone");
    begun.base64 += payload;
    if (keys.m === "1") {
      assertEquals(payload.length % 4, 0, "chunks that go on are whole groups of four");
      continue;
    }
    pictures.push({ keys: begun.keys, picture: rgb(begun.keys, begun.base64) });
    begun = undefined;
  }
  return { pictures, removed };
}

function rgb(keys: Record<string, string>, base64: string): RgbaPicture {
  const width = Number(keys.s), height = Number(keys.v);
  const bytes = Uint8Array.fromBase64(base64);
  assertEquals(keys.f, "24");
  assertEquals(bytes.length, 3 * width * height);
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) data.set(bytes.subarray(3 * i, 3 * i + 3), 4 * i);
  return { width, height, data };
}

/** The sixel pictures in what was written. */
export function readSixels(text: string): RgbaPicture[] {
  return Array.from(text.matchAll(/\x1bP[0-9;]*q([^\x1b]*)\x1b\\/g), ([, body]) => sixels(body!));
}

function sixels(body: string): RgbaPicture {
  const [all, size] = /^"1;1;(\d+;\d+)/.exec(body)!;
  const [width, height] = size!.split(";").map(Number) as [number, number];
  const data = new Uint8Array(4 * width * height);
  const palette = new Map<number, number[]>();
  let colour = [0, 0, 0], x = 0, top = 0, count = 1;
  const command = /#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)|([$-])|([?-~])/y;
  command.lastIndex = all!.length;
  while (command.lastIndex < body.length) {
    const at = command.lastIndex;
    const found = command.exec(body);
    assert(found !== null, `no sixel command at ${at}: ${body.slice(at, at + 20)}`);
    const [, number, red, green, blue, repeat, move, sixel] = found;
    if (red !== undefined) {
      palette.set(
        Number(number),
        [red, green!, blue!].map((part) => Math.round(Number(part) * 2.55)),
      );
    } else if (number !== undefined) colour = palette.get(Number(number))!;
    else if (repeat !== undefined) count = Number(repeat);
    else if (move !== undefined) {
      x = 0;
      if (move === "-") top += 6;
    } else {
      const bits = sixel!.charCodeAt(0) - 0x3f;
      for (; count > 0; count--, x++) {
        assert(bits === 0 || x < width, "no pixel lies beyond the right edge");
        for (let row = 0; row < 6; row++) {
          if ((bits >> row) & 1) data.set([...colour, 255], 4 * ((top + row) * width + x));
        }
      }
      count = 1;
    }
  }
  return { width, height, data };
}

/** The files and arguments of iTerm2's inline images in what was written. */
export function readInlineImages(
  text: string,
): { arguments: Record<string, string>; file: Uint8Array }[] {
  const images = text.matchAll(/\x1b\]1337;File=([^:]*):([^\x07]*)\x07/g);
  return Array.from(images, ([, named, base64]) => ({
    arguments: Object.fromEntries(named!.split(";").map((pair) => pair.split("="))),
    file: Uint8Array.fromBase64(base64!),
  }));
}
