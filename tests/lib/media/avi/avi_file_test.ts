import { MAX_HEADER_CHUNKS, MAX_STREAMS } from "../../../../lib/media/avi/avi_header.ts";
import { isAviFile, openAviFile } from "../../../../lib/media/avi/avi_file.ts";
import { MAX_OTHER_CHUNKS } from "../../../../lib/media/avi/movi_walk.ts";
import { type ByteSource, MemoryBytes } from "../../../../lib/media/byte_source.ts";
import { MAX_JPEG_BYTES } from "../../../../lib/media/jpeg_end.ts";
import { FrameDamagedError, type FrameFault } from "../../../../lib/stream/frame_source.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";
import { aviFile, type AviShape } from "../../../support/avi_bytes.ts";
import { chunk, join, u32le, zeros } from "../../../support/file_bytes.ts";
import { hex } from "../../../support/golden.ts";
import { ascii } from "../../../support/split.ts";
import { allFrames, CountingBytes, tinyJpeg, tinyJpegs } from "../frames.ts";

const EMPTY = new Uint8Array(0);
const FRAMES: Uint8Array[] = tinyJpegs(6);

function fault(frame: number, position: number, problem: string, recovered = false): FrameFault {
  return { frame, position, problem, recovered };
}

for (const index of ["idx1", "opendml", "none"] as const) {
  Deno.test(`an empty chunk shows the frame before once more, the same object: ${index}`, async () => {
    const [a, b] = FRAMES as [Uint8Array, Uint8Array];
    const { bytes } = aviFile([a, EMPTY, EMPTY, b, EMPTY], { index });
    const source = openAviFile(new MemoryBytes(bytes));
    const frames = await allFrames(source);
    assertEquals(frames, [a, a, a, b, b]);
    assert(frames[0] === frames[1] && frames[1] === frames[2], "made into packets once");
    assertEquals(source.faults, []);
  });

  Deno.test(`an empty chunk before all frames repeats nothing, and is told: ${index}`, async () => {
    const { bytes, chunks } = aviFile([EMPTY, FRAMES[0]!], { index });
    const source = openAviFile(new MemoryBytes(bytes));
    assertEquals(await allFrames(source), [FRAMES[0]!]);
    const problem = "An empty frame repeats the one before, and there is none";
    assertEquals(source.faults, [fault(1, chunks[0]! + 8, problem)]);
  });
}

Deno.test("the rate is the video's own", async () => {
  const rows: [AviShape, number | undefined][] = [
    [{ rate: 30000, scale: 1001 }, 30000 / 1001],
    [{ rate: 1, scale: 2, sound: true }, 0.5],
    [{ rate: 1000 }, 1000],
    // No rate that can be, so what the main header has, or nothing.
    [{ rate: 90_000 }, undefined],
    [{ rate: 25, scale: 0 }, undefined],
  ];
  for (const [shape, fps] of rows) {
    const source = openAviFile(new MemoryBytes(aviFile(FRAMES, shape).bytes));
    await source.frame(0);
    assertEquals(source.frameRate, fps);
  }
});

Deno.test("the fourcc of any Motion JPEG is taken, in any case of letters", async () => {
  for (const codec of ["MJPG", "mjpg", "jpeg", "dmb1", "AVRn", "ADJV"]) {
    const source = openAviFile(new MemoryBytes(aviFile(FRAMES, { codec }).bytes));
    assertEquals((await allFrames(source)).length, 6, codec);
  }
});

