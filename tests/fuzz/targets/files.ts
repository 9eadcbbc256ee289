// What is made of pictures and units: files to be served, and files that are kept.
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import type { AccessUnit } from "../../../lib/codec/depacketizer.ts";
import { payloadFormat } from "../../../lib/codec/registry.ts";
import { carriage } from "../../../lib/jpeg/carriage.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { nativeFileFormat } from "../../../lib/media/native/choose.ts";
import { UnitRefusedError } from "../../../lib/media/native/native_writer.ts";
import { formatName, openMedia } from "../../../lib/media/open_media.ts";
import { checkMedia } from "../../../lib/media/transcode/media_check.ts";
import { pictureSize } from "../../../lib/media/transcode/picture_size.ts";
import { transcodeFrame } from "../../../lib/media/transcode/transcode_frame.ts";
import { parseRtpPacket } from "../../../lib/rtp/packet.ts";
import type { FrameSource } from "../../../lib/stream/frame_source.ts";
import { LAB_MAX_FRAME } from "../../../lib/stream/lab_payload.ts";
import { MediaUnreadableError } from "../../../lib/stream/media_provider.ts";
import { InputParser, MOST_ANSWER } from "../../../lib/ui/terminal/input_parser.ts";
import * as golden from "../../golden/jpeg_files.ts";
import * as captures from "../../lib/codec/captures.ts";
import { labFile } from "../../lib/media/frames.ts";
import { aviFile } from "../../support/avi_bytes.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { pcapngOf } from "../../support/capture_builder.ts";
import { hex } from "../../support/golden.ts";
import { isoFile } from "../../support/iso_bytes.ts";
import { multipartFile } from "../../support/multipart_bytes.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { inPieces } from "../mutate.ts";
import { packed, type Target, unpacked } from "../target.ts";
import { RTPDUMP, smallSession } from "./sessions.ts";

const FILES: readonly Uint8Array[] = Object.values(golden);
const PNG = hex`
  89504e470d0a1a0a 0000000d 49484452 00000001 00000001 08 02 000000 907753de
  0000000c 49444154 08d763f8cfc000000301 0100 18dd8db0 00000000 49454e44 ae426082`;
/** Pixels of mutated pictures that are worked on: larger ones take their time rightly. */
const MOST_PIXELS = 512 * 512;

/** Whatever picture it is, what is made of it can be carried, or the error names the byte. */
async function checkFitting(bytes: Uint8Array, random: Seeded): Promise<void> {
  const carrier = random.one(["rtp", "lab"] as const);
  try {
    const { width, height } = pictureSize(bytes);
    if (width * height > MOST_PIXELS) return;
    const { jpeg } = await transcodeFrame(bytes, carrier);
    const info = inspectJpeg(jpeg);
    assert(info.width <= width && info.height <= height, "it does not grow");
    if (carrier === "rtp") assert(carriage(info).ok, "it can be carried");
    else assert(jpeg.length <= LAB_MAX_FRAME, `${jpeg.length} bytes`);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    assert(error.position >= 0 && error.position <= bytes.length, `position ${error.position}`);
  }
}

const NAME = "clip";

/** What `serve --check` does: every frame is looked at; what is wrong names file, frame and byte. */
async function checkWholeFile(bytes: Uint8Array): Promise<void> {
  // Its pixels are decoded in a thread of its own, by others' code.
  if (formatName(bytes) === "PNG") return;
  let source: FrameSource;
  try {
    source = await openMedia(new MemoryBytes(bytes), { name: NAME });
  } catch (error) {
    if (!(error instanceof MediaUnreadableError)) throw error;
    assert(error.message.startsWith(`${NAME}: `), error.message);
    return;
  }
  try {
    const check = await checkMedia(source, { signal: new AbortController().signal });
    assert(check.frames <= bytes.length && check.totalBytes >= check.frames);
    for (const { frame, position, problem } of check.faults) {
      assert(frame >= 1 && problem !== "", `${frame}: ${problem}`);
      assert(position === undefined || position >= 0, `byte ${position}`);
    }
  } finally {
    source.close();
  }
}

