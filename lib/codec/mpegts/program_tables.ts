import { MalformedError } from "../../bytes/malformed.ts";
import { ByteReader } from "../../bytes/reader.ts";

const PID_MASK = 0x1fff;
const LENGTH_MASK = 0x0fff;
const PAT_TABLE = 0x00;
const PMT_TABLE = 0x02;
const CRC_LENGTH = 4;

/** stream_type (ISO/IEC 13818-1 table 2-34). */
const STREAM_TYPES: ReadonlyMap<number, string> = new Map([
  [0x01, "MPEG-1 video"],
  [0x02, "MPEG-2 video"],
  [0x03, "MPEG-1 audio"],
  [0x04, "MPEG-2 audio"],
  [0x06, "private data"],
  [0x0f, "AAC"],
  [0x10, "MPEG-4 Visual"],
  [0x11, "AAC (LATM)"],
  [0x15, "metadata"],
  [0x1b, "H.264"],
  [0x24, "H.265"],
  [0x81, "AC-3"],
]);

/** One stream of a program. */
export interface ElementaryStream {
  pid: number;
  /** stream_type. */
  type: number;
}

/** `"H.264"`; a number for types without a name here. */
export function streamTypeName(type: number): string {
  return STREAM_TYPES.get(type) ?? `type 0x${type.toString(16).padStart(2, "0")}`;
}

/**
 * The PIDs of the program maps that a program association section lists (section 2.4.4.3).
 * @param payload of a transport packet in which it begins; a section longer than that is refused
 * @throws {MalformedError} when it is something else or ends too soon
 */
export function parsePat(payload: Uint8Array): number[] {
  const reader = section(payload, PAT_TABLE, "PAT");
  const pids: number[] = [];
  while (reader.remaining > CRC_LENGTH) {
    const program = reader.u16();
    const pid = reader.u16() & PID_MASK;
    if (program !== 0) pids.push(pid);
  }
  return pids;
}

/**
 * The streams that a program map section lists (section 2.4.4.8).
 * @param payload as with {@linkcode parsePat}
 * @throws {MalformedError} when it is something else or ends too soon
 */
export function parsePmt(payload: Uint8Array): ElementaryStream[] {
  const reader = section(payload, PMT_TABLE, "PMT");
  reader.u16(); // PCR_PID
  reader.take(reader.u16() & LENGTH_MASK); // program descriptors
  const streams: ElementaryStream[] = [];
  while (reader.remaining > CRC_LENGTH) {
    const type = reader.u8();
    const pid = reader.u16() & PID_MASK;
    reader.take(reader.u16() & LENGTH_MASK); // descriptors
    streams.push({ pid, type });
  }
  return streams;
}

/** Reads up to what the table says, behind last_section_number. */
function section(payload: Uint8Array, table: number, element: string): ByteReader {
  const outer = new ByteReader(payload, element);
  outer.take(outer.u8()); // pointer_field
  const at = outer.position;
  const id = outer.u8();
  if (id !== table) throw new MalformedError(element, at, `It has table id ${id}`);
  const inner = new ByteReader(outer.take(outer.u16() & LENGTH_MASK), element);
  inner.take(5); // identifier, version, section numbers
  return inner;
}
