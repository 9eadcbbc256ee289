import { MalformedError, quote } from "../../bytes/malformed.ts";
import { fourcc, u32be } from "../fixed_integers.ts";
import type { FileView, Scan } from "../guided_scanner.ts";
import { type Box, contents, findBox, FULL_BOX_BYTES } from "./box.ts";

/** Sample entries whose samples are JPEG files. Tags in capitals come from cameras. */
const MOTION_JPEG = new Set(["jpeg", "mjpa", "MJPG", "mjpg", "AVDJ", "dmb1"]);
/** A sample entry for MPEG-4 systems: what it is stands in its descriptors. */
const MPEG4_VISUAL = "mp4v";
/** Motion JPEG format B, of which JPEGs are made: see `fieldToJpeg`. */
export const MOTION_JPEG_B = "mjpb";

/** Where the first entry of `stsd` begins, and in it, its type; behind the fields its own boxes. */
const SampleEntry = Object.freeze({ AT: 8, TYPE: 4, FIELDS_BYTES: 86 });
/** Descriptors (ISO/IEC 14496-1, section 7.2.6); objectTypeIndication 0x6C is JPEG. */
const Descriptor = Object.freeze({ ES: 0x03, DECODER_CONFIG: 0x04 });
const OBJECT_TYPE_JPEG = 0x6c;
const MAX_DESCRIPTORS_BYTES = 256;
const ES_FIELDS_BYTES = 3;
/** Bits of the byte behind ES_ID: further fields are there. */
const EsFlags = Object.freeze({ DEPENDS: 0x80, URL: 0x40, OCR: 0x20 });

/** What the samples of a track are. */
export interface Codec {
  readonly type: string;
  /** Offset of its sample entry. */
  readonly at: number;
  readonly jpeg: boolean;
}

/**
 * Reads the first sample entry (ISO/IEC 14496-12, section 8.5.2).
 * @param descriptions the `stsd` box
 * @throws {MalformedError} when there is none
 */
export function* readCodec(view: FileView, descriptions: Box): Scan<Codec> {
  const bytes = yield* contents(view, descriptions, SampleEntry.AT + FULL_BOX_BYTES * 2);
  const at = descriptions.data + SampleEntry.AT;
  const size = u32be(bytes, SampleEntry.AT);
  if (size < FULL_BOX_BYTES * 2 || at + size > descriptions.end) {
    throw new MalformedError("stsd", at, "Has no sample entry");
  }
  const type = fourcc(bytes, SampleEntry.AT + SampleEntry.TYPE);
  const jpegs = MOTION_JPEG.has(type) || type === MOTION_JPEG_B;
  if (type !== MPEG4_VISUAL) return { type, at, jpeg: jpegs };
  const entry = { type, at, data: at + SampleEntry.FIELDS_BYTES, end: at + size, cut: false };
  const descriptors = yield* findBox(view, entry, "esds");
  const jpeg = descriptors !== undefined &&
    objectType(yield* contents(view, descriptors, MAX_DESCRIPTORS_BYTES)) === OBJECT_TYPE_JPEG;
  return { type, at, jpeg };
}

/** Why the samples cannot be served. */
export function whyNot({ type }: Codec): string {
  return `The video is ${quote(type)}, which is no Motion JPEG`;
}

/** The objectTypeIndication in an `esds` box. */
function objectType(bytes: Uint8Array): number | undefined {
  let at = skipHead(bytes, FULL_BOX_BYTES, Descriptor.ES);
  if (at === undefined) return undefined;
  const flags = bytes[at + ES_FIELDS_BYTES - 1] ?? 0;
  at += ES_FIELDS_BYTES;
  if (flags & EsFlags.DEPENDS) at += 2;
  if (flags & EsFlags.URL) at += 1 + (bytes[at] ?? 0);
  if (flags & EsFlags.OCR) at += 2;
  const config = skipHead(bytes, at, Descriptor.DECODER_CONFIG);
  return config === undefined ? undefined : bytes[config];
}

/** Steps over the tag and the length, seven bits a byte, of a descriptor. */
function skipHead(bytes: Uint8Array, at: number, tag: number): number | undefined {
  if (bytes[at] !== tag) return undefined;
  let next = at + 1;
  for (let i = 0; i < 3 && (bytes[next] ?? 0) >= 0x80; i++) next++;
  return next + 1;
}
