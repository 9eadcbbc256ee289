import type { InspectedPacket } from "../../inspect/rule.ts";
import { formatRtpPacket, RTP_HEADER_LENGTH } from "../../rtp/packet.ts";
import { startsJpeg } from "../../stream/lab_depacketizer.ts";

/** One field of a packet, as a labelled box over its bits. */
export interface PacketField {
  /** The standard's name. */
  name: string;
  /** Offset of its first bit in the packet, and how many it has. */
  bit: number;
  bits: number;
  /** Its value as written. */
  value: string;
  /** What it means, in a few words. */
  meaning: string;
}

/** The last packet: its fields over its bits, and its first bytes. */
export interface PacketDiagram {
  number: number;
  /** ms since the Unix epoch. */
  time: number;
  /** Bytes of the datagram. */
  size: number;
  fields: PacketField[];
  /** The first bytes in hex, as many as fields and a line more have. */
  hex: string;
}

/** Bytes shown of one packet at most. */
const MOST_BYTES = 96;
/** Bytes of the payload shown behind the last field. */
const PAYLOAD_BYTES = 16;

/** Describes a packet bit by bit (RFC 3550 section 5.1, RFC 2435 section 3.1). */
export function describePacket(seen: InspectedPacket): PacketDiagram {
  const { packet, number, time, size } = seen;
  const fields = [...headerFields(seen), ...payloadFields(seen)];
  const last = fields.at(-1)!;
  const end = Math.min(MOST_BYTES, (last.bit + last.bits) / 8 + PAYLOAD_BYTES, size);
  // Only the head is written again, not tens of kilobytes of picture.
  const payload = packet.payload.subarray(0, MOST_BYTES);
  const bytes = formatRtpPacket({ ...packet, payload, padding: 0 }).subarray(0, end);
  if (packet.padding > 0) bytes[0]! |= 0x20;
  return { number, time, size, fields, hex: hexOf(bytes) };
}

function headerFields({ packet, payload, counted }: InspectedPacket): PacketField[] {
  const fields = new Fields(0);
  fields.add("V", 2, packet.version, packet.version === 2 ? "RTP version 2" : "not version 2");
  fields.add("P", 1, packet.padding > 0 ? 1 : 0, `${packet.padding} bytes of padding`);
  fields.add("X", 1, packet.extension ? 1 : 0, packet.extension ? "extension" : "no extension");
  fields.add("CC", 4, packet.csrcs.length, "contributing sources");
  const last = payload === "bare-jpeg" ? "end of the picture" : "last packet of the frame";
  fields.add("M", 1, packet.marker ? 1 : 0, packet.marker ? last : "more to come, or not told");
  fields.add("PT", 7, packet.payloadType, packet.payloadType === 26 ? "JPEG" : "dynamic or other");
  fields.add("sequence number", 16, packet.sequence, placeOf(counted.place, counted.sequenceDelta));
  const ticks = counted.timestampDelta;
  fields.add("timestamp", 32, packet.timestamp, `${ticks >= 0 ? "+" : ""}${ticks} ticks`);
  fields.add("SSRC", 32, hex32(packet.ssrc), "synchronization source");
  packet.csrcs.forEach((csrc, i) => {
    fields.add(`CSRC ${i + 1}`, 32, hex32(csrc), "contributing source");
  });
  if (packet.extension !== undefined) {
    const { profile, data } = packet.extension;
    fields.add("profile", 16, `0x${profile.toString(16).padStart(4, "0")}`, "extension");
    fields.add("length", 16, data.length / 4, "32-bit words of extension");
    if (data.length > 0) fields.add("extension", 8 * data.length, `${data.length} bytes`, "");
  }
  return fields.all;
}

function payloadFields({ packet, payload, jpeg }: InspectedPacket): PacketField[] {
  const at = 8 * (RTP_HEADER_LENGTH + 4 * packet.csrcs.length +
    (packet.extension === undefined ? 0 : 4 + packet.extension.data.length));
  const fields = new Fields(at);
  if (payload === "bare-jpeg") {
    const begins = startsJpeg(packet.payload);
    if (packet.payload.length >= 2) {
      fields.add(
        begins ? "SOI" : "data",
        16,
        hex16(packet.payload),
        begins ? "the JPEG file begins" : "goes on with the JPEG file",
      );
    }
    return fields.all;
  }
  if (jpeg === undefined) return fields.all;
  fields.add("type-specific", 8, jpeg.typeSpecific, jpeg.typeSpecific === 0 ? "whole frames" : "");
  fields.add("fragment offset", 24, jpeg.fragmentOffset, "where in the frame this begins");
  fields.add("type", 8, jpeg.type, samplingOf(jpeg.type));
  fields.add("Q", 8, jpeg.q, jpeg.q >= 128 ? "tables in band" : "tables by formula");
  fields.add("width", 8, jpeg.width / 8, `${jpeg.width} px`);
  fields.add("height", 8, jpeg.height / 8, `${jpeg.height} px`);
  if (jpeg.restart !== undefined) {
    const { interval, first, last, count } = jpeg.restart;
    fields.add("restart interval", 16, interval, "MCUs");
    fields.add("F", 1, first ? 1 : 0, "first");
    fields.add("L", 1, last ? 1 : 0, "last");
    fields.add("restart count", 14, count, "");
  }
  if (jpeg.quantization !== undefined) {
    const { mbz, precision, tables } = jpeg.quantization;
    fields.add("MBZ", 8, mbz, "must be zero");
    fields.add("precision", 8, precision, "bits per table: 8 or 16");
    fields.add("length", 16, tables.length, "bytes of tables");
  }
  return fields.all;
}

class Fields {
  readonly all: PacketField[] = [];
  #bit: number;

  constructor(bit: number) {
    this.#bit = bit;
  }

  add(name: string, bits: number, value: number | string, meaning: string): void {
    this.all.push({ name, bit: this.#bit, bits, value: String(value), meaning });
    this.#bit += bits;
  }
}

function placeOf(place: string, delta: number): string {
  if (place === "gap") return `${delta - 1} missing before it`;
  if (place === "reordered") return `late by ${-delta}`;
  return place === "next" ? "next in line" : place;
}

function samplingOf(type: number): string {
  const chroma = ["4:2:2", "4:2:0"][type & 63];
  if (chroma === undefined) return "other";
  return type >= 64 ? `${chroma}, restart markers` : chroma;
}

function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

function hex16(bytes: Uint8Array): string {
  return `0x${hexOf(bytes.subarray(0, 2)).replace(" ", "")}`;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
