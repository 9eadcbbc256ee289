import { toHex } from "../../lib/bytes/hex.ts";
import { MemoryBytes } from "../../lib/media/byte_source.ts";
import { openConcatenatedFile } from "../../lib/media/concatenated_file.ts";
import type { FrameRecord } from "../../lib/media/frame_manifest.ts";
import { openLabFile } from "../../lib/media/lab_file.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { namesIn } from "../support/folder.ts";
import { hex } from "../support/golden.ts";
import { Program, runProgram } from "../support/program.ts";
import { allFrames, tinyJpeg } from "../lib/media/frames.ts";
import { type LabDatagram, withLabServer } from "./lab_server.ts";
import { FRAMES, withServedClip } from "./served_clip.ts";

async function manifest(folder: string): Promise<FrameRecord[]> {
  const text = await Deno.readTextFile(`${folder}/frames.jsonl`);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

async function sha256(bytes: Uint8Array): Promise<string> {
  return toHex(
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)),
  );
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `dump` of the served clip to PATH. */
function dumpClip(port: string, out: string, ...flags: string[]): ReturnType<typeof runProgram> {
  return runProgram("dump", "localhost", port, "0", "movie.Mjpeg", "--out", out, ...flags);
}

Deno.test("dump writes every frame as it was, and what is to know of each", async () => {
  await withServedClip(async (port, folder) => {
    const out = `${folder}/frames`;
    const { status, stdout, stderr } = await dumpClip(port, out, "--frames", "3", "--json");
    assertEquals(status, 0, stderr);
    const files = ["frame-000001.jpg", "frame-000002.jpg", "frame-000003.jpg"];
    assertEquals(await namesIn(out), [...files, "frames.jsonl"]);
    const records = await manifest(out);
    for (const [i, { arrivalTime, ...record }] of records.entries()) {
      assertEquals(await Deno.readFile(`${out}/${files[i]}`), FRAMES[i]);
      assert(Math.abs(arrivalTime! - Date.now() / 1000) < 60, "arrivalTime is in Unix seconds");
      assertEquals(record, {
        number: i + 1,
        file: files[i]!,
        rtpTimestamp: i * 4500,
        firstSequence: i + 1,
        lastSequence: i + 1,
        bytes: FRAMES[i]!.length,
        sha256: await sha256(FRAMES[i]!),
        complete: true,
      });
    }
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(events.slice(0, 3), records.map((record) => ({ event: "frame", ...record })));
    assertEquals([events[3].event, events[3].frames], ["summary", 3]);
    assertMatch(stderr, /^3 frames in /);
  });
});

Deno.test("dump --format png writes pictures of the same size", async () => {
  await withServedClip(async (port, folder) => {
    const out = `${folder}/stills`;
    const { status, stderr } = await dumpClip(port, out, "--frames", "2", "--format", "png");
    assertEquals(status, 0, stderr);
    assertEquals(await namesIn(out), ["frame-000001.png", "frame-000002.png", "frames.jsonl"]);
    const png = await Deno.readFile(`${out}/frame-000002.png`);
    assertEquals(
      png.subarray(0, 24),
      hex`
        89 50 4e 47 0d 0a 1a 0a   # signature
        00 00 00 0d 49 48 44 52   # IHDR
        00 00 00 20 00 00 00 10   # 32x16
      `,
    );
    const [, second] = await manifest(out);
    assertEquals([second?.file, second?.sha256], ["frame-000002.png", await sha256(FRAMES[1]!)]);
  });
});

for (const [format, open] of [["lab", openLabFile], ["mjpeg", openConcatenatedFile]] as const) {
  Deno.test(`dump --format ${format} writes a file with the same frames`, async () => {
    await withServedClip(async (port, folder) => {
      const out = `${folder}/copy`;
      const { status, stderr } = await dumpClip(port, out, "--frames", "4", "--format", format);
      assertEquals(status, 0, stderr);
      assertEquals(await namesIn(folder), ["copy", "media"]);
      const source = open(new MemoryBytes(await Deno.readFile(out)));
      assertEquals(await allFrames(source), FRAMES.slice(0, 4));
    });
  });
}

Deno.test("dump --every keeps some frames, in files without gaps, and tells of all", async () => {
  await withServedClip(async (port, folder) => {
    const out = `${folder}/some`;
    const { status } = await dumpClip(port, out, "--every", "2", "--frames", "2");
    assertEquals(status, 0);
    assertEquals(await Deno.readFile(`${out}/frame-000002.jpg`), FRAMES[2]);
    assertEquals((await manifest(out)).map(({ number, file }) => [number, file]), [
      [1, "frame-000001.jpg"],
      [2, undefined],
      [3, "frame-000002.jpg"],
    ]);
  });
});

