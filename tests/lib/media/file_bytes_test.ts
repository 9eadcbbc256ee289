import { type ByteSource, MemoryBytes } from "../../../lib/media/byte_source.ts";
import { FileBytes } from "../../../lib/media/file_bytes.ts";
import { openLabFile } from "../../../lib/media/lab_file.ts";
import { SourceClosedError } from "../../../lib/stream/frame_source.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { CountingBytes, labFile, tinyJpeg, withFolder } from "./frames.ts";

const CONTENT = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);

async function openBytes(path: string): Promise<FileBytes> {
  const file = await Deno.open(path);
  return new FileBytes(file, (await file.stat()).size);
}

async function withFile(check: (bytes: ByteSource) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/file`, CONTENT);
    const bytes = await openBytes(`${folder}/file`);
    try {
      await check(bytes);
    } finally {
      bytes.close();
    }
  });
}

const SOURCES: { name: string; run: typeof withFile }[] = [
  { name: "in a file", run: withFile },
  { name: "in memory", run: (check) => check(new MemoryBytes(CONTENT)) },
];

for (const { name, run } of SOURCES) {
  Deno.test(`bytes ${name} are read at any place`, () =>
    run(async (bytes) => {
      assertEquals(bytes.size, CONTENT.length);
      for (const [at, length] of [[0, 10], [10, 5], [990, 10], [3, 400], [3, 0]] as const) {
        assertEquals(await bytes.read(at, length), CONTENT.subarray(at, at + length));
      }
    }));

  Deno.test(`bytes ${name} end where they end`, () =>
    run(async (bytes) => {
      assertEquals(await bytes.read(990, 50), CONTENT.subarray(990));
      assertEquals(await bytes.read(1000, 1), new Uint8Array());
      assertEquals(await bytes.read(5000, 1), new Uint8Array());
      assertEquals(await bytes.read(0, 4), CONTENT.subarray(0, 4));
    }));

  Deno.test(`bytes ${name} asked for at the same time do not mix`, () =>
    run(async (bytes) => {
      const places = Array.from({ length: 50 }, (_, i) => (i * 379) % 900);
      const reads = await Promise.all(places.map((at) => bytes.read(at, 100)));
      places.forEach((at, i) => assertEquals(reads[i], CONTENT.subarray(at, at + 100)));
    }));

  Deno.test(`bytes ${name} are gone after closing`, () =>
    run(async (bytes) => {
      const before = (async (): Promise<unknown> => await bytes.read(0, 5))().catch((error) =>
        error
      );
      bytes.close();
      bytes.close();
      const early = await before;
      assert(early instanceof Uint8Array || early instanceof SourceClosedError);
      await assertRejects(async () => await bytes.read(0, 5), SourceClosedError);
    }));
}

Deno.test("the first frame of a file of 5 GiB comes from its beginning alone", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/big.Mjpeg`;
    const frames = [tinyJpeg(1, 15_000), tinyJpeg(2, 15_000)];
    await Deno.writeFile(path, labFile(frames));
    await Deno.truncate(path, 5 * 2 ** 30);
    const bytes = new CountingBytes(await openBytes(path));
    assertEquals(bytes.size, 5 * 2 ** 30);
    const source = openLabFile(bytes);
    assertEquals(await source.frame(0), frames[0]);
    assertEquals(await source.frame(1), frames[1]);
    assert(bytes.bytesRead < 2 ** 20, `read ${bytes.bytesRead} bytes`);
    assertEquals(source.knownFrameCount, undefined);
    source.close();
  });
});
