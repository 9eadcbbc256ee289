import { FrameManifest, type FrameRecord } from "../../../lib/media/frame_manifest.ts";
import { assertEquals } from "../../support/assert.ts";
import { withFolder } from "./frames.ts";

function record(number: number): FrameRecord {
  return { number, mediaTime: number / 20, bytes: 100 + number, complete: true };
}

function read(folder: string): Promise<string> {
  return Deno.readTextFile(`${folder}/frames.jsonl`);
}

/** Lines of these records. */
function lines(...numbers: number[]): string {
  return numbers.map((number) => JSON.stringify(record(number)) + "\n").join("");
}

Deno.test("a manifest is valid after each record, and is not touched before the first", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/frames.jsonl`, "of before\n");
    const manifest = await FrameManifest.create(folder);
    assertEquals(await read(folder), "of before\n");
    await manifest.add(record(1));
    assertEquals(await read(folder), lines(1));
    await Promise.all([manifest.add(record(2)), manifest.add(record(3))]);
    assertEquals(await read(folder), lines(1, 2, 3));
    await manifest.close();
    await manifest.close();
  });
});

Deno.test("a manifest that is resumed counts on, and loses half a line", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/frames.jsonl`, lines(1, 2, 7) + '{"number":8,"by');
    const manifest = await FrameManifest.create(folder, { resume: true });
    assertEquals(manifest.before, 7);
    await manifest.add(record(8));
    await manifest.close();
    assertEquals(await read(folder), lines(1, 2, 7, 8));
  });
});

Deno.test("a manifest longer than what is looked at is resumed too", async () => {
  await withFolder(async (folder) => {
    const many = lines(...Array.from({ length: 3000 }, (_, i) => i + 1));
    await Deno.writeTextFile(`${folder}/frames.jsonl`, many);
    const manifest = await FrameManifest.create(folder, { resume: true });
    assertEquals(manifest.before, 3000);
    await manifest.add(record(3001));
    await manifest.close();
    assertEquals(await read(folder), many + lines(3001));
  });
});

for (const [what, text] of [["nothing", ""], ["no manifest", "hello\n"], ["half a line", "{"]]) {
  Deno.test(`resuming a manifest with ${what} in it begins at 1`, async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/frames.jsonl`, text!);
      const manifest = await FrameManifest.create(folder, { resume: true });
      assertEquals(manifest.before, 0);
      await manifest.close();
    });
  });
}

Deno.test("resuming where there is no manifest begins one", async () => {
  await withFolder(async (folder) => {
    const manifest = await FrameManifest.create(folder, { resume: true });
    await manifest.add(record(1));
    await manifest.close();
    assertEquals(await read(folder), lines(1));
  });
});
