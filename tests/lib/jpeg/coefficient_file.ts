// JPEG files of chosen coefficients, written without any help of the code under test: sequential,
// of any components, with tables as no real encoder has them.
import { Marker } from "../../../lib/jpeg/markers.ts";
import { concat, segment } from "./pictures.ts";

/** A component: its sampling factors and coefficients. */
export interface TestComponent {
  id: number;
  horizontal: number;
  vertical: number;
  quantizationTable: number;
  /** Coefficients in zig-zag order of the block in a column and row, fill blocks included. */
  block: (column: number, row: number) => ArrayLike<number>;
}

/** What {@linkcode sequentialFile} writes. */
export interface TestFile {
  width: number;
  height: number;
  components: TestComponent[];
  /** Entries by table number; default 1 … 64 for each. */
  tables?: number[][];
  /** Bits of an entry. */
  tableBits?: 8 | 16;
  restartInterval?: number;
  /** Places of the components of each scan; default all in one. */
  scans?: number[][];
  frameMarker?: number;
  /** Tells the height behind the first scan. */
  dnl?: boolean;
  /** Segments behind SOI. */
  extra?: Uint8Array;
}

const SOI = Uint8Array.of(0xff, Marker.SOI);
const EOI = Uint8Array.of(0xff, Marker.EOI);
/** Every symbol of a DC table has 4 bits, of an AC table 8. */
const DC_SYMBOLS = Array.from({ length: 12 }, (_, category) => category);
const AC_SYMBOLS = [0x00, 0xf0].concat(Array.from({ length: 160 }, (_, i) => {
  return ((i / 10 | 0) << 4) | (i % 10 + 1);
}));
const DC_LENGTH = 4;
const AC_LENGTH = 8;

function counts(length: number, count: number): number[] {
  return Array.from({ length: 16 }, (_, i) => i + 1 === length ? count : 0);
}

/** The file. */
export function sequentialFile(file: TestFile): Uint8Array<ArrayBuffer> {
  const { components, restartInterval = 0, dnl = false } = file;
  const scans = file.scans ?? [components.map((_, i) => i)];
  const parts: Uint8Array[] = [SOI, file.extra ?? new Uint8Array(), ...quantization(file)];
  parts.push(frame(file, dnl ? 0 : file.height));
  parts.push(segment(
    Marker.DHT,
    ...[0x00, ...counts(DC_LENGTH, DC_SYMBOLS.length), ...DC_SYMBOLS],
    ...[0x10, ...counts(AC_LENGTH, AC_SYMBOLS.length), ...AC_SYMBOLS],
  ));
  if (restartInterval > 0) parts.push(segment(Marker.DRI, ...u16(restartInterval)));
  for (const [i, scan] of scans.entries()) {
    const ids = scan.flatMap((place) => [components[place]!.id, 0]);
    parts.push(segment(Marker.SOS, scan.length, ...ids, 0, 63, 0), scanData(file, scan));
    if (dnl && i === 0) parts.push(segment(Marker.DNL, ...u16(file.height)));
  }
  return concat(...parts, EOI);
}

