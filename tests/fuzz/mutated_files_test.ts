// Ten thousand damaged JPEG and container files on the way that served ones go: opened, each frame
// made fit for RFC 2435. None may crash, hang or take more memory than is promised, and what is said
// of each names the file, the frame and the byte.
import { carriage } from "../../lib/jpeg/carriage.ts";
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import { MemoryBytes } from "../../lib/media/byte_source.ts";
import { FrameStore } from "../../lib/media/frame_store.ts";
import { formatName, openMedia, SNIFF_BYTES } from "../../lib/media/open_media.ts";
import { CarriableSource } from "../../lib/media/transcode/carriable_source.ts";
import { transcodeFrame } from "../../lib/media/transcode/transcode_frame.ts";
import type { Transcoder } from "../../lib/media/transcode/transcoder.ts";
import { FrameDamagedError, type FrameSource } from "../../lib/stream/frame_source.ts";
import { MediaUnreadableError } from "../../lib/stream/media_provider.ts";
import * as golden from "../golden/jpeg_files.ts";
import { testPicture } from "../lib/jpeg/pictures.ts";
import { labFile } from "../lib/media/frames.ts";
import { optimisedFrame } from "../lib/media/transcode/fakes.ts";
import { assert, assertMatch } from "../support/assert.ts";
import { aviFile } from "../support/avi_bytes.ts";
import { pcapngOf, pcapOf } from "../support/capture_builder.ts";
import { join } from "../support/file_bytes.ts";
import { isoFile } from "../support/iso_bytes.ts";
import { formatB } from "../support/mjpeg_b.ts";
import { multipartFile } from "../support/multipart_bytes.ts";
import { Seeded } from "../support/seeded.ts";
import { mutated } from "./mutate.ts";
import { RTPDUMP, smallSession } from "./targets/sessions.ts";

const FILES = 10_000;
const SEED = 5;
/** The most memory that all this may add to the process, in bytes: twice what it takes. */
const MOST_MEMORY = 512 * 1024 * 1024;
/** How long one file may take, in ms: several frames whose size was made a large one. */
const MOST_MS = 10_000;
/** Frames looked at of one file; a still has no end. */
const MOST_FRAMES = 8;

const FRAMES = [...Object.values(golden), optimisedFrame(1), optimisedFrame(2)];
const SEEDS: readonly Uint8Array[] = [
  ...FRAMES,
  labFile(FRAMES),
  join(...FRAMES),
  aviFile(FRAMES).bytes,
  aviFile(FRAMES, { index: "opendml", framesPerRiff: 3 }).bytes,
  isoFile(FRAMES),
  isoFile(FRAMES, { movie: "fragments" }),
  isoFile([formatB(encodeJpeg(testPicture(48, 32)))], { codec: "mjpb" }),
  multipartFile(FRAMES),
  pcapngOf(smallSession()),
  pcapOf(smallSession()),
  RTPDUMP,
];

/** What the program's threads do, on this one. */
const HERE: Transcoder = {
  crowded: false,
  transcode: ({ load, carrier }) => {
    const work = async (): ReturnType<typeof transcodeFrame> =>
      await transcodeFrame((await load())!, carrier);
    return { result: work(), hurry(): void {} };
  },
  close(): void {},
};

/** What came of the frames of all files. */
const seen = { files: 0, unreadable: 0, frames: 0, damaged: 0 };

async function serve(file: Uint8Array): Promise<void> {
  seen.files++;
  const format = formatName(file.subarray(0, SNIFF_BYTES));
  let source: FrameSource;
  try {
    source = await openMedia(new MemoryBytes(file), { name: "clip" });
  } catch (error) {
    if (!(error instanceof MediaUnreadableError)) throw error;
    seen.unreadable++;
    // A recording may be whole and hold no such stream.
    if (format === "packet recording" && /^clip: No frame of this/.test(error.message)) return;
    return assertMatch(error.message, /^clip: .*frame \d+ at byte \d+/i);
  }
  const options = { carrier: "rtp", transcoder: HERE, store: new FrameStore(1 << 20) } as const;
  const carriable = new CarriableSource(source, options);
  try {
    for (let index = 0; index < MOST_FRAMES && await showFrame(carriable, index); index++);
  } finally {
    carriable.close();
    source.close();
  }
}

/** Whether there is such a frame. */
async function showFrame(source: FrameSource, index: number): Promise<boolean> {
  try {
    const frame = await source.frame(index);
    if (frame === undefined) return false;
    assert(carriage(inspectJpeg(frame)).ok, "it can be carried");
    seen.frames++;
  } catch (error) {
    // The server names the file with it, in the session's warning.
    assert(error instanceof FrameDamagedError, error instanceof Error ? error.stack : `${error}`);
    assertMatch(error.message, new RegExp(`^Frame ${index + 1} at byte \\d+: `));
    seen.damaged++;
  }
  return true;
}

Deno.test(`${FILES} damaged files are served, left out in part, or refused by name`, async () => {
  const random = new Seeded(SEED);
  const before = Deno.memoryUsage().rss;
  let most = 0;
  for (let i = 0; i < FILES; i++) {
    const started = performance.now();
    await serve(mutated(SEEDS, random));
    const took = performance.now() - started;
    assert(took < MOST_MS, `file ${i} took ${took} ms`);
    most = Math.max(most, Deno.memoryUsage().rss - before);
  }
  assert(most < MOST_MEMORY, `${most} bytes of memory`);
  // Mutations that hurt nothing, and those that leave nothing, would show nothing.
  for (const count of Object.values(seen)) assert(count > FILES / 20, JSON.stringify(seen));
});
