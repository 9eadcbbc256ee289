// What the tests of this room share: small frames, files made of them, and byte sources that watch.
import type { ByteSource } from "../../../lib/media/byte_source.ts";
import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import type { FrameSource } from "../../../lib/stream/frame_source.ts";
import { join } from "../../support/file_bytes.ts";
import { ascii } from "../../support/split.ts";
import { hex } from "../../support/golden.ts";

const SCAN_HEADER = hex`
  ff da 00 08   # SOS, length
  01 01 00      # one component, its tables
  00 3f 00      # spectral selection, approximation
`;
/** An APP1 segment whose content looks like frames beginning and ending. */
export const THUMBNAIL = hex`
  ff e1 00 0e           # APP1, length
  ff d8 ff c4 11 22     # a picture begins,
  ff d9 ff d8 ff d9     # ends, and another does both
`;

export { join } from "../../support/file_bytes.ts";

/**
 * A file with the markers of a JPEG, no real picture: stuffing, restart and fill bytes included.
 * @param seed makes its bytes its own
 * @param length of the whole, at least 40
 */
export function tinyJpeg(seed: number, length = 60): Uint8Array<ArrayBuffer> {
  const start = join(hex`ff d8 ff e0 00 04`, Uint8Array.of(seed & 0x7f, seed >> 7), SCAN_HEADER);
  const middle = hex`ff 00 12 ff d3 34 ff ff d4`;
  const filling = new Uint8Array(length - start.length - middle.length - 2);
  for (let i = 0; i < filling.length; i++) filling[i] = 0x40 + ((seed * 31 + i * 7) & 0x3f);
  return join(start, middle, filling, hex`ff d9`);
}

/** A frame with a thumbnail before its scan. */
export function jpegWithThumbnail(seed: number): Uint8Array<ArrayBuffer> {
  const jpeg = tinyJpeg(seed);
  return join(jpeg.subarray(0, 2), THUMBNAIL, jpeg.subarray(2));
}

export function lengthDigits(length: number): Uint8Array<ArrayBuffer> {
  return ascii(String(length).padStart(5, "0"));
}

export function labFrame(jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(lengthDigits(jpeg.length), jpeg);
}

export function labFile(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return join(...frames.map(labFrame));
}

/** `count` different frames. */
export function tinyJpegs(count: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, (_, i) => tinyJpeg(i, 50 + 3 * i));
}

/** Every frame of a source, asked for in order until it ends. */
export async function allFrames(source: FrameSource): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for (;;) {
    const frame = await source.frame(frames.length);
    if (frame === undefined) return frames;
    frames.push(frame);
  }
}

/** Counts reads and bytes on their way to another source. */
export class CountingBytes implements ByteSource {
  reads = 0;
  bytesRead = 0;
  closed = false;

  constructor(readonly inner: ByteSource) {}

  get size(): number {
    return this.inner.size;
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    this.reads++;
    const bytes = await this.inner.read(at, length);
    this.bytesRead += bytes.length;
    return bytes;
  }

  close(): void {
    this.closed = true;
    this.inner.close();
  }
}

/** The ways a file's bytes may come, for suites that run with each. */
export const BYTE_SOURCES: { name: string; open: (bytes: Uint8Array) => ByteSource }[] = [
  { name: "at hand", open: (bytes) => new MemoryBytes(bytes) },
  { name: "later", open: (bytes) => new CountingBytes(new MemoryBytes(bytes)) },
];

/** Window sizes that cut small files everywhere, and the usual one. */
export const WINDOWS: (number | undefined)[] = [32, 33, 57, 100, undefined];

/** Runs `body` with a fresh folder that is removed afterwards. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rtspkit-media-" }));
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
