import { MalformedError } from "../bytes/malformed.ts";
import type { ByteReader } from "../bytes/reader.ts";
import type { ByteWriter } from "../bytes/writer.ts";
import {
  formatPacket,
  MAX_COUNT,
  openPacket,
  PacketType,
  paddingField,
  type RtcpPacketBase,
  WORD,
} from "./header.ts";

/** Most chunks in one packet: the count has 5 bits. */
export const MAX_CHUNKS = MAX_COUNT;
/** Most bytes of one item's text; for PRIV of length byte, prefix and value together. */
export const MAX_ITEM_LENGTH = 255;

/** The items of RFC 3550 sections 6.5.1 to 6.5.7 that are plain text, by item type. */
export const SDES_TEXT_ITEMS = Object.freeze({
  CNAME: 1,
  NAME: 2,
  EMAIL: 3,
  PHONE: 4,
  LOC: 5,
  TOOL: 6,
  NOTE: 7,
});

const ELEMENT = "RTCP source description";
const END_ITEM = 0;
const PRIV_ITEM = 8;
const MAX_ITEM_TYPE = 255;

/** The name of a plain text item. */
export type SdesTextItemName = keyof typeof SDES_TEXT_ITEMS;

/** One item that describes a source; texts are UTF-8, at most 255 bytes. */
export type SdesItem =
  | { type: SdesTextItemName; text: string }
  /** A private extension (RFC 3550 section 6.5.8). */
  | { type: "PRIV"; prefix: string; value: string }
  /** An item type that is not known, or one of the above whose text is not UTF-8. */
  | { type: "unknown"; itemType: number; data: Uint8Array };

/** The items of one source. */
export interface SdesChunk {
  /** SSRC or CSRC. */
  source: number;
  items: SdesItem[];
}

/**
 * SDES: who the sources are (RFC 3550 section 6.5).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    SC   |  PT=SDES=202  |             length            |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                          SSRC/CSRC_1                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   item type   |    length     |   text …  items …  0 to a word
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                          SSRC/CSRC_2  …
 * ```
 */
export interface SourceDescription extends RtcpPacketBase {
  type: "SDES";
  /** At most 31. */
  chunks: SdesChunk[];
}

const TEXT_ITEM_NAMES: ReadonlyMap<number, SdesTextItemName> = new Map(
  Object.entries(SDES_TEXT_ITEMS).map(([name, type]) => [type, name as SdesTextItemName]),
);

/**
 * Reads exactly one source description; the data of unknown items are views.
 * @throws {MalformedError} when it is damaged, of another type, or a chunk is not ended by 0
 */
export function parseSourceDescription(bytes: Uint8Array): SourceDescription {
  const { count, padding, reader } = openPacket(bytes, ELEMENT, PacketType.SOURCE_DESCRIPTION);
  const chunks = Array.from({ length: count }, () => readChunk(reader));
  if (reader.remaining > 0) {
    const problem = `${reader.remaining} bytes follow the last of ${count} chunks`;
    throw new MalformedError(ELEMENT, reader.position, problem);
  }
  return { type: "SDES", chunks, ...paddingField(padding) };
}

/** @throws {RangeError} when a value does not fit, e.g. a text above 255 bytes or 32 chunks */
export function formatSourceDescription(sdes: SourceDescription): Uint8Array<ArrayBuffer> {
  const { chunks, padding } = sdes;
  const opening = { count: chunks.length, packetType: PacketType.SOURCE_DESCRIPTION, padding };
  return formatPacket(opening, (writer) => {
    for (const { source, items } of chunks) {
      writer.u32(source);
      for (const item of items) writeItem(writer, item);
      // At least one 0 ends the items, so a chunk that ends on a word gets four.
      writer.zeros(WORD - writer.length % WORD);
    }
  });
}

function readChunk(reader: ByteReader): SdesChunk {
  const source = reader.u32();
  const items: SdesItem[] = [];
  for (let type = reader.u8(); type !== END_ITEM; type = reader.u8()) {
    items.push(readItem(type, reader));
  }
  reader.take((WORD - reader.position % WORD) % WORD);
  return { source, items };
}

function readItem(itemType: number, reader: ByteReader): SdesItem {
  const at = reader.position + 1;
  const data = reader.take(reader.u8());
  if (itemType === PRIV_ITEM) return readPrivate(data, at);
  const type = TEXT_ITEM_NAMES.get(itemType);
  const text = type === undefined ? undefined : decodeUtf8(data);
  if (type === undefined || text === undefined) return { type: "unknown", itemType, data };
  return { type, text };
}

function readPrivate(data: Uint8Array, at: number): SdesItem {
  const prefixEnd = 1 + (data[0] ?? 0);
  if (prefixEnd > data.length) {
    const problem = `Announces a prefix of ${prefixEnd - 1} bytes in an item of ${data.length}`;
    throw new MalformedError("RTCP PRIV item", at, problem);
  }
  const prefix = decodeUtf8(data.subarray(1, prefixEnd));
  const value = decodeUtf8(data.subarray(prefixEnd));
  if (prefix === undefined || value === undefined) {
    return { type: "unknown", itemType: PRIV_ITEM, data };
  }
  return { type: "PRIV", prefix, value };
}

function writeItem(writer: ByteWriter, item: SdesItem): void {
  if (item.type === "unknown") {
    if (item.itemType === END_ITEM || item.itemType > MAX_ITEM_TYPE) {
      throw new RangeError(`SDES item type ${item.itemType} is not 1 … ${MAX_ITEM_TYPE}`);
    }
    writeItemData(writer, item.itemType, item.data);
  } else if (item.type === "PRIV") {
    const prefix = encodeUtf8(item.prefix);
    const value = encodeUtf8(item.value);
    const data = new Uint8Array(1 + prefix.length + value.length);
    data[0] = prefix.length;
    data.set(prefix, 1);
    data.set(value, 1 + prefix.length);
    writeItemData(writer, PRIV_ITEM, data);
  } else {
    writeItemData(writer, SDES_TEXT_ITEMS[item.type], encodeUtf8(item.text));
  }
}

function writeItemData(writer: ByteWriter, itemType: number, data: Uint8Array): void {
  if (data.length > MAX_ITEM_LENGTH) {
    throw new RangeError(`SDES item of ${data.length} bytes, at most ${MAX_ITEM_LENGTH} fit`);
  }
  writer.u8(itemType).u8(data.length).bytes(data);
}

function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text, or undefined when the bytes are not UTF-8: such items are kept as bytes. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
