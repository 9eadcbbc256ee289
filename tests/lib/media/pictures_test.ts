import * as pngModule from "imagescript/png";
import { encodeJpeg } from "../../../lib/jpeg/encoder.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { FrameStore } from "../../../lib/media/frame_store.ts";
import { openMedia } from "../../../lib/media/open_media.ts";
import { PictureFolder } from "../../../lib/media/picture_folder.ts";
import { MAX_PICTURE_BYTES, PictureReader } from "../../../lib/media/picture_reader.ts";
import { checkPng, isPng, MAX_PNG_CHUNKS, MAX_PNG_INFLATED } from "../../../lib/media/png_check.ts";
import { PngStill } from "../../../lib/media/png_still.ts";
import { STILL_FRAME_RATE } from "../../../lib/media/still.ts";
import type { Transcoder } from "../../../lib/media/transcode/transcoder.ts";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  FrameDamagedError,
  type FrameSource,
  SourceClosedError,
} from "../../../lib/stream/frame_source.ts";
import { MediaUnreadableError } from "../../../lib/stream/media_provider.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { u32be, zeros } from "../../support/file_bytes.ts";
import { hex } from "../../support/golden.ts";
import { ascii } from "../../support/split.ts";
import { testPicture } from "../jpeg/pictures.ts";
import { CountingBytes, join, tinyJpeg } from "./frames.ts";

interface PngCodec {
  encode(
    pixels: Uint8Array,
    options: { width: number; height: number; channels: number },
  ): Uint8Array;
}
const codec = (pngModule as unknown as { default: PngCodec }).default;
const { width, height, data } = testPicture(48, 32, 0);
const PNG = codec.encode(Uint8Array.from(data), { width, height, channels: 4 });
const JPEG = encodeJpeg(testPicture(48, 32, 0));
/** Of the widest rows of four samples and a byte for the filter that are not too many bytes. */
const MOST_ROWS = Math.floor(MAX_PNG_INFLATED / (1 + 4 * width));

/** Answers at once, on this thread, with a JPEG of its own. */
function fakeTranscoder(log: string[]): Transcoder {
  return {
    crowded: false,
    transcode: ({ load }) => {
      log.push("transcode");
      const answer = async (): Promise<
        { jpeg: Uint8Array<ArrayBuffer>; steps: []; lossless: false }
      > => {
        await load();
        return { jpeg: JPEG, steps: [], lossless: false };
      };
      return { result: answer(), hurry(): void {} };
    },
    close: () => void log.push("close"),
  };
}

async function open(file: Uint8Array): Promise<FrameSource> {
  return await openMedia(new MemoryBytes(file), { name: "clip", store: new FrameStore() });
}

/** A segment of cameras that says that more pictures follow. */
const MULTI_PICTURE = hex`ff e2 00 0a 4d504600 00 00 00 00`;

const STILLS: { name: string; file: Uint8Array; frame: Uint8Array }[] = [
  { name: "one JPEG", file: JPEG, frame: JPEG },
  { name: "one JPEG and padding", file: join(JPEG, zeros(100)), frame: JPEG },
  { name: "one JPEG and a camera's notes", file: join(JPEG, ascii("SEFH notes")), frame: JPEG },
  {
    name: "one JPEG that says that others follow",
    file: join(JPEG.subarray(0, 2), MULTI_PICTURE, JPEG.subarray(2), tinyJpeg(3)),
    frame: join(JPEG.subarray(0, 2), MULTI_PICTURE, JPEG.subarray(2)),
  },
];

for (const { name, file, frame } of STILLS) {
  Deno.test(`a still goes on and on: ${name}`, async () => {
    const source = await open(file);
    assertEquals(source.frame(0), frame);
    for (const index of [1, 2, 86_400, 1e12]) assert(source.frame(index) === source.frame(0));
    assertEquals(source.knownFrameCount, Infinity);
    assertEquals(await source.frameCount(), Infinity);
    assertEquals(source.frameRate, STILL_FRAME_RATE);
    assertEquals(source.position?.(7), 0);
    assertThrows(() => source.frame(-1), RangeError);
    source.prefetch(3);
    source.close();
    await assertRejects(async () => await source.frame(0), SourceClosedError);
  });
}

