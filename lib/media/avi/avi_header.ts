import { MalformedError, quote } from "../../bytes/malformed.ts";
import { fourcc, u32le } from "../fixed_integers.ts";
import { frameRateOf } from "../frame_rate.ts";
import type { FileView, Scan } from "../guided_scanner.ts";
import { behind, type Chunk, dataOf, LIST_HEADER_BYTES, readChunk } from "./chunk.ts";

/** Chunks and lists before the frames, at most. */
export const MAX_HEADER_CHUNKS = 1000;
/** Streams are told apart by two digits in the identifiers of their chunks. */
export const MAX_STREAMS = 100;

/** Bytes read together; most headers are shorter. */
const WINDOW_BYTES = 16 * 1024;

const ELEMENT = "AVI header";
const MICROSECONDS = 1_000_000;

/** Offsets in `strh` (AVIStreamHeader) and `strf` (BITMAPINFOHEADER). */
const StreamHeader = Object.freeze({ HANDLER: 4, SCALE: 20, RATE: 24, BYTES: 56 });
const StreamFormat = Object.freeze({ COMPRESSION: 16, BYTES: 40 });

/**
 * What programs and cards write for pictures that are JPEG files, with tables or without: AVRn is
 * Avid's, dmb1 Matrox's, ADJV and AVDJ Avid's again, IJPG and QIVG of capture cards. In any case of
 * letters.
 */
const MOTION_JPEG = new Set([
  "MJPG",
  "JPEG",
  "AVRN",
  "DMB1",
  "MJPA",
  "AVDJ",
  "ADJV",
  "IJPG",
  "QIVG",
  "ACDV",
  "CJPG",
  "SLMJ",
]);

/** The video of an AVI file and where its frames lie. */
export interface AviHeader {
  /** What the identifiers of its chunks begin with: two digits. */
  readonly stream: string;
  readonly frameRate: number | undefined;
  /** Its `indx` chunk, where there is one (OpenDML). */
  readonly index: Chunk | undefined;
  /** The list of the frames. Its size is wrong when recording was interrupted. */
  readonly movi: Chunk;
}

interface Stream {
  readonly number: number;
  type: string;
  codec: string;
  frameRate: number | undefined;
  index: Chunk | undefined;
}

interface Headers {
  readonly streams: Stream[];
  /** Of the whole file, which counts when the stream states no rate. */
  frameRate: number | undefined;
}

/**
 * Reads what stands before the frames ("AVI RIFF File Reference", Microsoft).
 * @throws {MalformedError} when there is no Motion JPEG
 */
export function* readAviHeader(view: FileView): Scan<AviHeader> {
  const headers: Headers = { streams: [], frameRate: undefined };
  let at = LIST_HEADER_BYTES;
  for (let hops = 0; hops < MAX_HEADER_CHUNKS; hops++) {
    const chunk = readChunk(yield* view.look(at, LIST_HEADER_BYTES, WINDOW_BYTES), at);
    if (chunk === undefined) throw new MalformedError(ELEMENT, at, "No chunk begins here");
    if (chunk.id === "LIST" && chunk.type === "movi") return choose(headers, chunk);
    if (chunk.id === "LIST" && (chunk.type === "hdrl" || chunk.type === "strl")) {
      if (chunk.type === "strl") addStream(headers, at);
      at += LIST_HEADER_BYTES;
    } else {
      yield* readPart(view, chunk, headers);
      at = behind(chunk);
    }
  }
  throw new MalformedError(ELEMENT, at, `Has more than ${MAX_HEADER_CHUNKS} chunks`);
}

function addStream({ streams }: Headers, at: number): void {
  if (streams.length >= MAX_STREAMS) {
    throw new MalformedError(ELEMENT, at, `Has more than ${MAX_STREAMS} streams`);
  }
  streams.push({
    number: streams.length,
    type: "",
    codec: "",
    frameRate: undefined,
    index: undefined,
  });
}

function* readPart(view: FileView, chunk: Chunk, headers: Headers): Scan {
  const stream = headers.streams.at(-1);
  if (chunk.id === "avih") {
    headers.frameRate = frameRateOf(MICROSECONDS, u32le(yield* view.look(dataOf(chunk), 4), 0));
  } else if (stream === undefined) {
    return;
  } else if (chunk.id === "strh") {
    const bytes = yield* view.look(dataOf(chunk), Math.min(chunk.size, StreamHeader.BYTES));
    stream.type = fourcc(bytes, 0);
    stream.codec ||= fourcc(bytes, StreamHeader.HANDLER);
    const rate = u32le(bytes, StreamHeader.RATE);
    stream.frameRate = frameRateOf(rate, u32le(bytes, StreamHeader.SCALE));
  } else if (chunk.id === "strf" && stream.type === "vids") {
    const bytes = yield* view.look(dataOf(chunk), Math.min(chunk.size, StreamFormat.BYTES));
    stream.codec = fourcc(bytes, StreamFormat.COMPRESSION);
  } else if (chunk.id === "indx") stream.index ??= chunk;
}

function choose({ streams, frameRate }: Headers, movi: Chunk): AviHeader {
  const videos = streams.filter(({ type }) => type === "vids");
  const video = videos.find(({ codec }) => MOTION_JPEG.has(codec.toUpperCase()));
  if (video === undefined) {
    const [first] = videos;
    const problem = first === undefined
      ? "Has no video"
      : `The video is ${quote(first.codec)}, which is no Motion JPEG`;
    throw new MalformedError(ELEMENT, LIST_HEADER_BYTES, problem);
  }
  return {
    stream: String(video.number).padStart(2, "0"),
    frameRate: video.frameRate ?? frameRate,
    index: video.index,
    movi,
  };
}
