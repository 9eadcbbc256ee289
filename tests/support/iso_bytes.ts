// MOV and MP4 files, put together by hand from ISO/IEC 14496-12.
import { box, fullBox, join, u16be, u32be, u64be, zeros } from "./file_bytes.ts";
import { ascii } from "./split.ts";

/** What a MOV or MP4 file is like. */
export interface IsoShape {
  /** Where the `moov` box is, or that samples are in fragments; default `"end"`. */
  movie?: "front" | "end" | "fragments";
  /** Type of the sample entry, default `jpeg`; `mp4v` has an `esds` that says JPEG. */
  codec?: string;
  /** objectTypeIndication of `mp4v`, default JPEG. */
  objectType?: number;
  /** Samples in each chunk, in turn; default 2, then 3, and so on. */
  perChunk?: readonly number[];
  /** Offsets of 64 bits. */
  largeOffsets?: boolean;
  /** Sizes of 16 bits. */
  compactSizes?: boolean;
  /** `stts`: how many samples last how long; default all 20 units. */
  times?: readonly (readonly [count: number, delta: number])[];
  /** Units a second; default 500. */
  timescale?: number;
  /** `elst`: media time of each edit. */
  edits?: readonly number[];
  /** A track of sound before the video's. */
  sound?: boolean;
}

const PER_CHUNK = [2, 3];
const DURATION = 20;
const OBJECT_TYPE_JPEG = 0x6c;

/** A file of these frames. */
export function isoFile(
  frames: readonly Uint8Array[],
  shape: IsoShape = {},
): Uint8Array<ArrayBuffer> {
  const type = box("ftyp", ascii("qt  "), u32be(0), ascii("qt  "));
  if (shape.movie === "fragments") return fragmented(frames, type, shape);
  const data = box("mdat", ...frames);
  if (shape.movie !== "front") {
    const movie = movieBox(frames, shape, type.length + 8);
    return join(type, data, movie);
  }
  const length = movieBox(frames, shape, 0).length;
  return join(type, movieBox(frames, shape, type.length + length + 8), data);
}

/** @param from offset of the first frame */
function movieBox(frames: readonly Uint8Array[], shape: IsoShape, from: number): Uint8Array {
  const { perChunk = PER_CHUNK } = shape;
  const offsets: number[] = [];
  const runs: Uint8Array[] = [];
  let at = from;
  for (let first = 0; first < frames.length;) {
    const count = perChunk[offsets.length % perChunk.length]!;
    const some = frames.slice(first, first + count);
    offsets.push(at);
    runs.push(u32be(offsets.length, some.length, 1));
    at += some.reduce((sum, { length }) => sum + length, 0);
    first += count;
  }
  const { times = [[frames.length, DURATION]], largeOffsets, compactSizes } = shape;
  const sizes = frames.map(({ length }) => length);
  return movieAround(shape, [
    fullBox("stts", 0, u32be(times.length), ...times.map((entry) => u32be(...entry))),
    fullBox("stsc", 0, u32be(runs.length), ...runs),
    compactSizes
      ? fullBox("stz2", 0, u32be(16, sizes.length), u16be(...sizes))
      : fullBox("stsz", 0, u32be(0, sizes.length), u32be(...sizes)),
    largeOffsets
      ? fullBox("co64", 0, u32be(offsets.length), u64be(...offsets))
      : fullBox("stco", 0, u32be(offsets.length), u32be(...offsets)),
  ]);
}

function movieAround(shape: IsoShape, tables: Uint8Array[]): Uint8Array {
  const { edits, sound } = shape;
  return box(
    "moov",
    fullBox("mvhd", 0, zeros(96)),
    ...(sound ? [track(1, "soun", shape, [], undefined)] : []),
    track(2, "vide", shape, tables, edits),
    ...(shape.movie === "fragments"
      ? [box("mvex", fullBox("trex", 0, u32be(2, 1, DURATION, 0, 0)))]
      : []),
  );
}

function track(
  id: number,
  handler: string,
  { codec = "jpeg", objectType = OBJECT_TYPE_JPEG, timescale = 500 }: IsoShape,
  tables: Uint8Array[],
  edits: readonly number[] | undefined,
): Uint8Array {
  const inside = codec === "mp4v" ? [descriptors(objectType)] : [];
  const fields = join(zeros(6), u16be(1), zeros(16), u16be(64, 48), zeros(50));
  return box(
    "trak",
    fullBox("tkhd", 3, u32be(0, 0, id, 0, 0), zeros(60)),
    ...(edits === undefined ? [] : [box(
      "edts",
      fullBox("elst", 0, u32be(edits.length), ...edits.map((time) => u32be(0, time, 0x1_0000))),
    )]),
    box(
      "mdia",
      fullBox("mdhd", 0, u32be(0, 0, timescale, 0), zeros(4)),
      fullBox("hdlr", 0, u32be(0), ascii(handler), zeros(13)),
      box(
        "minf",
        box("stbl", fullBox("stsd", 0, u32be(1), box(codec, fields, ...inside)), ...tables),
      ),
    ),
  );
}

/** ES_Descriptor with a DecoderConfigDescriptor in it; lengths of four bytes, as ffmpeg has them. */
function descriptors(objectType: number): Uint8Array {
  const length = (count: number): number[] => [0x80, 0x80, 0x80, count];
  return fullBox(
    "esds",
    0,
    Uint8Array.of(0x03, ...length(23), 0, 1, 0),
    Uint8Array.of(0x04, ...length(13), objectType, 0x11),
    zeros(11),
  );
}

/** Each chunk's frames in a fragment of their own: runs with sizes, or of one frame with a default. */
function fragmented(
  frames: readonly Uint8Array[],
  type: Uint8Array,
  shape: IsoShape,
): Uint8Array<ArrayBuffer> {
  const empty = [
    fullBox("stts", 0, u32be(0)),
    fullBox("stsc", 0, u32be(0)),
    fullBox("stsz", 0, u32be(0, 0)),
    fullBox("stco", 0, u32be(0)),
  ];
  const parts = [type, movieAround(shape, empty)];
  const { perChunk = PER_CHUNK } = shape;
  for (let first = 0, turn = 0; first < frames.length; turn++) {
    const count = perChunk[turn % perChunk.length]!;
    const some = frames.slice(first, first + count);
    first += count;
    const length = fragment(some, 0).length;
    parts.push(fragment(some, length + 8), box("mdat", ...some));
  }
  return join(...parts);
}

/** @param offset from the beginning of the fragment to its first frame */
function fragment(frames: readonly Uint8Array[], offset: number): Uint8Array {
  const sizes = frames.map(({ length }) => u32be(length));
  const single = frames.length === 1;
  return box(
    "moof",
    fullBox("mfhd", 0, u32be(1)),
    box(
      "traf",
      single
        ? fullBox("tfhd", 0x02_0010, u32be(2), sizes[0]!)
        : fullBox("tfhd", 0x02_0000, u32be(2)),
      single
        ? fullBox("trun", 0x01, u32be(1, offset))
        : fullBox("trun", 0x201, u32be(frames.length, offset), ...sizes),
    ),
  );
}