Deno.test("a file is no still when it has more frames, or had before it was cut", async () => {
  const [a, b] = [tinyJpeg(1), tinyJpeg(2)];
  for (const [file, count] of [[join(a, b), 2], [join(a, b.subarray(0, 40)), 1]] as const) {
    const source = await open(file);
    assertEquals(await source.frameCount(), count);
    assertEquals(source.frameRate, undefined);
  }
});

Deno.test("a file longer than pictures are is not searched to tell a still", async () => {
  const size = MAX_PICTURE_BYTES + 1;
  const bytes = new CountingBytes({
    size,
    read: (at, length) => join(JPEG, zeros(1000)).subarray(at, at + Math.min(length, size - at)),
    close(): void {},
  });
  const source = await openMedia(bytes, { name: "clip" });
  assertEquals(source.frameRate, undefined);
  assert(bytes.bytesRead < 1_000_000);
});

Deno.test("a PNG is a still, as a JPEG of its own size, made once on another thread", async () => {
  const source = await open(PNG);
  const frame = source.frame(0);
  assert(frame instanceof Uint8Array);
  const info = inspectJpeg(frame);
  assertEquals([info.width, info.height], [width, height]);
  assert(source.frame(5) === frame);
  assertEquals(await source.frameCount(), Infinity);
  source.close();
});

Deno.test("a PNG that cannot be decoded says why, with the byte", async () => {
  const damaged = PNG.slice();
  damaged.fill(0x55, 45, 80);
  const rows: [Uint8Array, string][] = [
    [PNG.subarray(0, 20), "Frame 1 at byte 20: PNG: Ends within its header"],
    [changed(12, 0), "Frame 1 at byte 8: PNG: Does not begin with IHDR"],
    [PNG.subarray(0, 60), "Frame 1 at byte 33: PNG: IDAT of"],
    [changed(24, 4), "Frame 1 at byte 24: PNG: Has 4 bits a sample"],
    [changed(25, 1), "Frame 1 at byte 25: PNG: Has no colour type 1"],
    [changed(28, 2), "Frame 1 at byte 28: PNG: Has no interlace method 2"],
    [damaged, "Frame 1 at byte 41: PNG: The data cannot be inflated"],
    [taller(31), "Frame 1 at byte 41: PNG: The data inflate to more bytes than the 5983 of"],
    [taller(33), "Frame 1 at byte 41: PNG: The data inflate to fewer bytes than the 6369 of"],
    [taller(0), "Frame 1 at byte 16: PNG: Has no pixels"],
    [taller(1_000_000), "Frame 1 at byte 16: PNG: Says 48x1000000 pixels, more than"],
    [taller(MOST_ROWS), `Frame 1 at byte 16: PNG: Says 48x${MOST_ROWS} pixels, more than`],
    [taller(MOST_ROWS + 1), `Frame 1 at byte 16: PNG: 48x${MOST_ROWS + 1} pixels of `],
  ];
  for (const [file, message] of rows) {
    await assertRejects(() => open(file), MediaUnreadableError, message);
  }
});

/** The PNG with another height in its header. */
function taller(rows: number): Uint8Array {
  const file = Uint8Array.from(PNG);
  file.set(u32be(rows), 20);
  return file;
}

function changed(at: number, byte: number): Uint8Array {
  const file = Uint8Array.from(PNG);
  file[at] = byte;
  return file;
}