/** Files of which no frame comes, and why. */
const REFUSED: { name: string; file: Uint8Array; fault: FrameFault }[] = [
  {
    name: "another codec",
    file: aviFile(FRAMES, { codec: "H264" }).bytes,
    fault: fault(1, 12, 'AVI header: The video is "H264", which is no Motion JPEG'),
  },
  {
    name: "no video",
    file: join(ascii("RIFF\0\0\0\0AVI "), chunk("LIST", ascii("movi"))),
    fault: fault(1, 12, "AVI header: Has no video"),
  },
  {
    name: "too many chunks before the frames",
    file: join(ascii("RIFF\0\0\0\0AVI "), zeroSizes("JUNK", MAX_HEADER_CHUNKS)),
    fault: fault(
      1,
      12 + 8 * MAX_HEADER_CHUNKS,
      `AVI header: Has more than ${MAX_HEADER_CHUNKS} chunks`,
    ),
  },
  {
    name: "too many streams",
    file: join(
      ascii("RIFF\0\0\0\0AVI "),
      ...Array(MAX_STREAMS + 1).fill(chunk("LIST", ascii("strl"))),
    ),
    fault: fault(
      1,
      12 + 12 * MAX_STREAMS,
      `AVI header: Has more than ${MAX_STREAMS} streams`,
    ),
  },
  {
    name: "nothing behind the first header",
    file: ascii("RIFF\0\0\0\0AVI "),
    fault: fault(1, 12, "AVI header: No chunk begins here"),
  },
  {
    name: "frames that are no JPEG, by its index",
    file: aviFile([ascii("hello"), ascii("world")]).bytes,
    fault: fault(
      1,
      aviFile([ascii("hello")]).chunks[0]!,
      "The 5 bytes of the frame are no JPEG",
    ),
  },
];

function zeroSizes(id: string, count: number): Uint8Array {
  return join(...Array(count).fill(chunk(id)));
}

for (const { name, file, fault } of REFUSED) {
  Deno.test(`an AVI file with no frames to show says why: ${name}`, async () => {
    const source = openAviFile(new MemoryBytes(file));
    assertEquals(await source.frameCount(), 0);
    assertEquals(source.faults[0], fault);
  });
}

Deno.test("as many streams as two digits can tell apart are read", async () => {
  const { bytes } = aviFile(FRAMES, { index: "none" });
  const others = Array(MAX_STREAMS - 1).fill(chunk("LIST", ascii("strl")));
  const file = join(bytes.subarray(0, 12), ...others, bytes.subarray(12));
  // The video's chunks are numbered 99 then.
  for (let at = file.length - 4; at >= 0; at--) {
    const id = String.fromCharCode(...file.subarray(at, at + 4));
    if (id === "00dc") file.set(ascii("99"), at);
  }
  assertEquals(await allFrames(openAviFile(new MemoryBytes(file))), FRAMES);
});

/** What happens to the file, and which frames are left. */
const DAMAGED: {
  name: string;
  index: NonNullable<AviShape["index"]>;
  damage: (file: Uint8Array, chunks: readonly number[]) => void;
  left: number[];
  faults: number;
}[] = [
  {
    name: "idx1 leads elsewhere: the chunks are found without it",
    index: "idx1",
    damage: (file) => file.set(u32le(77), file.length - 6 * 16 + 8),
    left: [0, 1, 2, 3, 4, 5],
    faults: 0,
  },
  {
    name: "the index of indexes leads elsewhere",
    index: "opendml",
    damage: (file) => {
      const at = find(file, "indx") + 8 + 24;
      file.set(u32le(5), at);
    },
    left: [0, 1, 2, 3, 4, 5],
    faults: 0,
  },
  {
    name: "the index of indexes leads far past the end",
    index: "opendml",
    damage: (file) => file.fill(0xff, find(file, "indx") + 8 + 24, find(file, "indx") + 8 + 32),
    left: [0, 1, 2, 3, 4, 5],
    faults: 0,
  },
  {
    name: "the identifier of a chunk is damaged",
    index: "none",
    damage: (file, chunks) => file.set([0, 1, 2, 3], chunks[2]),
    left: [0, 1, 3, 4, 5],
    faults: 1,
  },
  {
    name: "the size of a chunk is too large",
    index: "none",
    damage: (file, chunks) => file.set(u32le(0x7fff_ffff), chunks[2]! + 4),
    left: [0, 1, 3, 4, 5],
    faults: 1,
  },
  {
    name: "the size of a chunk leads into the next one",
    index: "none",
    damage: (file, chunks) => file.set(u32le(70), chunks[2]! + 4),
    left: [0, 1, 3, 4, 5],
    faults: 1,
  },
  {
    name: "the size of a chunk is too small: the frame goes on to the next one",
    index: "none",
    damage: (file, chunks) => file.set(u32le(30), chunks[2]! + 4),
    left: [0, 1, 2, 3, 4, 5],
    faults: 1,
  },
  {
    name: "a frame is overwritten",
    index: "none",
    damage: (file, chunks) => file.fill(0x20, chunks[2]! + 8, chunks[2]! + 30),
    left: [0, 1, 3, 4, 5],
    faults: 1,
  },
];

