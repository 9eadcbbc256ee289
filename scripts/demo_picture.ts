// Pictures in a terminal: each character is two pixels, the upper half in the foreground's colour.
import jpeg from "imagescript/jpeg";
import type { ColourDepth, Screen } from "./demo_screen.ts";

const COLUMNS = 23;
const GAP = "  ";
const RESET = "\x1b[0m";

/** Decoded pixels. */
interface Picture {
  width: number;
  height: number;
  /** RGBA, row by row. */
  buffer: Uint8Array;
}

type Colour = readonly [red: number, green: number, blue: number];

/**
 * JPEG files side by side as lines of text; no lines where the terminal shows no colour.
 * @param files paths; pictures of one size
 */
export async function filmStrip(screen: Screen, files: string[]): Promise<string[]> {
  const depth = screen.colours;
  if (depth === "none") return [];
  const decoder = await jpeg.init();
  const strips: string[][] = [];
  for (const file of files) {
    strips.push(halfBlocks(decoder.load(await Deno.readFile(file)) as Picture, depth));
  }
  return (strips[0] ?? []).map((_, row) => strips.map((strip) => strip[row]).join(GAP));
}

function halfBlocks(picture: Picture, depth: ColourDepth): string[] {
  const rows = Math.round(COLUMNS * picture.height / picture.width / 2);
  return Array.from({ length: rows }, (_, row) => {
    const cells = Array.from({ length: COLUMNS }, (_, column) => {
      const upper = paint(38, average(picture, column, 2 * row, 2 * rows), depth);
      const lower = paint(48, average(picture, column, 2 * row + 1, 2 * rows), depth);
      return `\x1b[${upper};${lower}m▀`;
    });
    return cells.join("") + RESET;
  });
}

/** The mean colour of one cell of a grid of `COLUMNS` × `rows` laid over the picture. */
function average(
  { width, height, buffer }: Picture,
  column: number,
  row: number,
  rows: number,
): Colour {
  const sum: [number, number, number] = [0, 0, 0];
  let pixels = 0;
  const right = Math.ceil((column + 1) * width / COLUMNS);
  const bottom = Math.ceil((row + 1) * height / rows);
  for (let y = Math.floor(row * height / rows); y < bottom; y++) {
    for (let x = Math.floor(column * width / COLUMNS); x < right; x++) {
      const at = 4 * (y * width + x);
      for (const part of [0, 1, 2] as const) sum[part] += buffer[at + part] ?? 0;
      pixels++;
    }
  }
  const mean = (total: number): number => Math.round(total / pixels);
  return [mean(sum[0]), mean(sum[1]), mean(sum[2])];
}

/** The SGR parameters of a colour; `ground` is 38 for the foreground, 48 for the background. */
function paint(ground: number, [red, green, blue]: Colour, depth: ColourDepth): string {
  if (depth === "true") return `${ground};2;${red};${green};${blue}`;
  // The 6 × 6 × 6 cube of the 256 colours begins at 16.
  const level = (part: number): number =>
    part < 48 ? 0 : part < 115 ? 1 : Math.floor(part / 40) - 1;
  return `${ground};5;${16 + 36 * level(red) + 6 * level(green) + level(blue)}`;
}
