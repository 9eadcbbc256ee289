import type { FrameRecord } from "../../lib/media/frame_manifest.ts";
import { openAviFile } from "../../lib/media/avi/avi_file.ts";
import { MemoryBytes } from "../../lib/media/byte_source.ts";
import { openConcatenatedFile } from "../../lib/media/concatenated_file.ts";
import { openLabFile } from "../../lib/media/lab_file.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { namesIn } from "../support/folder.ts";
import { clipFrames } from "../support/clips.ts";
import { Program, type ProgramResult, runProgram } from "../support/program.ts";
import { SMALL_DISKS, withSmallDisk } from "../support/small_disk.ts";
import { allFrames, join, labFile, labFrame, withFolder } from "../lib/media/frames.ts";
import { FRAMES as SERVED, withServedClip } from "./served_clip.ts";

const FRAMES = clipFrames({ frames: 50, width: 32, height: 16 });

async function framesIn(path: string, open: typeof openLabFile): Promise<Uint8Array[]> {
  return await allFrames(open(new MemoryBytes(await Deno.readFile(path))));
}

async function records(folder: string): Promise<FrameRecord[]> {
  const text = await Deno.readTextFile(`${folder}/frames.jsonl`);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Frames of a folder, by their names' order. */
async function pictures(folder: string): Promise<Uint8Array[]> {
  const names = (await namesIn(folder)).filter((name) => name.startsWith("frame-"));
  return await Promise.all(names.map((name) => Deno.readFile(`${folder}/${name}`)));
}

/** Runs `use` with a clip, and what dumps it. */
async function withClip(
  use: (dump: (...words: string[]) => Promise<ProgramResult>, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/clip.Mjpeg`, labFile(FRAMES));
    await use((...words) => runProgram("dump", `${folder}/clip.Mjpeg`, ...words), folder);
  });
}

const NO_RATE = (name: string): string =>
  `a file of the format ${name} states no rate; serve it with --fps 10\n`;

/** Formats in one file, by the end of their names, and what is told of them. */
const FILE_FORMATS: [name: string, open: typeof openLabFile, told: string][] = [
  ["out.Mjpeg", openLabFile, NO_RATE("lab")],
  ["out.mjpeg", openConcatenatedFile, NO_RATE("mjpeg")],
  ["out.avi", openAviFile, ""],
];

for (const [name, open, more] of FILE_FORMATS) {
  Deno.test(`dump makes ${name} of a file, and a folder of that, frame by frame`, async () => {
    await withClip(async (dump, folder) => {
      const { status, stderr, stdout } = await dump("--out", `${folder}/${name}`, "--fps", "10");
      assertEquals([status, stdout], [0, ""], stderr);
      const told = "50 frames, 5.0 s at 10 fps, 0 damaged; 50 written to ";
      assertEquals(stderr, `${told}${folder}/${name}\n${more}`);
      assertEquals(await framesIn(`${folder}/${name}`, open), FRAMES);
      const back = await runProgram("dump", `${folder}/${name}`, "--out", `${folder}/frames`);
      assertEquals(back.status, 0, back.stderr);
      assertEquals(await pictures(`${folder}/frames`), FRAMES);
      const again = `${folder}/again.Mjpeg`;
      const third = await runProgram("dump", `${folder}/frames`, "--out", again);
      assertEquals([third.status, await Deno.readFile(again)], [0, labFile(FRAMES)], third.stderr);
    });
  });
}

Deno.test("dump tells of a file's frames as of a stream's, with their time in the media", async () => {
  await withClip(async (dump, folder) => {
    const { status, stdout } = await dump(
      ...["--out", `${folder}/out`, "--json", "--start", "1s", "--duration", "500ms"],
      ...["--every", "4"],
    );
    assertEquals(status, 0);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const kept = await records(`${folder}/out`);
    assertEquals(events.slice(0, -1), kept.map((record) => ({ event: "frame", ...record })));
    assertEquals(kept.length, 10);
    assertEquals(kept.map(({ mediaTime }) => mediaTime).slice(0, 3), [1, 1.05, 1.1]);
    assertEquals(kept.flatMap(({ number, file }) => file === undefined ? [] : [[number, file]]), [
      [1, "frame-000001.jpg"],
      [5, "frame-000002.jpg"],
      [9, "frame-000003.jpg"],
    ]);
    assertEquals(await pictures(`${folder}/out`), [FRAMES[20]!, FRAMES[24]!, FRAMES[28]!]);
    const { frames, kept: written, fps, durationSeconds } = events.at(-1);
    assertEquals([frames, written, fps, durationSeconds], [10, 3, 20, 0.5]);
  });
});

Deno.test("an AVI file of every other frame has half the rate", async () => {
  await withClip(async (dump, folder) => {
    await dump("--out", `${folder}/out.avi`, "--every", "2", "--frames", "7");
    const source = openAviFile(new MemoryBytes(await Deno.readFile(`${folder}/out.avi`)));
    assertEquals((await allFrames(source)).length, 7);
    assertEquals(source.frameRate, 10);
  });
});

Deno.test("dump makes frames fit that are longer than asked for, and says so", async () => {
  await withClip(async (dump, folder) => {
    const most = Math.max(...FRAMES.map(({ length }) => length));
    const large = clipFrames({ frames: 2, width: 320, height: 240 });
    await Deno.writeFile(`${folder}/mixed.mjpeg`, join(FRAMES[0]!, ...large, FRAMES[1]!));
    const { status, stderr } = await runProgram(
      ...["dump", `${folder}/mixed.mjpeg`, "--out", `${folder}/out.Mjpeg`],
      ...["--max-frame-bytes", "3000"],
    );
    assertEquals(status, 0);
    assertStringIncludes(stderr, "2 frame(s) of more than 3000 bytes were re-encoded to fit");
    const frames = await framesIn(`${folder}/out.Mjpeg`, openLabFile);
    assertEquals([frames[0], frames[3]], [FRAMES[0], FRAMES[1]]);
    assert(most < 3000 && frames.every(({ length }) => length <= 3000));
    const small = await dump("--out", `${folder}/x`, "--max-frame-bytes", "999");
    assertEquals(small.status, 2);
  });
});

Deno.test("a lab file is made of frames that five digits have no room for", async () => {
  await withFolder(async (folder) => {
    const [large] = clipFrames({ frames: 1, width: 1600, height: 1200, quality: 95 });
    assert(large!.length > 99_999);
    await Deno.writeFile(`${folder}/in.mjpeg`, join(large!, FRAMES[0]!));
    const { status, stderr } = await runProgram(
      ...["dump", `${folder}/in.mjpeg`, "--out", `${folder}/out.Mjpeg`],
    );
    assertEquals(status, 0, stderr);
    assertStringIncludes(stderr, "1 frame(s) of more than 99999 bytes were re-encoded to fit");
    const [first, second] = await framesIn(`${folder}/out.Mjpeg`, openLabFile);
    assert(first!.length > 50_000 && first!.length <= 99_999);
    assertEquals(second, FRAMES[0]);
  });
});

Deno.test("dump names what is damaged in a file and keeps the rest", async () => {
  await withFolder(async (folder) => {
    const damaged = join(labFrame(FRAMES[0]!), labFrame(new Uint8Array(300)), labFrame(FRAMES[1]!));
    await Deno.writeFile(`${folder}/in.Mjpeg`, damaged);
    const { status, stderr } = await runProgram(
      ...["dump", `${folder}/in.Mjpeg`, "--out", `${folder}/out.mjpeg`],
    );
    assertEquals(status, 0);
    assertStringIncludes(stderr, "in.Mjpeg is damaged in 1 place(s); first frame 2 at byte");
    assertEquals(await framesIn(`${folder}/out.mjpeg`, openConcatenatedFile), FRAMES.slice(0, 2));
  });
});

Deno.test("a still is one frame, unless more are asked for", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/still.jpg`, FRAMES[0]!);
    const dump = (...flags: string[]): Promise<ProgramResult> =>
      runProgram("dump", `${folder}/still.jpg`, "--out", `${folder}/out.avi`, ...flags);
    assertEquals((await dump()).status, 0);
    assertEquals(await framesIn(`${folder}/out.avi`, openAviFile), [FRAMES[0]!]);
    assertEquals((await dump("--duration", "1s", "--fps", "5")).status, 0);
    assertEquals((await framesIn(`${folder}/out.avi`, openAviFile)).length, 5);
  });
});