for (const { name, index, damage, left, faults } of DAMAGED) {
  Deno.test(`good frames of a damaged AVI file play: ${name}`, async () => {
    for (const windowBytes of [32, 100, 100_000]) {
      const { bytes, chunks } = aviFile(FRAMES, { index });
      damage(bytes, chunks);
      const source = openAviFile(new MemoryBytes(bytes), { windowBytes });
      assertEquals(await allFrames(source), left.map((i) => FRAMES[i]!));
      assertEquals(source.faults.length, faults, JSON.stringify(source.faults));
      if (faults > 0) assertEquals(source.faults[0]!.frame, 3);
    }
  });
}

function find(file: Uint8Array, id: string): number {
  const at = file.findIndex((_, i) => String.fromCharCode(...file.subarray(i, i + 4)) === id);
  assert(at >= 0);
  return at;
}

Deno.test("a frame that the index places past the end is told, and the others play", async () => {
  const { bytes, chunks } = aviFile(FRAMES, { index: "idx1" });
  bytes.set(u32le(0x7fff_ffff), bytes.length - 3 * 16 + 12);
  const source = openAviFile(new MemoryBytes(bytes));
  assertEquals(await allFrames(source), FRAMES.filter((_, i) => i !== 3));
  const left = bytes.length - chunks[3]! - 8;
  assertEquals(source.faults, [
    fault(
      4,
      chunks[3]! + 8,
      `The frame has ${0x7fff_ffff} bytes, only ${left} are left in the file`,
    ),
  ]);
});

Deno.test("a frame that the index has and that is no JPEG is told when it is asked for", async () => {
  const { bytes, chunks } = aviFile(FRAMES, { index: "idx1" });
  bytes.fill(0, chunks[3]! + 8, chunks[3]! + 20);
  const source = openAviFile(new MemoryBytes(bytes));
  assertEquals(await source.frameCount(), 6);
  const error = await assertRejects(async () => await source.frame(3), FrameDamagedError);
  assertEquals([error.frame, error.position], [4, chunks[3]! + 8]);
  assertEquals(error.problem, "The frame is no JPEG");
  assertEquals(await source.frame(4), FRAMES[4]);
});

/** Bytes in memory that are read as those of a file are: not from before the beginning. */
class FileLike extends MemoryBytes {
  override read(at: number, length: number): Uint8Array {
    if (at < 0) throw new Deno.errors.InvalidData(`Invalid argument: ${at}`);
    return super.read(at, length);
  }
}

Deno.test("an index that leads before the beginning of the file is not believed", async () => {
  const { bytes } = aviFile(FRAMES, { index: "opendml" });
  const index = find(bytes, "ix00") + 8;
  bytes.fill(0, index + 12, index + 20);
  bytes.set(u32le(3), index + 24);
  assertEquals(await allFrames(openAviFile(new FileLike(bytes))), FRAMES);
});

/** A file of 5000 frames of almost 1 MB in RIFFs of 1000, that exists only where it is looked at. */
class Sparse implements ByteSource {
  static readonly FRAME = tinyJpeg(3, 998_000);
  readonly size: number;
  bytesRead = 0;
  reads = 0;

  constructor(readonly parts: ReadonlyMap<number, Uint8Array>, size: number) {
    this.size = size;
  }

  read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - at)));
    this.reads++;
    this.bytesRead += bytes.length;
    for (const [start, part] of this.parts) {
      if (start >= at + length || start + part.length <= at) continue;
      const from = Math.max(start, at);
      const to = Math.min(start + part.length, at + bytes.length);
      bytes.set(part.subarray(from - start, to - start), from - at);
    }
    return bytes;
  }

  close(): void {}
}

