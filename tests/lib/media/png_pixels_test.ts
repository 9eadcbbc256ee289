import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { decodePng } from "../../../lib/media/png_pixels.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { join, u32be } from "../../support/file_bytes.ts";
import { ascii } from "../../support/split.ts";

/** A PNG's kind, as its header has it. */
interface Kind {
  name: string;
  colour: number;
  depth: number;
  /** Samples a pixel. */
  samples: number;
}

const KINDS: Kind[] = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ name: "grey", colour: 0, depth, samples: 1 })),
  ...[8, 16].map((depth) => ({ name: "colour", colour: 2, depth, samples: 3 })),
  ...[1, 2, 4, 8].map((depth) => ({ name: "palette", colour: 3, depth, samples: 1 })),
  ...[8, 16].map((depth) => ({ name: "grey and alpha", colour: 4, depth, samples: 2 })),
  ...[8, 16].map((depth) => ({ name: "colour and alpha", colour: 6, depth, samples: 4 })),
];
const FILTERS = [0, 1, 2, 3, 4];
/** First column and row of each pass of Adam7, and steps (RFC 2083, section 2.6). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];
const PALETTE = Uint8Array.from({ length: 3 * 256 }, (_, i) => i * 37 & 0xff);
const THROUGH = Uint8Array.from({ length: 10 }, (_, i) => 255 - 20 * i);

/** The value of a sample, with all its bits. */
function value({ depth }: Kind, x: number, y: number, c: number): number {
  return (x * 7919 + y * 104729 + c * 1299709 >> 2) & 2 ** depth - 1;
}

/** A file, written without any help of the code under test. */
async function pngFile(
  kind: Kind,
  [width, height]: readonly [number, number],
  interlaced: boolean,
): Promise<Uint8Array> {
  const rows: number[] = [];
  for (const [x0, y0, dx, dy] of interlaced ? ADAM7 : [[0, 0, 1, 1]]) {
    let above: number[] = [];
    if (x0! >= width) continue;
    for (let y = y0!, n = 0; y < height; y += dy!, n++) {
      const plain = rowBytes(kind, width, y, x0!, dx!);
      rows.push(n % 5, ...filtered(FILTERS[n % 5]!, plain, above, kind));
      above = plain;
    }
  }
  const header = [kind.depth, kind.colour, 0, 0, interlaced ? 1 : 0];
  return join(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", join(u32be(width, height), Uint8Array.from(header))),
    ...(kind.colour === 3 ? [chunk("PLTE", PALETTE), chunk("tRNS", THROUGH)] : []),
    chunk("IDAT", await deflated(Uint8Array.from(rows))),
    chunk("IEND", new Uint8Array()),
  );
}

/** Checksums are not looked at. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  return join(u32be(data.length), ascii(type), data, u32be(0));
}

async function deflated(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function rowBytes(kind: Kind, width: number, y: number, from: number, step: number): number[] {
  let bits = "";
  for (let x = from; x < width; x += step) {
    for (let c = 0; c < kind.samples; c++) {
      bits += value(kind, x, y, c).toString(2).padStart(kind.depth, "0");
    }
  }
  const bytes = bits.match(/.{1,8}/g) ?? [];
  return bytes.map((byte) => parseInt(byte.padEnd(8, "0"), 2));
}

function filtered(filter: number, row: number[], above: number[], kind: Kind): number[] {
  const back = Math.max(1, kind.samples * kind.depth / 8);
  return row.map((byte, i) => {
    const [a, b, c] = [row[i - back] ?? 0, above[i] ?? 0, above[i - back] ?? 0];
    const p = a + b - c;
    const near = [a, b, c].toSorted((m, n) => Math.abs(p - m) - Math.abs(p - n))[0]!;
    return byte - [0, a, b, Math.floor((a + b) / 2), near][filter]! & 0xff;
  });
}

/** Red, green, blue and alpha, of 8 bits, as section 4.1 has them. */
function pixel(kind: Kind, x: number, y: number): number[] {
  const at = (c: number): number => value(kind, x, y, c);
  if (kind.colour === 3) {
    const entry = at(0);
    return [...PALETTE.subarray(3 * entry, 3 * entry + 3), THROUGH[entry] ?? 255];
  }
  const eight = (c: number): number =>
    kind.depth === 16 ? at(c) >> 8 : Math.floor(at(c) * 255 / (2 ** kind.depth - 1));
  const colours = kind.samples < 3 ? [0, 0, 0] : [0, 1, 2];
  return [...colours.map(eight), kind.samples % 2 === 0 ? eight(kind.samples - 1) : 255];
}

for (const interlaced of [false, true]) {
  for (const kind of KINDS) {
    const name = `${kind.depth} bits, ${kind.name}${interlaced ? ", interlaced" : ""}`;
    Deno.test(`every pixel of a PNG comes out: ${name}`, async () => {
      for (const size of [[1, 1], [13, 11], [5, 2], [16, 24]] as const) {
        const [width, height] = size;
        const picture = await decodePng(await pngFile(kind, size, interlaced));
        assertEquals([picture.width, picture.height], [width, height]);
        const expected = Array.from({ length: width * height }, (_, i) => {
          return pixel(kind, i % width, Math.floor(i / width));
        });
        assertEquals([...picture.data], expected.flat(), `${width}x${height}`);
      }
    });
  }
}

Deno.test("a filter that there is not, and a palette that is missing, are malformed", async () => {
  const [grey, palette] = [KINDS[0]!, KINDS.find(({ colour }) => colour === 3)!];
  const whole = await pngFile(palette, [4, 4], false);
  const at = whole.findIndex((_, i) => String.fromCharCode(...whole.subarray(i, i + 4)) === "PLTE");
  const without = whole.slice();
  without.set(ascii("abcd"), at);
  await assertRejects(() => decodePng(without), MalformedError, "Has no palette");
  const odd = join(
    (await pngFile(grey, [8, 1], false)).subarray(0, 33),
    chunk("IDAT", await deflated(Uint8Array.of(5, 0xff))),
  );
  await assertRejects(() => decodePng(odd), MalformedError, "Has no filter 5");
});
