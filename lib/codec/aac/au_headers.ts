import { MalformedError } from "../../bytes/malformed.ts";
import { parseFmtpParameters } from "../../sdp/fmtp.ts";
import { BitReader } from "../bit_reader.ts";

/** Most access units one packet may hold. */
export const MAX_ACCESS_UNITS = 1024;
/** Bits of the longest field of an AU header. */
const MAX_FIELD_BITS = 32;
const LENGTH_BITS = 16;
const BITS_PER_BYTE = 8;
const ELEMENT = "AU header section";

/** Which fields an AU header has, in bits (RFC 3640 section 4.1). */
export interface AuLayout {
  sizeLength: number;
  indexLength: number;
  indexDeltaLength: number;
  ctsDeltaLength: number;
  dtsDeltaLength: number;
  randomAccess: boolean;
  streamStateLength: number;
  auxiliarySizeLength: number;
  /** Bytes of every access unit, where no size is sent; 0 when sizes are sent or not needed. */
  constantSize: number;
}

/** What one AU header says, with the bytes of its access unit that are in this packet. */
export interface AuPart {
  /** Bytes of the whole access unit. */
  size: number;
  data: Uint8Array;
}

/** What a mode means where the description leaves the lengths out, as some cameras do. */
const MODES: ReadonlyMap<string, Partial<AuLayout>> = new Map([
  ["aac-hbr", { sizeLength: 13, indexLength: 3, indexDeltaLength: 3 }],
  ["aac-lbr", { sizeLength: 6, indexLength: 2, indexDeltaLength: 2 }],
]);

/** The layout that format parameters describe. Numbers out of range count as left out. */
export function parseAuLayout(fmtp = ""): AuLayout {
  const parameters = parseFmtpParameters(fmtp);
  const mode = MODES.get(parameters.get("mode")?.toLowerCase() ?? "") ?? {};
  const bits = (name: string, otherwise = 0, most = MAX_FIELD_BITS): number => {
    const text = parameters.get(name) ?? "";
    return /^\d{1,6}$/.test(text) && Number(text) <= most ? Number(text) : otherwise;
  };
  const constantSize = bits("constantsize", 0, 0xffff);
  return {
    // A constant size takes the place of the field; cameras send neither name and mean the mode's.
    sizeLength: bits("sizelength", constantSize > 0 ? 0 : mode.sizeLength),
    indexLength: bits("indexlength", mode.indexLength),
    indexDeltaLength: bits("indexdeltalength", mode.indexDeltaLength),
    ctsDeltaLength: bits("ctsdeltalength"),
    dtsDeltaLength: bits("dtsdeltalength"),
    randomAccess: bits("randomaccessindication", 0, 1) === 1,
    streamStateLength: bits("streamstateindication"),
    auxiliarySizeLength: bits("auxiliarydatasizelength"),
    constantSize,
  };
}

/**
 * The access units of a payload (RFC 3640 section 3.2): one that is cut has more `size` than data.
 *
 * ```text
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+------------------------------+----------------+-----------
 * |  AU-headers-length in bits    | AU-size, AU-index, … each AU | auxiliary data | AUs …
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+------------------------------+----------------+-----------
 * ```
 * @throws {MalformedError} when headers or data end too soon, bytes are left over, or units are
 * interleaved
 */
export function parseAuPayload(payload: Uint8Array, layout: AuLayout): AuPart[] {
  const sizes: (number | undefined)[] = [];
  let dataAt = 0;
  if (hasHeaders(layout)) dataAt = readHeaders(payload, layout, sizes);
  else if (layout.constantSize === 0) sizes.push(undefined);
  dataAt += auxiliaryLength(payload, dataAt, layout.auxiliarySizeLength);
  return cut(payload.subarray(dataAt), sizes, layout.constantSize);
}

function hasHeaders(layout: AuLayout): boolean {
  return layout.sizeLength > 0 || layout.indexLength > 0 || layout.indexDeltaLength > 0 ||
    layout.ctsDeltaLength > 0 || layout.dtsDeltaLength > 0 || layout.randomAccess ||
    layout.streamStateLength > 0;
}

/** @returns where the header section ends */
function readHeaders(
  payload: Uint8Array,
  layout: AuLayout,
  sizes: (number | undefined)[],
): number {
  const length = new BitReader(payload, ELEMENT).u(LENGTH_BITS);
  const end = LENGTH_BITS / BITS_PER_BYTE + Math.ceil(length / BITS_PER_BYTE);
  if (end > payload.length) {
    throw new MalformedError(ELEMENT, 0, `Announces ${length} bits, the packet ends before that`);
  }
  const reader = new BitReader(payload.subarray(0, end), ELEMENT);
  reader.skip(LENGTH_BITS);
  while (reader.position < LENGTH_BITS + length) {
    if (sizes.length === MAX_ACCESS_UNITS) {
      throw reader.malformed(`More than ${MAX_ACCESS_UNITS} access units`);
    }
    sizes.push(readHeader(reader, layout, sizes.length === 0));
  }
  if (reader.position > LENGTH_BITS + length) {
    throw reader.malformed(`Announces ${length} bits, its headers have more`);
  }
  return end;
}

function readHeader(reader: BitReader, layout: AuLayout, first: boolean): number | undefined {
  const { sizeLength } = layout;
  const size = sizeLength > 0 ? reader.u(sizeLength) : undefined;
  const at = reader.position;
  const index = reader.u(first ? layout.indexLength : layout.indexDeltaLength);
  if (index !== 0) {
    const name = first ? "AU-index" : "AU-index-delta";
    throw reader.malformed(
      `Access units are interleaved, which is not undone: ${name} ${index}`,
      at,
    );
  }
  if (layout.ctsDeltaLength > 0 && reader.flag()) reader.skip(layout.ctsDeltaLength);
  if (layout.dtsDeltaLength > 0 && reader.flag()) reader.skip(layout.dtsDeltaLength);
  if (layout.randomAccess) reader.skip(1);
  reader.skip(layout.streamStateLength);
  return size;
}

function auxiliaryLength(payload: Uint8Array, at: number, sizeLength: number): number {
  if (sizeLength === 0) return 0;
  const reader = new BitReader(payload.subarray(at), "Auxiliary section");
  const size = reader.u(sizeLength);
  reader.skip(size);
  reader.align();
  return reader.position / BITS_PER_BYTE;
}

function cut(data: Uint8Array, sizes: (number | undefined)[], constantSize: number): AuPart[] {
  if (constantSize > 0 && sizes.length === 0) {
    for (let at = 0; at < data.length; at += constantSize) sizes.push(constantSize);
  }
  if (sizes.length === 0) throw new MalformedError("AAC payload", 0, "It has no AU header");
  let at = 0;
  const parts: AuPart[] = [];
  for (const [i, told] of sizes.entries()) {
    const left = data.length - at;
    const size = told ?? (constantSize > 0 ? constantSize : left);
    if (size > left && sizes.length > 1) {
      throw new MalformedError(
        "AAC payload",
        at,
        `Access unit ${i + 1} of ${sizes.length} has ${size} bytes, ${left} are left`,
      );
    }
    parts.push({ size, data: data.subarray(at, at + size) });
    at += Math.min(size, left);
  }
  if (at < data.length) {
    throw new MalformedError(
      "AAC payload",
      at,
      `${data.length - at} bytes follow the access units`,
    );
  }
  return parts;
}