/** Spreads a small file's frames out to almost 1 MB each; sizes of lists stay wrong, as they do. */
function spread(index: boolean): Sparse {
  const count = 5000;
  const small = aviFile([EMPTY], { index: index ? "opendml" : "none" });
  const begin = small.chunks[0]!;
  const head = small.bytes.slice(0, begin);
  const stride = 8 + Sparse.FRAME.length;
  const parts = new Map<number, Uint8Array>([[0, head]]);
  const header = join(ascii("00dc"), u32le(Sparse.FRAME.length));
  // Only every thousandth frame has its picture; the others begin like one.
  for (let i = 0; i < count; i++) {
    const frame = i % 1000 === 0 ? Sparse.FRAME : Sparse.FRAME.subarray(0, 3);
    parts.set(begin + i * stride, join(header, frame));
  }
  const end = begin + count * stride;
  if (!index) return new Sparse(parts, end);
  const ixs: Uint8Array[] = [];
  for (let first = 0; first < count; first += 1000) {
    const base = begin + first * stride;
    const entries = Array.from({ length: 1000 }, (_, i) => [i * stride + 8, Sparse.FRAME.length]);
    const head = join(hex`02 00 00 01`, u32le(1000), ascii("00dc"));
    const baseBytes = u32le(base % 2 ** 32, Math.floor(base / 2 ** 32), 0);
    ixs.push(chunk("ix00", head, baseBytes, u32le(...entries.flat())));
  }
  let at = end;
  const superIndex = find(head, "indx") + 8;
  head.set(u32le(ixs.length), superIndex + 4);
  ixs.forEach((ix, i) => {
    const entry = u32le(at % 2 ** 32, Math.floor(at / 2 ** 32), ix.length, 1000);
    head.set(entry, superIndex + 24 + 16 * i);
    parts.set(at, ix);
    at += ix.length;
  });
  return new Sparse(parts, at);
}

for (const index of [true, false]) {
  const kind = index ? "with an index" : "without index";
  Deno.test(`the first frame of an AVI file beyond 4 GiB ${kind} needs little more than itself`, async () => {
    const bytes = spread(index);
    assert(bytes.size > 2 ** 32);
    const source = openAviFile(bytes);
    assertEquals(await source.frame(0), Sparse.FRAME);
    const more = bytes.bytesRead - Sparse.FRAME.length;
    assert(more < 3 * 256 * 1024, `${more} bytes more than the frame`);
    assert(bytes.reads < 10, `${bytes.reads} reads`);
    bytes.bytesRead = 0;
    assertEquals(await source.frameCount(), 5000);
    assert(bytes.bytesRead < 5000 * 4096 + 5 * 256 * 1024, `${bytes.bytesRead} bytes for the rest`);
    assertEquals(await source.frame(4000), Sparse.FRAME);
    assertEquals(source.faults, []);
  });
}

Deno.test("a frame longer than a JPEG may be is not read", async () => {
  const { bytes, chunks } = aviFile([FRAMES[0]!], { index: "none" });
  const long = chunk("00dc", FRAMES[1]!);
  long.set(u32le(MAX_JPEG_BYTES + 1), 4);
  const behind = bytes.length + 8 + MAX_JPEG_BYTES + 2;
  const parts = new Map([[0, bytes], [bytes.length, long], [behind, chunk("00dc", FRAMES[2]!)]]);
  const source = openAviFile(new Sparse(parts, behind + 8 + FRAMES[2]!.length));
  assertEquals(await allFrames(source), [FRAMES[0]!, FRAMES[2]!]);
  assertEquals(source.faults[0]?.position, bytes.length + 8);
  assert(chunks.length === 1);
});

Deno.test("chunks without end that are no frames are given up", async () => {
  const { bytes } = aviFile([FRAMES[0]!], { index: "none" });
  for (const [others, count] of [[MAX_OTHER_CHUNKS, 2], [MAX_OTHER_CHUNKS + 1, 1]] as const) {
    const file = join(bytes, zeroSizes("00wb", others), chunk("00dc", FRAMES[1]!));
    assertEquals((await allFrames(openAviFile(new MemoryBytes(file)))).length, count);
  }
});

Deno.test("an index of indexes that names one part again and again ends", async () => {
  const { bytes } = aviFile(FRAMES, { index: "opendml" });
  const at = find(bytes, "indx") + 8;
  bytes.set(u32le(8), at + 4);
  for (let i = 1; i < 8; i++) bytes.copyWithin(at + 24 + 16 * i, at + 24, at + 40);
  const counting = new CountingBytes(new MemoryBytes(bytes));
  assertEquals(await openAviFile(counting).frameCount(), 8 * 6);
});

Deno.test("AVI files are told by how they begin", () => {
  assertEquals(isAviFile(aviFile(FRAMES).bytes), true);
  assertEquals(isAviFile(ascii("RIFF\0\0\0\0WAVE")), false);
  assertEquals(isAviFile(zeros(3)), false);
});
