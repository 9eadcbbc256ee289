// What the server under test serves, and what a client must make of it.
import { encodeJpeg, type EncodeOptions } from "../../../lib/jpeg/encoder.ts";
import { assertEquals } from "../../support/assert.ts";
import { concat, testPicture } from "../../lib/jpeg/pictures.ts";
import { run } from "./child.ts";

const MOVIE = new URL("../../../media/movie.Mjpeg", import.meta.url);
const LENGTH_DIGITS = 5;

/** The frames of the sample clip, read without any help of the code under test. */
export async function movieFrames(): Promise<Uint8Array[]> {
  const bytes = await Deno.readFile(MOVIE);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const digits = bytes.subarray(at, at + LENGTH_DIGITS);
    const end = at + LENGTH_DIGITS + Number(new TextDecoder().decode(digits));
    frames.push(bytes.subarray(at + LENGTH_DIGITS, end));
    at = end;
  }
  return frames;
}

/** Frames in the course lab's format. */
export function labClip(frames: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(...frames.flatMap((frame) => [
    new TextEncoder().encode(String(frame.length).padStart(LENGTH_DIGITS, "0")),
    frame,
  ]));
}

/** A size, a number of frames, and how to encode them. */
export interface DrawnClip extends EncodeOptions {
  width: number;
  height: number;
  frames: number;
}

/** Pictures that differ from frame to frame, encoded by our own encoder. */
export function drawnFrames({ width, height, frames, ...options }: DrawnClip): Uint8Array[] {
  return Array.from(
    { length: frames },
    (_, index) => encodeJpeg(testPicture(width, height, index + 1), options),
  );
}

/** Pictures encoded by ffmpeg, one behind the other. */
export async function ffmpegFrames(
  size: string,
  frames: number,
  options: string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const path = await Deno.makeTempFile({ suffix: ".mjpeg" });
  try {
    const source = ["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=25`];
    const output = ["-frames:v", String(frames), "-c:v", "mjpeg", ...options, "-f", "mjpeg", path];
    // It warns of its own format's name; only what it makes matters here.
    const made = await run("ffmpeg", [
      "-nostdin",
      "-y",
      "-loglevel",
      "error",
      ...source,
      ...output,
    ]);
    assertEquals(made, { code: 0, stdout: "", stderr: "" });
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(path);
  }
}

/**
 * Runs `use` in a new folder, which is gone afterwards.
 * @param files by name, which may have a folder in it
 */
export async function inFolder(
  files: Record<string, Uint8Array>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-interop-" });
  try {
    for (const [name, bytes] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeFile(path, bytes);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A port that ffmpeg tried and somebody has, another ffmpeg often; it takes the next one then. */
const PORT_TAKEN = /^\[udp @ \w+\] bind failed: Address already in use\n/gm;

/** Runs ffmpeg; it must succeed and complain of nothing. @returns its stdout */
export async function ffmpeg(args: string[], timeoutMs?: number): Promise<string> {
  const { code, stdout, stderr } = await run(
    "ffmpeg",
    ["-hide_banner", "-nostdin", "-loglevel", "warning", ...args],
    timeoutMs === undefined ? {} : { timeoutMs },
  );
  const complaints = stderr.replace(PORT_TAKEN, "");
  assertEquals({ code, complaints }, { code: 0, complaints: "" }, args.join(" "));
  return stdout;
}

/** What ffmpeg makes of an input: a hash of the decoded pixels of each frame, in order. */
export async function decodedHashes(input: string[], filter?: string): Promise<string[]> {
  const filters = filter === undefined ? [] : ["-vf", filter];
  // Frames as they are: none doubled, none left out to keep a rate.
  const output = ["-fps_mode", "passthrough", ...filters, "-f", "framemd5", "-"];
  const listing = await ffmpeg([...input, ...output]);
  const lines = listing.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => line.slice(line.lastIndexOf(",") + 1).trim());
}

/** {@linkcode decodedHashes} of JPEGs in memory. */
export async function sourceHashes(frames: Uint8Array, filter?: string): Promise<string[]> {
  const path = await Deno.makeTempFile({ suffix: ".mjpeg" });
  try {
    await Deno.writeFile(path, frames);
    return await decodedHashes(["-f", "mjpeg", "-i", path], filter);
  } finally {
    await Deno.remove(path);
  }
}

/** {@linkcode decodedHashes} of the files of a folder, in the order of their names. */
export async function folderHashes(folder: string, filter?: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  names.sort();
  const frames = await Promise.all(names.map((name) => Deno.readFile(`${folder}/${name}`)));
  return await sourceHashes(concat(...frames), filter);
}
