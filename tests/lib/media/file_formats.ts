// Every format of a file that has frames in it, for suites that run with each.
import { openAviFile } from "../../../lib/media/avi/avi_file.ts";
import type { ByteSource } from "../../../lib/media/byte_source.ts";
import { openConcatenatedFile } from "../../../lib/media/concatenated_file.ts";
import { openIsoFile } from "../../../lib/media/iso/iso_file.ts";
import { openLabFile } from "../../../lib/media/lab_file.ts";
import { openMultipartFile } from "../../../lib/media/multipart_file.ts";
import type { FrameSource } from "../../../lib/stream/frame_source.ts";
import { aviFile, type AviShape } from "../../support/avi_bytes.ts";
import { join } from "../../support/file_bytes.ts";
import { isoFile, type IsoShape } from "../../support/iso_bytes.ts";
import { multipartFile, type MultipartShape } from "../../support/multipart_bytes.ts";
import { labFile } from "./frames.ts";

/** A format, or one way of writing it. */
export interface FileFormat {
  readonly name: string;
  make(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
  open(bytes: ByteSource, options?: { windowBytes?: number }): FrameSource;
  readonly frameRate: number | undefined;
  /** A file that was cut keeps the frames before the cut. */
  readonly survivesCut: boolean;
}

function avi(name: string, shape: AviShape, frameRate = 25): FileFormat {
  const make = (frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
    aviFile(frames, shape).bytes;
  return { name, make, open: openAviFile, frameRate, survivesCut: true };
}

function iso(name: string, shape: IsoShape): FileFormat {
  const make = (frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => isoFile(frames, shape);
  const survivesCut = shape.movie === "front";
  return { name, make, open: openIsoFile, frameRate: 25, survivesCut };
}

function multipart(name: string, shape: MultipartShape): FileFormat {
  return {
    name,
    make: (frames) => multipartFile(frames, shape),
    open: openMultipartFile,
    frameRate: undefined,
    survivesCut: true,
  };
}

export const FILE_FORMATS: readonly FileFormat[] = [
  { name: "lab file", make: labFile, open: openLabFile, frameRate: undefined, survivesCut: true },
  {
    name: "concatenated JPEG",
    make: (frames) => join(...frames),
    open: openConcatenatedFile,
    frameRate: undefined,
    survivesCut: true,
  },
  avi("AVI with idx1", {}),
  avi("AVI with idx1 that counts from the start of the file", { index: "idx1 absolute" }),
  avi("AVI without index", { index: "none", rate: 30000, scale: 1001 }, 30000 / 1001),
  avi("AVI whose recording was interrupted", { index: "none", interrupted: true, sound: true }),
  avi("AVI with sound and idx1", { sound: true }),
  avi("AVI with sound, rec lists and idx1", { sound: true, lists: true }),
  avi("AVI with sound, rec lists and no index", { sound: true, lists: true, index: "none" }),
  avi("AVI with an OpenDML index over several RIFFs", { index: "opendml", framesPerRiff: 7 }),
  avi("AVI with idx1 for the first of several RIFFs", { framesPerRiff: 7 }),
  iso("MOV, moov at the end", {}),
  iso("MOV, moov at the front, sound, edits", { movie: "front", sound: true, edits: [0] }),
  iso("MP4, moov at the front, 64-bit offsets", {
    movie: "front",
    codec: "mp4v",
    largeOffsets: true,
  }),
  iso("MOV, one frame a chunk, 16-bit sizes", { perChunk: [1], compactSizes: true }),
  iso("MP4 in fragments", { movie: "fragments", codec: "mp4v", perChunk: [1, 3] }),
  multipart("multipart with lengths", {}),
  multipart("multipart without lengths", { lengths: false, boundary: "ffmpeg" }),
  multipart("multipart with lone line feeds, closed", { lineEnd: "\n", after: "--frame--\n" }),
  multipart("multipart behind a response's head", {
    before: "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=frame\r\n\r\n\r\n",
  }),
];
