import { type ByteSource, MemoryBytes } from "../../../lib/media/byte_source.ts";
import { openMedia } from "../../../lib/media/open_media.ts";
import { MediaUnreadableError } from "../../../lib/stream/media_provider.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { ascii } from "../../support/split.ts";
import { allFrames, CountingBytes, join, labFile, tinyJpegs } from "./frames.ts";

const FRAMES = tinyJpegs(5);

Deno.test("a file's format is told by its content", async () => {
  for (const file of [labFile(FRAMES), join(...FRAMES), join(ascii("?!"), labFile(FRAMES))]) {
    const source = await openMedia(new MemoryBytes(file), { name: "movie.Mjpeg" });
    assertEquals(await allFrames(source), FRAMES);
  }
});

Deno.test("the first frame of opened media is at hand", async () => {
  const bytes = new CountingBytes(new MemoryBytes(labFile(FRAMES)));
  const source = await openMedia(bytes, { name: "movie.Mjpeg" });
  assertEquals(source.frame(0), FRAMES[0]);
  source.close();
  assert(bytes.closed);
});

const UNREADABLE: { name: string; file: Uint8Array; message: string }[] = [
  { name: "empty", file: hex``, message: "clip: The file is empty (frame 1 at byte 0)" },
  {
    name: "text",
    file: ascii("hello, world"),
    message: "clip: Begins with neither a frame length nor a JPEG, so it is no AVI, MOV or MP4, " +
      "PNG, packet recording, multipart recording, concatenated JPEG or lab file (frame 1 at byte 0)",
  },
  {
    name: "one cut frame",
    file: labFile(FRAMES).subarray(0, 30),
    message: "clip: No frame of this lab file can be used; frame 1 at byte 0: " +
      "The length 50 exceeds the 25 bytes that are left; the JPEG is cut off",
  },
  {
    name: "one cut JPEG",
    file: FRAMES[0]!.subarray(0, 30),
    message: "clip: No frame of this concatenated JPEG can be used; frame 1 at byte 0: " +
      "The JPEG is cut off by the end of the file",
  },
  {
    name: "digits and text",
    file: ascii("12345 hello, world, this is no video at all"),
    message: "clip: No frame of this lab file can be used; frame 1 at byte 0: " +
      "The length 12345 exceeds the 38 bytes that are left; no frame in the 43 bytes from there on",
  },
];

for (const { name, file, message } of UNREADABLE) {
  Deno.test(`a file that cannot be played says which frame and byte: ${name}`, async () => {
    const bytes = new CountingBytes(new MemoryBytes(file));
    const open = (): Promise<unknown> => openMedia(bytes, { name: "clip" });
    const error = await assertRejects(open, MediaUnreadableError);
    assertEquals(error.message, message);
    assert(bytes.closed);
  });
}

Deno.test("a file that shrinks between looking and reading is unreadable", async () => {
  const file = labFile(FRAMES);
  let reads = 0;
  const shrinking: ByteSource = {
    size: file.length,
    read: (at, length) => Promise.resolve(++reads < 3 ? file.subarray(at, at + length) : hex``),
    close(): void {},
  };
  const open = (): Promise<unknown> => openMedia(shrinking, { name: "clip" });
  await assertRejects(open, MediaUnreadableError, "Frame 1 at byte 5: Only 0 of 50 bytes");
});
