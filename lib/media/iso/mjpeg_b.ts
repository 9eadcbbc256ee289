import { MalformedError } from "../../bytes/malformed.ts";
import { formatStandardHuffman } from "../../jpeg/file_header.ts";
import { Marker, MARKER_PREFIX } from "../../jpeg/markers.ts";
import { fourcc, u16be, u32be } from "../fixed_integers.ts";

/**
 * What stands before a field in Motion JPEG format B (QuickTime File Format, "Motion-JPEG"): where
 * its parts are, from the beginning of the field. 0 stands for a part that is not there.
 *
 *      0               4               8               12
 *     +---------------+---------------+---------------+---------------+
 *     |       0       |    "mjpg"     |  field size   |  padded size  |
 *     +---------------+---------------+---------------+---------------+
 *     |  next field   |      DQT      |      DHT      |      SOF      |
 *     +---------------+---------------+---------------+---------------+
 *     |      SOS      |     data      |
 *     +---------------+---------------+
 */
const Field = Object.freeze({
  TAG: 4,
  SIZE: 8,
  DQT: 20,
  DHT: 24,
  SOF: 28,
  SOS: 32,
  DATA: 36,
  END: 40,
});
const ELEMENT = "Motion JPEG B";
const TAG = "mjpg";
const STUFFING = 0;

/**
 * A JPEG file of the first field of a frame in Motion JPEG format B, which has the same segments
 * without markers, and entropy-coded data without stuffing. Where a frame is two fields, each a
 * picture of half the height, the second one is left out.
 *
 * @throws {MalformedError} naming the byte of the frame
 */
export function fieldToJpeg(frame: Uint8Array): Uint8Array {
  if (frame.length < Field.END || fourcc(frame, Field.TAG) !== TAG) {
    throw new MalformedError(ELEMENT, 0, `Does not begin with the head of a field`);
  }
  const size = Math.min(u32be(frame, Field.SIZE), frame.length);
  const field = frame.subarray(0, size);
  const data = u32be(frame, Field.DATA);
  if (data < Field.END || data > size) {
    throw new MalformedError(ELEMENT, Field.DATA, `Places its data at ${data} of ${size} bytes`);
  }
  const tables = u32be(frame, Field.DHT) === 0
    ? formatStandardHuffman()
    : segment(field, Field.DHT, Marker.DHT);
  return join([
    Uint8Array.of(MARKER_PREFIX, Marker.SOI),
    segment(field, Field.DQT, Marker.DQT),
    tables,
    segment(field, Field.SOF, Marker.SOF0),
    segment(field, Field.SOS, Marker.SOS),
    stuffed(field.subarray(data)),
    Uint8Array.of(MARKER_PREFIX, Marker.EOI),
  ]);
}

/** The segment whose place stands at `at`, with its marker. */
function segment(field: Uint8Array, at: number, marker: number): Uint8Array {
  const from = u32be(field, at);
  const length = from + 2 <= field.length ? u16be(field, from) : 0;
  if (from < Field.END || length < 2 || from + length > field.length) {
    const problem = `Places a segment at ${from} of ${field.length} bytes`;
    throw new MalformedError(ELEMENT, at, problem);
  }
  return join([Uint8Array.of(MARKER_PREFIX, marker), field.subarray(from, from + length)]);
}

/** With a zero behind each byte that could be taken for a marker's. */
function stuffed(data: Uint8Array): Uint8Array {
  let count = 0;
  for (const byte of data) if (byte === MARKER_PREFIX) count++;
  const out = new Uint8Array(data.length + count);
  let to = 0;
  for (const byte of data) {
    out[to++] = byte;
    if (byte === MARKER_PREFIX) out[to++] = STUFFING;
  }
  return out;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