Deno.test("dump tells what was missing of a damaged frame and keeps those around it", async () => {
  const cut = tinyJpeg(2, 80).subarray(0, 50);
  const datagrams = [
    { sequence: 1, payload: tinyJpeg(1) },
    { sequence: 2, payload: cut, marker: true },
    { sequence: 3, payload: tinyJpeg(3) },
  ];
  await withLabServer({ datagrams, fourthLine: "Frames: 3" }, async ({ words }) => {
    await withFolder(async (folder) => {
      const { status, stderr } = await runProgram("dump", ...words, "--out", folder);
      assertEquals(status, 0, stderr);
      assertEquals(await namesIn(folder), ["frame-000001.jpg", "frame-000002.jpg", "frames.jsonl"]);
      assertEquals(await Deno.readFile(`${folder}/frame-000002.jpg`), tinyJpeg(3));
      const records = await manifest(folder);
      assertEquals(records.map(({ number, file, complete }) => [number, file, complete]), [
        [1, "frame-000001.jpg", true],
        [2, undefined, false],
        [3, "frame-000002.jpg", true],
      ]);
      assertEquals([records[1]?.bytes, records[1]?.sha256], [50, undefined]);
      assert(records[1]?.missing !== undefined && records[0]?.missing === undefined);
    });
  });
});

Deno.test("dump leaves out a frame the format cannot hold, says so, and keeps the others", async () => {
  const long = tinyJpeg(2, 100_000);
  const piece = (number: number): LabDatagram => ({
    sequence: 1 + number,
    payload: long.subarray((number - 1) * 50_000, number * 50_000),
    marker: number === 2,
  });
  const datagrams = [
    { sequence: 1, payload: tinyJpeg(1) },
    piece(1),
    piece(2),
    { sequence: 4, payload: tinyJpeg(4) },
  ];
  await withLabServer({ datagrams, fourthLine: "Frames: 4" }, async ({ words }) => {
    await withFolder(async (folder) => {
      const out = `${folder}/copy.Mjpeg`;
      const { status, stderr } = await runProgram(
        "dump",
        ...words,
        "--out",
        out,
        "--format",
        "lab",
      );
      assertEquals(status, 8);
      assertStringIncludes(
        stderr,
        "1 frame(s) left out, the others are kept; first frame 2: It has 100000 bytes, only 99999 fit",
      );
      const source = openLabFile(new MemoryBytes(await Deno.readFile(out)));
      assertEquals(await allFrames(source), [tinyJpeg(1), tinyJpeg(4)]);
    });
  });
});

Deno.test({
  name: "dump that is ended by Ctrl-C leaves a whole file of what came, with status 0",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withServedClip(async (port, folder) => {
      const out = `${folder}/copy.Mjpeg`;
      const program = new Program(
        ["dump", "localhost", port, "0", "movie.Mjpeg", "--out", out, "--format", "lab", "--json"],
      );
      for (let frames = 0; frames < 3; frames++) await program.line();
      program.kill("SIGINT");
      const { status, stdout, stderr } = await program.finish();
      assertEquals(status, 0, stderr);
      assertEquals(await namesIn(folder), ["copy.Mjpeg", "media"]);
      const summary = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
      const source = openLabFile(new MemoryBytes(await Deno.readFile(out)));
      assertEquals(await allFrames(source), FRAMES.slice(0, summary.frames));
      assert(summary.frames >= 3 && summary.frames < FRAMES.length);
    });
  },
});

Deno.test("dump and play leave nothing behind when there is no server, with status 3", async () => {
  await withFolder(async (folder) => {
    const nobody = ["127.0.0.1", "1", "0", "m", "--out"];
    for (const format of ["lab", "jpg", "png"]) {
      const out = `${folder}/x-${format}`;
      assertEquals((await runProgram("dump", ...nobody, out, "--format", format)).status, 3);
    }
    assertEquals((await runProgram("dump", ...nobody, `${folder}/any`)).status, 3);
    assertEquals((await runProgram("play", ...nobody, `${folder}/played`)).status, 3);
    assertEquals(await namesIn(folder), []);
    await Deno.mkdir(`${folder}/mine`);
    assertEquals((await runProgram("play", ...nobody, `${folder}/mine`)).status, 3);
    assertEquals(await namesIn(folder), ["mine"]);
  });
});

Deno.test("dump of a lab stream as H.264 says what it is", async () => {
  await withServedClip(async (port, folder) => {
    const { status, stderr } = await dumpClip(port, `${folder}/x.h264`, "--dialect", "lab");
    assertEquals([status, await namesIn(folder)], [2, ["media"]]);
    assertStringIncludes(
      stderr,
      "the server offers video (JPEG) (what fits video: jpg, png, mjpeg",
    );
  });
});

Deno.test("dump to a file that is a folder ends before anything is asked of a server", async () => {
  await withFolder(async (folder) => {
    const { status, stderr } = await runProgram(
      ...["dump", "127.0.0.1", "1", "0", "m", "--out", folder, "--format", "lab"],
    );
    assertEquals(status, 8);
    assertStringIncludes(stderr, "this is a folder; name a file");
  });
});

for (
  const [flags, words] of [
    [["--out", "x.pcapng", "--segment", "1m"], "--segment is for files of media, not for pcapng"],
    [["--out", "x.h264", "--every", "2"], "--every is for JPEG pictures"],
    [["--out", "x", "--format", "mjpg"], 'unknown format "mjpg" (did you mean'],
    [[], "dump needs --out PATH"],
  ] as const
) {
  Deno.test(`dump ${flags.join(" ")} is not understood, with status 2`, async () => {
    const { status, stderr } = await runProgram("dump", "127.0.0.1", "1", "0", "m", ...flags);
    assertEquals(status, 2);
    assertStringIncludes(stderr, words);
  });
}