Deno.test("a GIF stops after so many frames as make sense", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/still.jpg`, FRAMES[0]!);
    const dump = (...flags: string[]): Promise<ProgramResult> =>
      runProgram("dump", `${folder}/still.jpg`, "--out", `${folder}/out.gif`, ...flags);
    const { status, stderr } = await dump("--duration", "1h");
    assertEquals(status, 0);
    assertStringIncludes(stderr, "stopped after 600 frames");
    const more = await dump("--duration", "1h", "--frames", "3");
    assertEquals(more.stderr.includes("stopped after"), false);
  });
});

/** What is not understood or cannot be done, and how that is told. */
const REFUSED: { words: string[]; status: number; says: string }[] = [
  { words: ["no.avi", "--out", "x"], status: 8, says: "no.avi: no such file or folder here" },
  { words: ["clip.Mjpeg", "--out", "x", "--timeout", "1s"], status: 2, says: "--timeout is for" },
  { words: ["clip.Mjpeg", "--out", "x.mp4"], status: 2, says: "mp4 is for streams that" },
  { words: ["clip.Mjpeg", "--out", "x.webm"], status: 2, says: "no format by that name" },
  { words: ["clip.Mjpeg", "--out", "x", "--track", "a"], status: 2, says: "--track is for" },
  { words: ["clip.Mjpeg", "--out", "x", "--start", "1m"], status: 8, says: "it ends before" },
  { words: ["clip.Mjpeg", "--out", "x.avi", "--resume"], status: 2, says: "--resume goes on" },
  { words: ["clip.Mjpeg", "--out", "x", "--resume", "--overwrite"], status: 2, says: "exclude" },
  { words: ["clip.Mjpeg", "--out", "no/x.avi"], status: 8, says: "cannot write there" },
  { words: [".", "--out", "x"], status: 8, says: "no numbered JPEG or PNG files" },
  { words: ["text.txt", "--out", "x"], status: 8, says: "so it is no AVI" },
];

for (const { words, status, says } of REFUSED) {
  Deno.test(`dump ${words.join(" ")} ends with status ${status}`, async () => {
    await withClip(async (_, folder) => {
      await Deno.writeTextFile(`${folder}/text.txt`, "no pictures here, and no lengths");
      const inside = words.map((word, i) =>
        i === 0 || words[i - 1] === "--out" ? `${folder}/${word}` : word
      );
      const { status: got, stderr } = await runProgram("dump", ...inside);
      assertEquals(got, status, stderr);
      assertStringIncludes(stderr, says);
      assertEquals((await namesIn(folder)).filter((name) => name.startsWith(".")), []);
    });
  });
}

Deno.test("a folder is not written into itself", async () => {
  await withClip(async (dump, folder) => {
    await dump("--out", `${folder}/frames`, "--frames", "2");
    const { status, stderr } = await runProgram(
      ...["dump", `${folder}/frames`, "--out", `${folder}/frames/`],
    );
    assertEquals(status, 2);
    assertStringIncludes(stderr, "this is what is read");
  });
});

Deno.test("segments begin after so much time or so many bytes, in numbered files", async () => {
  await withClip(async (dump, folder) => {
    await dump("--out", `${folder}/time.Mjpeg`, "--segment", "1s");
    const times = ["time-000001.Mjpeg", "time-000002.Mjpeg", "time-000003.Mjpeg"];
    assertEquals((await namesIn(folder)).filter((name) => name.startsWith("time")), times);
    const lengths = [FRAMES.slice(0, 20), FRAMES.slice(20, 40), FRAMES.slice(40)];
    for (const [i, name] of times.entries()) {
      assertEquals(await framesIn(`${folder}/${name}`, openLabFile), lengths[i]!);
    }
    const large = clipFrames({ frames: 30, width: 160, height: 120 });
    await Deno.writeFile(`${folder}/large.mjpeg`, join(...large));
    const { status } = await runProgram(
      ...["dump", `${folder}/large.mjpeg`, "--out", `${folder}/size`, "--segment", "64k"],
      ...["--format", "mjpeg"],
    );
    assertEquals(status, 0);
    const sizes = (await namesIn(folder)).filter((name) => name.startsWith("size"));
    assertEquals(sizes.slice(0, 2), ["size-000001", "size-000002"]);
    const parts = await Promise.all(sizes.map((name) => Deno.readFile(`${folder}/${name}`)));
    assertEquals(join(...parts), join(...large));
    assert(parts.every(({ length }) => length <= 65_536));
    assert(parts.slice(0, -1).every(({ length }) => length > 50_000));
  });
});

Deno.test("segments of folders have a manifest each", async () => {
  await withClip(async (dump, folder) => {
    assertEquals((await dump("--out", `${folder}/f/`, "--segment", "2s")).status, 0);
    assertEquals(await pictures(`${folder}/f-000002`), FRAMES.slice(40));
    const manifest = await records(`${folder}/f-000002`);
    assertEquals(manifest.map(({ number, file }) => [number, file]).at(0), [
      41,
      "frame-000001.jpg",
    ]);
    assertEquals([manifest.length, (await records(`${folder}/f-000001`)).length], [10, 40]);
  });
});

Deno.test("what an earlier, longer run has left is told; --resume and --overwrite end that", async () => {
  await withClip(async (dump, folder) => {
    const out = `${folder}/out`;
    await dump("--out", out, "--frames", "5");
    const again = await dump("--out", out, "--frames", "5");
    assertEquals([again.status, again.stderr.includes("earlier run")], [0, false]);
    const shorter = await dump("--out", out, "--frames", "2", "--start", "1s");
    assertEquals(shorter.status, 0);
    assertStringIncludes(
      shorter.stderr,
      "3 of an earlier run are still there, frame-000003.jpg to frame-000005.jpg",
    );
    assertEquals((await records(out)).length, 2);
    const resumed = await dump("--out", out, "--frames", "2", "--resume");
    assertEquals(resumed.stderr.includes("earlier run"), false);
    assertEquals((await pictures(out)).slice(5), FRAMES.slice(0, 2));
    assertEquals((await records(out)).map(({ number, file }) => [number, file]), [
      [1, "frame-000001.jpg"],
      [2, "frame-000002.jpg"],
      [3, "frame-000006.jpg"],
      [4, "frame-000007.jpg"],
    ]);
    await dump("--out", out, "--frames", "3", "--overwrite");
    assertEquals(await pictures(out), FRAMES.slice(0, 3));
    assertEquals((await records(out)).length, 3);
  });
});

Deno.test("segments of an earlier run are told of, numbered on, or removed", async () => {
  await withClip(async (dump, folder) => {
    const segments = async (): Promise<string[]> =>
      (await namesIn(folder)).filter((name) => name.startsWith("out-"));
    const run = (...flags: string[]): Promise<ProgramResult> =>
      dump("--out", `${folder}/out.avi`, "--segment", "1s", ...flags);
    await run();
    const shorter = await run("--frames", "5");
    assertStringIncludes(shorter.stderr, "2 of an earlier run are still there, out-000002.avi to");
    await run("--frames", "5", "--resume");
    assertEquals((await segments()).at(-1), "out-000004.avi");
    await run("--frames", "25", "--overwrite");
    assertEquals(await segments(), ["out-000001.avi", "out-000002.avi"]);
  });
});

/** Where the disk has room for some of the frames only. */
const FULL: [name: string, kept: (path: string) => Promise<Uint8Array[]>][] = [
  ["out.Mjpeg", (path) => framesIn(path, openLabFile)],
  ["out.mjpeg", (path) => framesIn(path, openConcatenatedFile)],
  ["out.avi", (path) => framesIn(path, openAviFile)],
  ["out", pictures],
];

for (const [name, kept] of FULL) {
  Deno.test({
    name: `${name} on a disk that gets full is whole, only shorter; the status is 8`,
    ignore: !SMALL_DISKS,
    fn: () =>
      withFolder(async (folder) => {
        const many = clipFrames({ frames: 100, width: 160, height: 120 });
        await Deno.writeFile(`${folder}/in.mjpeg`, join(...many));
        await withSmallDisk(256 * 1024, async (disk) => {
          const out = `${disk}/${name}`;
          const { status, stderr } = await runProgram("dump", `${folder}/in.mjpeg`, "--out", out);
          assertEquals(status, 8, stderr);
          const frames = await kept(out);
          assert(frames.length > 10 && frames.length < 100, String(frames.length));
          assertEquals(frames, many.slice(0, frames.length));
          assertStringIncludes(stderr, "No space left on device");
          assertStringIncludes(stderr, `; ${frames.length} frame(s) are kept, as a whole`);
          assertEquals((await namesIn(disk)).filter((name) => name.startsWith(".")), []);
          if (name !== "out") return;
          const manifest = await records(out);
          assertEquals(manifest.filter(({ file }) => file !== undefined).length, frames.length);
        });
      }),
  });
}

Deno.test({
  name: "dump that is killed leaves files that play: frames and manifest, and what was an AVI",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withServedClip(async (port, folder) => {
      const words = ["dump", "localhost", port, "0", "movie.Mjpeg", "--json", "--out"];
      for (const out of [`${folder}/frames`, `${folder}/out.avi`]) {
        const program = new Program([...words, out]);
        for (let frames = 0; frames < 30; frames++) await program.line();
        program.kill("SIGKILL");
        await program.finish();
      }
      const frames = await pictures(`${folder}/frames`);
      assert(frames.length >= 30);
      assertEquals(frames, SERVED.slice(0, frames.length));
      const manifest = await records(`${folder}/frames`);
      assert(manifest.length >= 30 && manifest.length <= frames.length);
      const [part] = (await namesIn(folder)).filter((name) => name.startsWith(".out.avi."));
      const left = await framesIn(`${folder}/${part}`, openAviFile);
      assert(left.length >= 30);
      assertEquals(left, SERVED.slice(0, left.length));
      const resumed = await runProgram(...words, `${folder}/frames`, "--resume", "--frames", "2");
      assertEquals(resumed.status, 0, resumed.stderr);
      assertEquals((await pictures(`${folder}/frames`)).length, frames.length + 2);
      const numbers = (await records(`${folder}/frames`)).map(({ number }) => number);
      assertEquals(numbers, numbers.map((_, i) => i + 1));
    });
  },
});

Deno.test("a stream recorded as AVI has the stream's rate", async () => {
  await withServedClip(async (port, folder) => {
    const url = `rtsp://localhost:${port}/movie.Mjpeg`;
    const out = `${folder}/out.avi`;
    const { status, stderr } = await runProgram("dump", url, "--out", out, "--frames", "30");
    assertEquals(status, 0, stderr);
    const source = openAviFile(new MemoryBytes(await Deno.readFile(out)));
    assertEquals((await allFrames(source)).length, 30);
    assertEquals(source.frameRate, 20);
  });
});

Deno.test("dump --start begins at that time of a stream", async () => {
  await withServedClip(async (port, folder) => {
    const words = [`rtsp://localhost:${port}/movie.Mjpeg`, "--start", "10s", "--frames", "2"];
    const { status, stderr } = await runProgram("dump", ...words, "--out", `${folder}/out`);
    assertEquals(status, 0, stderr);
    // RFC 2435 has room for the picture only: the file around it is made anew.
    const { length } = SERVED[200]!;
    const got = await pictures(`${folder}/out`);
    assertEquals(got.length, 2);
    assertEquals(got[0]!.subarray(-100), SERVED[200]!.subarray(length - 100));
  });
});
