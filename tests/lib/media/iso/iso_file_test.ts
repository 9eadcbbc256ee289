import { MemoryBytes } from "../../../../lib/media/byte_source.ts";
import { MAX_BOXES } from "../../../../lib/media/iso/box.ts";
import { MAX_IDLE_BOXES } from "../../../../lib/media/iso/fragments.ts";
import { isIsoFile, openIsoFile } from "../../../../lib/media/iso/iso_file.ts";
import { MIN_BYTES_A_FRAME } from "../../../../lib/media/frame_scanner.ts";
import { MAX_TRACKS } from "../../../../lib/media/iso/movie.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { box, fullBox, join, u32be, u64be, zeros } from "../../../support/file_bytes.ts";
import { isoFile, type IsoShape } from "../../../support/iso_bytes.ts";
import { ascii } from "../../../support/split.ts";
import { allFrames, CountingBytes, tinyJpegs } from "../frames.ts";

const FRAMES: Uint8Array[] = tinyJpegs(6);

/** Where a box begins in a file. */
function find(file: Uint8Array, type: string): number {
  const at = file.findIndex((_, i) => String.fromCharCode(...file.subarray(i, i + 4)) === type);
  assert(at >= 4, `no ${type}`);
  return at - 4;
}

/** The file with a box changed: `bytes` put `offset` bytes behind its beginning. */
function changed(shape: IsoShape, type: string, offset: number, bytes: Uint8Array): Uint8Array {
  const file = isoFile(FRAMES, shape);
  file.set(bytes, find(file, type) + offset);
  return file;
}

const UNEVEN = "Frames last differently long; they are shown at their average rate";

Deno.test("the frame rate is how long samples last", async () => {
  const rows: [IsoShape, number | undefined, string | undefined][] = [
    [{ times: [[6, 1001]], timescale: 30000 }, 30000 / 1001, undefined],
    [{ times: [[5, 20], [1, 7]] }, 25, undefined],
    [{ times: [[3, 20], [2, 20], [1, 0]] }, 25, undefined],
    [{ times: [[3, 20], [3, 60]] }, 500 * 6 / 240, UNEVEN],
    [{ times: [[3, 20], [2, 60], [1, 0]] }, 500 * 6 / 180, UNEVEN],
    [{ times: [[1, 0], [5, 20]] }, 500 * 6 / 100, UNEVEN],
    [{ times: [[6, 0]] }, undefined, undefined],
    [{ times: [] }, undefined, undefined],
    [{ timescale: 0 }, undefined, undefined],
    [{ times: [[6, 1]], timescale: 90_000 }, undefined, undefined],
  ];
  for (const [shape, fps, note] of rows) {
    const source = openIsoFile(new MemoryBytes(isoFile(FRAMES, shape)));
    assertEquals(await allFrames(source), FRAMES, JSON.stringify(shape));
    assertEquals(source.frameRate, fps, JSON.stringify(shape));
    assertEquals(source.faults[0]?.problem, note);
    assertEquals(source.faults[0]?.recovered, note === undefined ? undefined : true);
  }
});

Deno.test("an edit list is not followed, which is noted when it says anything", async () => {
  const problem = "The edit list is not followed; every frame is shown, in order";
  for (
    const [edits, noted] of [[[0], false], [[40], true], [[0, 60], true], [[], false]] as const
  ) {
    const file = isoFile(FRAMES, { edits });
    const source = openIsoFile(new MemoryBytes(file));
    assertEquals(await allFrames(source), FRAMES);
    const expected = { frame: 1, position: find(file, "elst"), problem, recovered: true };
    assertEquals(source.faults, noted ? [expected] : []);
  }
});

Deno.test("an empty sample shows the frame before once more", async () => {
  const [a, b] = FRAMES as [Uint8Array, Uint8Array];
  const source = openIsoFile(new MemoryBytes(isoFile([a, zeros(0), b])));
  assertEquals(await allFrames(source), [a, a, b]);
});

