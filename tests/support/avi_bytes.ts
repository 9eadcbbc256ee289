// AVI files, put together by hand from the description of the format.
import { chunk, join, u16le, u32le, u64le, zeros } from "./file_bytes.ts";
import { ascii } from "./split.ts";

/** What an AVI file is like. */
export interface AviShape {
  /** How its frames are found; default `"idx1"`. */
  index?: "idx1" | "idx1 absolute" | "opendml" | "none";
  /** Frames in each RIFF, the second and later ones `AVIX`; default all in the first. */
  framesPerRiff?: number;
  /** Default 25. */
  rate?: number;
  /** Default 1. */
  scale?: number;
  /** Default `MJPG`. */
  codec?: string;
  /** A stream of sound before the video's, with a chunk before each frame. */
  sound?: boolean;
  /** Each frame in a `rec ` list. */
  lists?: boolean;
  /** Sizes of RIFF and movi as they are before a recording ends. */
  interrupted?: boolean;
}

/** Where things are in what {@linkcode aviFile} made. */
export interface AviFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offset of the header of each frame's chunk. */
  readonly chunks: readonly number[];
}

const PARTS = 8;
const IX_HEAD_BYTES = 32;

/** An AVI file of these frames; empty ones are frames that were dropped. */
export function aviFile(frames: readonly Uint8Array[], shape: AviShape = {}): AviFile {
  const { framesPerRiff = frames.length || 1, index = "idx1" } = shape;
  const stream = shape.sound ? "01" : "00";
  const chunks: number[] = [];
  const ixPlaces: [at: number, size: number, frames: number][] = [];
  const riffs: Uint8Array[] = [];
  const head = header(frames.length, shape, []);
  let at = 0;
  for (let first = 0; first === 0 || first < frames.length; first += framesPerRiff) {
    const some = frames.slice(first, first + framesPerRiff);
    const before = first === 0 ? head : zeros(0);
    // RIFF header, what is before movi, its own header.
    let next = at + 12 + before.length + 12;
    const movi: Uint8Array[] = [];
    const places: number[] = [];
    for (const frame of some) {
      const sound = shape.sound ? chunk("00wb", ascii("noise")) : zeros(0);
      const part = chunk(`${stream}dc`, frame);
      const listBytes = shape.lists ? 12 : 0;
      places.push(next + listBytes + sound.length);
      const both = join(sound, part);
      movi.push(shape.lists ? chunk("LIST", ascii("rec "), both) : both);
      next += movi.at(-1)!.length;
    }
    if (index === "opendml") {
      const ix = indexOfChunks(stream, places, some);
      ixPlaces.push([next, ix.length, some.length]);
      movi.push(ix);
      next += ix.length;
    }
    chunks.push(...places);
    const moviAt = at + 12 + before.length;
    const tail = index.startsWith("idx1") && first === 0
      ? oldIndex(stream, places, some, index === "idx1" ? moviAt + 8 : 0)
      : zeros(0);
    const list = sized(chunk("LIST", ascii("movi"), ...movi), shape.interrupted);
    const riff = chunk("RIFF", ascii(first === 0 ? "AVI " : "AVIX"), before, list, tail);
    riffs.push(sized(riff, shape.interrupted));
    at += riff.length;
  }
  const bytes = join(...riffs);
  if (index === "opendml") bytes.set(header(frames.length, shape, ixPlaces), 12);
  return { bytes, chunks };
}

/** With the size that is written before the end is known. */
function sized(bytes: Uint8Array, interrupted = false): Uint8Array {
  if (interrupted) bytes.set(u32le(0), 4);
  return bytes;
}

function header(
  count: number,
  { rate = 25, scale = 1, codec = "MJPG", sound = false, index }: AviShape,
  parts: readonly [number, number, number][],
): Uint8Array {
  const main = chunk(
    "avih",
    u32le(Math.round(1e6 * scale / rate), 0, 0, 0x10, count, 0, sound ? 2 : 1, 0),
    u32le(64, 48, 0, 0, 0, 0),
  );
  const streamHeader = (type: string, handler: string): Uint8Array =>
    chunk(
      "strh",
      ascii(type),
      ascii(handler),
      u32le(0, 0, 0, scale, rate, 0, count, 0, 0, 0),
      u16le(0, 0, 64, 48),
    );
  const format = chunk(
    "strf",
    u32le(40, 64, 48),
    u16le(1, 24),
    ascii(codec),
    u32le(9216, 0, 0, 0, 0),
  );
  const superIndex = index === "opendml"
    ? chunk(
      "indx",
      u16le(4),
      Uint8Array.of(0, 0),
      u32le(parts.length),
      ascii(sound ? "01dc" : "00dc"),
      zeros(12),
      ...parts.map(([at, size, frames]) => join(u64le(at), u32le(size, frames))),
      zeros(16 * (PARTS - parts.length)),
    )
    : zeros(0);
  const lists = [
    ...(sound
      ? [chunk("LIST", ascii("strl"), streamHeader("auds", "\0\0\0\0"), chunk("strf", zeros(16)))]
      : []),
    chunk("LIST", ascii("strl"), streamHeader("vids", codec), format, superIndex),
  ];
  return join(chunk("LIST", ascii("hdrl"), main, ...lists), chunk("JUNK", zeros(7)));
}

/** Offsets lead to the data, from a base that is not 0. */
function indexOfChunks(
  stream: string,
  places: readonly number[],
  frames: readonly Uint8Array[],
): Uint8Array {
  const base = places[0] ?? 0;
  const entries = places.map((at, i) => u32le(at + 8 - base, frames[i]!.length));
  const head = join(
    u16le(2),
    Uint8Array.of(0, 1),
    u32le(places.length),
    ascii(`${stream}dc`),
    u64le(base),
    u32le(0),
  );
  if (head.length + 8 !== IX_HEAD_BYTES) throw new Error("An index's head has 32 bytes");
  return chunk(`ix${stream}`, head, ...entries);
}

function oldIndex(
  stream: string,
  places: readonly number[],
  frames: readonly Uint8Array[],
  base: number,
): Uint8Array {
  const entries = places.map((at, i) =>
    join(ascii(`${stream}dc`), u32le(0x10, at - base, frames[i]!.length))
  );
  return chunk("idx1", ...entries);
}