function u16(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function quantization({ components, tables = [], tableBits = 8 }: TestFile): Uint8Array[] {
  const ids = [...new Set(components.map((component) => component.quantizationTable))];
  return ids.map((id) => {
    const entries = tables[id] ?? Array.from({ length: 64 }, (_, k) => k + 1);
    const bytes = tableBits === 8 ? entries : entries.flatMap(u16);
    return segment(Marker.DQT, (tableBits === 16 ? 0x10 : 0) | id, ...bytes);
  });
}

function frame(file: TestFile, height: number): Uint8Array {
  const components = file.components.flatMap(({ id, horizontal, vertical, quantizationTable }) => {
    return [id, (horizontal << 4) | vertical, quantizationTable];
  });
  const size = [...u16(height), ...u16(file.width)];
  const marker = file.frameMarker ?? Marker.SOF1;
  return segment(marker, 8, ...size, file.components.length, ...components);
}

function scanData(file: TestFile, scan: number[]): Uint8Array {
  const all = file.components;
  const most = (factor: "horizontal" | "vertical"): number =>
    Math.max(...all.map((c) => c[factor]));
  const components = scan.map((place) => all[place]!);
  const [first] = components;
  const alone = components.length === 1;
  const across = alone
    ? Math.ceil(Math.ceil(file.width * first!.horizontal / most("horizontal")) / 8)
    : Math.ceil(file.width / (8 * most("horizontal")));
  const down = alone
    ? Math.ceil(Math.ceil(file.height * first!.vertical / most("vertical")) / 8)
    : Math.ceil(file.height / (8 * most("vertical")));
  const out = new BitWriter();
  let predictors = components.map(() => 0);
  for (let mcu = 0; mcu < across * down; mcu++) {
    const interval = file.restartInterval ?? 0;
    if (interval > 0 && mcu > 0 && mcu % interval === 0) {
      out.restart((mcu / interval - 1) % 8);
      predictors = components.map(() => 0);
    }
    const column = mcu % across, row = Math.floor(mcu / across);
    for (const [i, { horizontal, vertical, block }] of components.entries()) {
      const h = alone ? 1 : horizontal, v = alone ? 1 : vertical;
      for (let n = 0; n < h * v; n++) {
        const coefficients = block(column * h + n % h, row * v + Math.floor(n / h));
        out.block(coefficients, predictors[i]!);
        predictors[i] = coefficients[0]!;
      }
    }
  }
  return out.finish();
}

class BitWriter {
  readonly #bytes: number[] = [];
  #bits = "";

  block(coefficients: ArrayLike<number>, predictor: number): void {
    this.#value(DC_SYMBOLS, DC_LENGTH, 0, coefficients[0]! - predictor);
    let run = 0;
    for (let k = 1; k < 64; k++) {
      const value = coefficients[k]!;
      if (value === 0) run++;
      else {
        for (; run > 15; run -= 16) this.#put(AC_SYMBOLS.indexOf(0xf0), AC_LENGTH);
        this.#value(AC_SYMBOLS, AC_LENGTH, run << 4, value);
        run = 0;
      }
    }
    if (run > 0) this.#put(AC_SYMBOLS.indexOf(0), AC_LENGTH);
  }

  restart(number: number): void {
    this.#align();
    this.#bytes.push(0xff, Marker.RST0 + number);
  }

  finish(): Uint8Array {
    this.#align();
    return Uint8Array.from(this.#bytes);
  }

  #value(symbols: number[], length: number, high: number, value: number): void {
    const category = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
    this.#put(symbols.indexOf(high | category), length);
    if (category > 0) this.#put(value > 0 ? value : value + 2 ** category - 1, category);
  }

  #put(value: number, length: number): void {
    this.#bits += value.toString(2).padStart(length, "0");
    while (this.#bits.length >= 8) {
      const byte = parseInt(this.#bits.slice(0, 8), 2);
      this.#bits = this.#bits.slice(8);
      this.#bytes.push(...(byte === 0xff ? [byte, 0] : [byte]));
    }
  }

  #align(): void {
    if (this.#bits.length > 0) this.#put(2 ** (8 - this.#bits.length) - 1, 8 - this.#bits.length);
  }
}

/** Three components with such sampling factors, `"2x2,1x1,1x1"`, and coefficients. */
export function components(
  sampling: string,
  block: (component: number, column: number, row: number) => ArrayLike<number>,
): TestComponent[] {
  return sampling.split(",").map((factors, i) => {
    const [horizontal, vertical] = factors.split("x").map(Number);
    return {
      id: i + 1,
      horizontal: horizontal!,
      vertical: vertical!,
      quantizationTable: i === 0 ? 0 : 1,
      block: (column, row) => block(i, column, row),
    };
  });
}

/** A block with something of everything: long runs, a last coefficient, both signs; by place. */
export function livelyBlock(component: number, column: number, row: number): Int16Array {
  const block = new Int16Array(64);
  const seed = 31 * component + 7 * column + 13 * row;
  block[0] = (seed * 37) % 1400 - 700;
  for (let k = 1; k < 64; k += 1 + (seed + k * k) % 23) {
    block[k] = ((seed + 3 * k) % 2 === 0 ? 1 : -1) * (1 + (seed * k) % (k < 4 ? 900 : 12));
  }
  return block;
}