const BROKEN: { name: string; file: Uint8Array; position?: number; problem: string }[] = [
  {
    name: "H.264",
    file: isoFile(FRAMES, { codec: "avc1" }),
    problem: 'stsd: The video is "avc1", which is no Motion JPEG',
  },
  {
    name: "MPEG-4 that is no JPEG",
    file: isoFile(FRAMES, { codec: "mp4v", objectType: 0x20 }),
    problem: 'stsd: The video is "mp4v", which is no Motion JPEG',
  },
  {
    name: "no video",
    file: box("moov", fullBox("mvhd", 0, zeros(96))),
    position: 0,
    problem: "moov: Has no video track",
  },
  {
    name: "a compressed movie",
    file: box("moov", box("cmov", zeros(20))),
    position: 8,
    problem: "moov: Is compressed (cmov)",
  },
  {
    name: "an interrupted recording",
    file: isoFile(FRAMES).subarray(0, find(isoFile(FRAMES), "mdat")),
    position: find(isoFile(FRAMES), "mdat"),
    problem: "MOV or MP4: Has no moov box, which is written last: the recording was interrupted",
  },
  {
    name: "a box smaller than its header",
    file: join(box("free"), u32be(7), ascii("moov")),
    position: 8,
    problem: 'box: "moov" states a size of 7 bytes',
  },
  {
    name: "a box of 64 bits smaller than its header",
    file: join(u32be(1), ascii("free"), u64be(15)),
    position: 0,
    problem: 'box: "free" states a size of 15 bytes',
  },
  {
    name: "boxes side by side without end",
    file: join(...Array(MAX_BOXES + 1).fill(box("free"))),
    position: 8 * MAX_BOXES,
    problem: `box: More than ${MAX_BOXES} boxes side by side`,
  },
  {
    name: "too many tracks",
    file: box("moov", ...Array(MAX_TRACKS + 1).fill(box("trak"))),
    position: 8 + 8 * MAX_TRACKS,
    problem: `moov: Has more than ${MAX_TRACKS} tracks`,
  },
  {
    name: "more sizes than there is room for",
    file: changed({}, "stsz", 16, u32be(7)),
    problem: "stsz: States 7 entries, with room for 6",
  },
  {
    name: "as many chunks as a number can say",
    file: changed({}, "stco", 12, u32be(0xffff_ffff)),
    problem: "stco: States 4294967295 entries, with room for 3",
  },
  {
    name: "sizes that no JPEG has",
    file: changed({ compactSizes: true }, "stz2", 15, Uint8Array.of(8)),
    problem: "stz2: Has sizes of 8 bits, too few for a JPEG",
  },
  {
    name: "no sample entry",
    file: changed({}, "stsd", 16, u32be(0xffff)),
    problem: "stsd: Has no sample entry",
  },
  {
    name: "no table of sizes",
    file: changed({}, "stsz", 4, ascii("free")),
    problem: "stbl: Has no stsz box",
  },
];

for (const { name, file, position, problem } of BROKEN) {
  Deno.test(`a file with no frames to show says why: ${name}`, async () => {
    const source = openIsoFile(new MemoryBytes(file));
    assertEquals(await source.frameCount(), 0);
    const [fault] = source.faults;
    assertEquals([fault?.problem, fault?.recovered], [problem, false]);
    if (position !== undefined) assertEquals(fault?.position, position);
  });
}

Deno.test("an interrupted recording shows the JPEGs that are there", async () => {
  const whole = isoFile(FRAMES, { sound: true });
  const all = openIsoFile(new MemoryBytes(whole));
  assertEquals(await all.frameCount(), FRAMES.length);
  for (let end = find(whole, "mdat") + 8; end < find(whole, "moov"); end += 7) {
    const source = openIsoFile(new MemoryBytes(whole.subarray(0, end)), { windowBytes: 32 });
    const there = FRAMES.filter((jpeg, i) => all.position!(i)! + jpeg.length <= end);
    assertEquals(await allFrames(source), there);
    const [fault] = source.faults;
    assertMatch(fault!.problem, /Has no moov box.*; every JPEG in the file is shown$/);
    assertEquals([fault!.recovered, fault!.position], [true, end]);
    assertEquals(source.frameRate, undefined);
  }
});

Deno.test("as many boxes and tracks as are allowed are read", async () => {
  const file = isoFile(FRAMES, { movie: "front" });
  const boxes = join(...Array(MAX_BOXES - 2).fill(box("free")));
  // Offsets of the frames move with what is put before them.
  const moved = find(file, "stco") + 16;
  const view = new DataView(file.buffer);
  for (let i = 0; i < 3; i++) {
    view.setUint32(moved + 4 * i, view.getUint32(moved + 4 * i) + boxes.length);
  }
  assertEquals(await allFrames(openIsoFile(new MemoryBytes(join(boxes, file)))), FRAMES);
  const tracks = Array(MAX_TRACKS - 1).fill(box("trak"));
  const movieAt = find(isoFile(FRAMES), "moov");
  const end = isoFile(FRAMES);
  const movie = box("moov", ...tracks, end.subarray(movieAt + 8));
  const many = join(end.subarray(0, movieAt), movie);
  assertEquals(await allFrames(openIsoFile(new MemoryBytes(many))), FRAMES);
});