/** Files are small, and in memory where there is a folder of it. */
const MEMORY_FOLDER = "/dev/shm";
let folder: Promise<string> | undefined;

function keptIn(): Promise<string> {
  return folder ??= makeFolder();
}

async function makeFolder(): Promise<string> {
  const prefix = "rtspkit-fuzz-";
  try {
    return await Deno.makeTempDir({ prefix, dir: MEMORY_FOLDER });
  } catch {
    return await Deno.makeTempDir({ prefix });
  }
}

async function removeFolder(): Promise<void> {
  if (folder !== undefined) await Deno.remove(await folder, { recursive: true });
  folder = undefined;
}

/** Bytes of a file beside the units in it, and for each of them. */
const FILE_HEADER = 65_536;
const UNIT_HEADER = 4096;

/** A stream as `dump` keeps it: whatever comes, the file is whole and no larger than it may be. */
function checkKept({ track }: captures.Capture): Target["check"] {
  const format = payloadFormat(track.encoding)!;
  const file = nativeFileFormat(track.encoding)!;
  return async (bytes) => {
    const units: AccessUnit[] = [];
    const stream = format.depacketizer!(track, (unit) => units.push(unit));
    const path = `${await keptIn()}/${track.encoding}`;
    const writer = await file.create(path, track, stream);
    unpacked(bytes).forEach((part, sequence) => {
      try {
        stream.push({ packet: parseRtpPacket(part), sequence, arrivedAt: sequence });
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
      }
    });
    stream.flush();
    let held = FILE_HEADER;
    for (const unit of units) {
      held += unit.bytes + UNIT_HEADER;
      await writer.write(unit).catch((error) => {
        if (!(error instanceof UnitRefusedError)) throw error;
      });
    }
    await writer.commit();
    const { size } = await Deno.stat(path);
    await Deno.remove(path);
    assert(size <= held, `${size} bytes of ${units.length} units`);
  };
}

/** Keys and answers of a terminal: the same however they are cut, and bounded. */
function checkInput(bytes: Uint8Array, random: Seeded): void {
  const parsed = (pieces: readonly Uint8Array[]): unknown[] => {
    const parser = new InputParser();
    return [...pieces.flatMap((piece) => parser.feed(piece)), ...parser.flush()];
  };
  if (bytes.length > MOST_ANSWER / 2) return void parsed([bytes]);
  assertEquals(parsed(inPieces(bytes, random)), parsed([bytes]));
}

const KEPT = Object.values(captures).filter(({ track }) => nativeFileFormat(track.encoding));

/** Targets of pictures and files. */
export const FILE_TARGETS: readonly Target[] = [
  { name: "picture-fitting", seeds: [...FILES, PNG], check: checkFitting },
  {
    name: "serve-check",
    seeds: [
      ...[aviFile(FILES.slice(0, 4)).bytes, isoFile(FILES.slice(0, 4)), labFile([...FILES])],
      ...[multipartFile(FILES.slice(0, 4)), ...FILES.slice(0, 6)],
      ...[pcapngOf(smallSession()), RTPDUMP],
    ],
    check: checkWholeFile,
  },
  ...KEPT.map((capture) => ({
    name: `keep-${capture.track.encoding.toLowerCase()}`,
    seeds: [packed(capture.packets)],
    check: checkKept(capture),
    end: removeFolder,
  })),
  {
    name: "terminal-input",
    seeds: [
      ascii("q\x1b[A\x1b[5~ \x1bOB\x1b"),
      ascii("\x1b[?62;4;22c\x1b[6;18;9t\x1bP>|xterm(370)\x1b\\\x1b_Gi=1;OK\x1b\\"),
      ascii("\x1b]11;rgb:0000/0000/0000\x07\x1b[24;80R"),
    ],
    check: checkInput,
  },
];
