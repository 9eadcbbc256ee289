import { ByteReader } from "../bytes/reader.ts";
import { ByteWriter } from "../bytes/writer.ts";

/** Bytes of a header extension before its data: profile and length (RFC 3550 section 5.3.1). */
export const EXTENSION_HEADER_LENGTH = 4;
/** The profile value that announces one-byte element headers (RFC 8285 section 4.2). */
export const ONE_BYTE_PROFILE = 0xbede;
/** The profile value, without its 4 "appbits", that announces two-byte element headers (4.3). */
export const TWO_BYTE_PROFILE = 0x1000;
/** Highest element ID of the one-byte form; 15 is reserved and ends the reading. */
export const MAX_ONE_BYTE_ID = 14;
/** Most bytes in an element of the one-byte form; its length field holds one less. */
export const MAX_ONE_BYTE_LENGTH = 16;
/** Highest element ID of the two-byte form. */
export const MAX_TWO_BYTE_ID = 255;
/** Most bytes in an element of the two-byte form. */
export const MAX_TWO_BYTE_LENGTH = 255;
/** Most bytes of extension data: the length field counts 65,535 32-bit words. */
export const MAX_EXTENSION_LENGTH = 65_535 * 4;

const ELEMENT = "RTP header extension element";
const WORD = 4;
const PADDING_ID = 0;
const TERMINATING_ID = 15;
const ID_SHIFT = 4;
const LENGTH_MASK = 0x0f;
const APPBITS_MASK = 0x000f;

/**
 * A header extension as it stands in the packet, whatever it means (RFC 3550 section 5.3.1). The
 * diagrams show the data of the two general forms (RFC 8285 sections 4.2 and 4.3).
 *
 * ```text
 *  profile 0xBEDE                     profile 0x100 + appbits
 *  0                   1              0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 …      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 …
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
 * |  ID   | len-1 |    data …        |      ID       |    length     | data …
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
 * ```
 */
export interface RtpExtension {
  /** The "defined by profile" field, 0 … 65,535. */
  profile: number;
  /** A view of whole 32-bit words. */
  data: Uint8Array;
}

/** One element of a header extension in a general form. */
export interface RtpExtensionElement {
  /** Local identifier: 1 … 14 in the one-byte form, 1 … 255 in the two-byte form. */
  id: number;
  /** 1 … 16 bytes in the one-byte form, 0 … 255 in the two-byte form. */
  data: Uint8Array;
}

/** Which rule the data of an extension follows. */
export type ExtensionForm = "one-byte" | "two-byte" | "profile-specific";

/** The form of an extension, told from its profile field. */
export function extensionForm({ profile }: RtpExtension): ExtensionForm {
  if (profile === ONE_BYTE_PROFILE) return "one-byte";
  if ((profile & ~APPBITS_MASK) === TWO_BYTE_PROFILE) return "two-byte";
  return "profile-specific";
}

/**
 * The elements of an extension, as views, padding left out; none for a profile-specific extension,
 * whose data only its profile can read.
 * @throws {MalformedError} when an element reaches beyond the data; positions count in the data
 */
export function parseExtensionElements(extension: RtpExtension): RtpExtensionElement[] {
  const reader = new ByteReader(extension.data, ELEMENT);
  switch (extensionForm(extension)) {
    case "one-byte":
      return readOneByteElements(reader);
    case "two-byte":
      return readTwoByteElements(reader);
    case "profile-specific":
      return [];
  }
}

/**
 * An extension with one-byte element headers, padded with 0 to whole words.
 * @throws {RangeError} when an ID is not 1 … 14 or an element has not 1 … 16 bytes
 */
export function formatOneByteExtension(elements: readonly RtpExtensionElement[]): RtpExtension {
  const writer = new ByteWriter();
  for (const { id, data } of elements) {
    checkElement({ id, data }, MAX_ONE_BYTE_ID, { least: 1, most: MAX_ONE_BYTE_LENGTH });
    writer.u8((id << ID_SHIFT) | (data.length - 1)).bytes(data);
  }
  return { profile: ONE_BYTE_PROFILE, data: finishWords(writer) };
}

/**
 * An extension with two-byte element headers, padded with 0 to whole words.
 * @param appbits application bits in the profile field, 0 … 15
 * @throws {RangeError} when an ID is not 1 … 255, an element is above 255 bytes, or `appbits` or
 * the whole does not fit
 */
export function formatTwoByteExtension(
  elements: readonly RtpExtensionElement[],
  appbits = 0,
): RtpExtension {
  if ((appbits & APPBITS_MASK) !== appbits) {
    throw new RangeError(`RTP header extension appbits ${appbits} do not fit 4 bits`);
  }
  const writer = new ByteWriter();
  for (const { id, data } of elements) {
    checkElement({ id, data }, MAX_TWO_BYTE_ID, { least: 0, most: MAX_TWO_BYTE_LENGTH });
    writer.u8(id).u8(data.length).bytes(data);
  }
  return { profile: TWO_BYTE_PROFILE | appbits, data: finishWords(writer) };
}

function readOneByteElements(reader: ByteReader): RtpExtensionElement[] {
  const elements: RtpExtensionElement[] = [];
  while (reader.remaining > 0) {
    const head = reader.u8();
    const id = head >>> ID_SHIFT;
    if (head === PADDING_ID) continue;
    // Section 4.2: ID 15, or ID 0 with a length, ends the reading; what came before it counts.
    if (id === TERMINATING_ID || id === PADDING_ID) break;
    elements.push({ id, data: reader.take((head & LENGTH_MASK) + 1) });
  }
  return elements;
}

function readTwoByteElements(reader: ByteReader): RtpExtensionElement[] {
  const elements: RtpExtensionElement[] = [];
  while (reader.remaining > 0) {
    const id = reader.u8();
    if (id === PADDING_ID) continue;
    elements.push({ id, data: reader.take(reader.u8()) });
  }
  return elements;
}

function checkElement(
  { id, data }: RtpExtensionElement,
  maxId: number,
  { least, most }: { least: number; most: number },
): void {
  if (!Number.isInteger(id) || id <= PADDING_ID || id > maxId) {
    throw new RangeError(`RTP header extension ID ${id} is not 1 … ${maxId}`);
  }
  if (data.length < least || data.length > most) {
    throw new RangeError(
      `RTP header extension element of ${data.length} bytes, not ${least} … ${most}`,
    );
  }
}

function finishWords(writer: ByteWriter): Uint8Array<ArrayBuffer> {
  writer.zeros((WORD - writer.length % WORD) % WORD);
  if (writer.length > MAX_EXTENSION_LENGTH) {
    throw new RangeError(
      `RTP header extension of ${writer.length} bytes, at most ${MAX_EXTENSION_LENGTH} fit`,
    );
  }
  return writer.finish();
}