Deno.test("boxes behind a fragmented movie that are no fragments are given up", async () => {
  const file = isoFile(FRAMES, { movie: "fragments" });
  const from = find(file, "moof");
  for (const [idle, count] of [[MAX_IDLE_BOXES - 1, 6], [MAX_IDLE_BOXES, 0]] as const) {
    const between = join(...Array(idle).fill(box("free")));
    const long = join(file.subarray(0, from), between, file.subarray(from));
    assertEquals(await openIsoFile(new MemoryBytes(long)).frameCount(), count);
  }
});

Deno.test("samples of one size for all, more than there are bytes, end with the file", async () => {
  const file = changed({}, "stsz", 12, u32be(53, 0xffff_ffff));
  const at = find(file, "stsc");
  // Every chunk says that it has as many as a number can say.
  file.set(u32be(0xffff_ffff), at + 16 + 4);
  const bytes = new CountingBytes(new MemoryBytes(file));
  const source = openIsoFile(bytes);
  assert(await source.frameCount() < file.length);
  assert(source.faults.length > 0);
  assert(bytes.reads < 50);
});

Deno.test("a run of empty samples without end is given up when the file has no room for it", async () => {
  const file = isoFile(FRAMES, { movie: "fragments", perChunk: [5, 1] });
  const second = file.findLastIndex((_, i) => {
    return String.fromCharCode(...file.subarray(i, i + 4)) === "trun";
  });
  // The run of one sample with a size by default: without a size, and as often as a number can say.
  file.set(u32be(0xffff_ffff), second + 8);
  const header = file.findLastIndex((_, i) => {
    return String.fromCharCode(...file.subarray(i, i + 4)) === "tfhd";
  });
  file.set(u32be(0), header + 12);
  const source = openIsoFile(new MemoryBytes(file));
  const most = Math.floor(file.length / MIN_BYTES_A_FRAME) + 1;
  assertEquals(await source.frameCount(), most);
  assertEquals(await source.frame(most - 1), FRAMES[4]);
  assertEquals(source.faults.map(({ frame, problem }) => [frame, problem]), [
    [most + 1, `An index states more frames than ${file.length} bytes have room for`],
  ]);
});

Deno.test("samples that lie outside the file are told, and the others play", async () => {
  const file = changed({}, "stco", 16 + 4, u32be(0xffff_fff0));
  const source = openIsoFile(new MemoryBytes(file));
  assertEquals(await allFrames(source), [FRAMES[0]!, FRAMES[1]!, FRAMES[5]!]);
  assertEquals(source.faults.map(({ frame, position }) => [frame, position]), [
    [3, 0xffff_fff0],
    [4, 0xffff_fff0 + FRAMES[2]!.length],
    [5, 0xffff_fff0 + FRAMES[2]!.length + FRAMES[3]!.length],
  ]);
});

Deno.test("a last box without a size goes on to the end of the file", async () => {
  const file = changed({}, "moov", 0, u32be(0));
  assertEquals(await allFrames(openIsoFile(new MemoryBytes(file))), FRAMES);
});

Deno.test("the first frame needs no more than the movie box and itself", async () => {
  const frames = tinyJpegs(500);
  const file = isoFile(frames, { movie: "front" });
  const bytes = new CountingBytes(new MemoryBytes(file));
  const source = openIsoFile(bytes, { windowBytes: 128 });
  assertEquals(await source.frame(0), frames[0]);
  assert(bytes.bytesRead < 4000, `read ${bytes.bytesRead} bytes of ${file.length}`);
});

Deno.test("MOV and MP4 files are told by how they begin", () => {
  for (const type of ["ftyp", "moov", "mdat", "wide"]) {
    assertEquals(isIsoFile(join(u32be(8), ascii(type))), true, type);
  }
  assertEquals(isIsoFile(ascii("12345678")), false);
  assertEquals(isIsoFile(zeros(5)), false);
});