Deno.test("lengths in a PNG are checked before it is decoded", () => {
  const pieces = (type: string, length: number): Uint8Array =>
    join(u32be(length), ascii(type), zeros(length + 4));
  const head = PNG.subarray(0, 33);
  const rest = PNG.subarray(33);
  checkPng(PNG);
  checkPng(join(head, pieces("PLTE", 768), rest));
  checkPng(join(head, ...Array(MAX_PNG_CHUNKS - 2).fill(pieces("tEXt", 0)), rest));
  const rows: [Uint8Array, number][] = [
    [join(head, pieces("PLTE", 769), rest), 33],
    [join(head, pieces("tRNS", 257), rest), 33],
    [join(head, u32be(0xffff_ffff), ascii("PLTE"), rest), 33],
    [join(head, pieces("IEND", 0), rest), 33],
    [
      join(head, ...Array(MAX_PNG_CHUNKS).fill(pieces("tEXt", 0)), rest),
      33 + 12 * MAX_PNG_CHUNKS,
    ],
  ];
  for (const [file, position] of rows) {
    assertEquals(assertThrows(() => checkPng(file), MalformedError).position, position);
  }
  assertEquals([isPng(PNG), isPng(JPEG), isPng(PNG.subarray(0, 7))], [true, false, false]);
});

Deno.test("any prefix of a PNG is decoded or says what is wrong", async () => {
  const log: string[] = [];
  const reader = new PictureReader(() => fakeTranscoder(log));
  for (let length = 0; length < PNG.length; length++) {
    const frame = reader.frame(PNG.subarray(0, length), 1);
    await frame.then(() => {}, (error) => assert(error instanceof FrameDamagedError));
  }
  reader.close();
});

Deno.test("a PNG that is longer than pictures are is not read", async () => {
  const source = new PngStill({
    size: MAX_PICTURE_BYTES + 1,
    read: () => {
      throw new Error("Was read");
    },
    close(): void {},
  });
  const read = async (): Promise<unknown> => await source.frame(0);
  await assertRejects(read, FrameDamagedError, `A PNG of ${MAX_PICTURE_BYTES + 1} bytes`);
});

/** A folder of files in memory. */
function folder(files: Record<string, Uint8Array | undefined>, log: string[] = []): PictureFolder {
  return new PictureFolder({
    names: Object.keys(files),
    read: (name) => {
      log.push(name);
      return Promise.resolve(files[name]);
    },
    reader: new PictureReader(() => fakeTranscoder(log)),
  });
}

Deno.test("a folder's pictures are frames, each read when it is asked for", async () => {
  const log: string[] = [];
  const source = folder({ "a1.jpg": tinyJpeg(1), "a2.png": PNG, "a3.jpg": tinyJpeg(3) }, log);
  assertEquals([source.knownFrameCount, await source.frameCount()], [3, 3]);
  assertEquals(log, []);
  assertEquals(await source.frame(2), tinyJpeg(3));
  assertEquals(await source.frame(1), JPEG);
  assertEquals(source.frame(3), undefined);
  assertThrows(() => source.frame(0.5), RangeError);
  assertEquals(log, ["a3.jpg", "a2.png", "transcode"]);
  source.close();
  assertEquals(log.at(-1), "close");
  await assertRejects(async () => await source.frame(0), SourceClosedError);
  await assertRejects(() => source.frameCount(), SourceClosedError);
});

Deno.test("a picture that cannot be used names its file, and the others play", async () => {
  const source = folder({ "a1.jpg": ascii("text"), "a2.jpg": undefined, "a3.jpg": tinyJpeg(3) });
  const rows: [number, string][] = [
    [0, 'Frame 1 at byte 0: "a1.jpg": The file is neither a JPEG nor a PNG'],
    [1, 'Frame 2 at byte 0: "a2.jpg": The file is not there any more'],
  ];
  for (const [index, message] of rows) {
    const read = async (): Promise<unknown> => await source.frame(index);
    assertEquals((await assertRejects(read, FrameDamagedError)).message, message);
  }
  assertEquals(await source.frame(2), tinyJpeg(3));
});
