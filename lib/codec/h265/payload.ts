import { MalformedError } from "../../bytes/malformed.ts";
import { ByteReader } from "../../bytes/reader.ts";
import type { NalPart } from "../nal/nal_format.ts";
import { h265NalType, NAL_HEADER_LENGTH } from "./nal_unit.ts";

/** NAL unit types that RFC 7798 adds (section 4.4). */
export const AGGREGATION_PACKET = 48;
export const FRAGMENTATION_UNIT = 49;
export const PACI = 50;
/** Most NAL units one aggregation packet may hold. */
export const MAX_AGGREGATED = 256;

const ELEMENT = "H.265 payload";
const DONL_LENGTH = 2;
const FU_HEADERS_LENGTH = NAL_HEADER_LENGTH + 1;
const FU_START = 0x80;
const FU_END = 0x40;
const TYPE_MASK = 0x3f;
/** What the first byte of a header keeps besides the type: F and the highest bit of LayerId. */
const HEADER_KEPT = 0x81;

/** What a payload holds. */
export interface H265Payload {
  parts: NalPart[];
  /** Decoding order numbers of the first and last NAL unit that begins here, where they are sent. */
  firstDon?: number;
  lastDon?: number;
}

/**
 * Reads an H.265 payload (RFC 7798 section 4.4): one NAL unit, an aggregation packet (AP), or a
 * fragmentation unit (FU). DONL and DOND are there when `sprop-max-don-diff` is above 0.
 *
 * ```text
 *  AP (4.4.2)                                FU (4.4.3)
 *  0                   1                     0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5           0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+         +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |F|  type 48  |  LayerId  | TID |         |F|  type 49  |  LayerId  | TID |S|E|   type    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+         +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | DONL (first), DOND (8 bits)   |         | DONL (S only) | fragment of the NAL unit …    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+         +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           NAL size            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 * @throws {MalformedError} when a size points past the end, an aggregate or fragment is empty, or the
 * type is one that is not read
 */
export function parseH265Payload(payload: Uint8Array, donl: boolean): H265Payload {
  if (payload.length < NAL_HEADER_LENGTH) {
    throw new MalformedError(ELEMENT, payload.length, "It ends within its header");
  }
  const type = h265NalType(payload);
  if (type === AGGREGATION_PACKET) return aggregated(payload, donl);
  if (type === FRAGMENTATION_UNIT) return fragment(payload, donl);
  if (type < AGGREGATION_PACKET) return single(payload, donl);
  const name = type === PACI ? "PACI packets are" : `NAL unit type ${type} is`;
  throw new MalformedError(ELEMENT, 0, `${name} not read`);
}

function single(payload: Uint8Array, donl: boolean): H265Payload {
  if (!donl) return { parts: [{ kind: "whole", nal: payload }] };
  const reader = new ByteReader(payload, ELEMENT);
  const header = reader.take(NAL_HEADER_LENGTH);
  const don = reader.u16();
  // A number within the NAL unit: the only way to take it out is a copy.
  const nal = new Uint8Array(payload.length - DONL_LENGTH);
  nal.set(header);
  nal.set(reader.rest(), NAL_HEADER_LENGTH);
  return { parts: [{ kind: "whole", nal }], firstDon: don, lastDon: don };
}

function aggregated(payload: Uint8Array, donl: boolean): H265Payload {
  const reader = new ByteReader(payload, "Aggregation packet");
  reader.take(NAL_HEADER_LENGTH);
  const found: H265Payload = { parts: [] };
  while (reader.remaining > 0) {
    const at = reader.position;
    if (donl && found.lastDon === undefined) found.firstDon = found.lastDon = reader.u16();
    else if (donl) found.lastDon = (found.lastDon! + reader.u8() + 1) & 0xffff;
    const size = reader.u16();
    if (size < NAL_HEADER_LENGTH) {
      throw new MalformedError("Aggregation packet", at, `NAL unit of size ${size}`);
    }
    if (found.parts.length === MAX_AGGREGATED) {
      throw new MalformedError("Aggregation packet", at, `More than ${MAX_AGGREGATED} NAL units`);
    }
    found.parts.push({ kind: "whole", nal: reader.take(size) });
  }
  if (found.parts.length === 0) {
    throw new MalformedError("Aggregation packet", NAL_HEADER_LENGTH, "It holds no NAL unit");
  }
  return found;
}

function fragment(payload: Uint8Array, donl: boolean): H265Payload {
  const flags = payload[NAL_HEADER_LENGTH] ?? 0;
  const start = (flags & FU_START) !== 0;
  const bodyAt = FU_HEADERS_LENGTH + (donl && start ? DONL_LENGTH : 0);
  if (payload.length <= bodyAt) {
    throw new MalformedError(
      "Fragmentation unit",
      payload.length,
      "It holds nothing of its NAL unit",
    );
  }
  const first = (payload[0]! & HEADER_KEPT) | ((flags & TYPE_MASK) << 1);
  const parts: NalPart[] = [{
    kind: "fragment",
    start,
    end: (flags & FU_END) !== 0,
    header: Uint8Array.of(first, payload[1]!),
    body: payload.subarray(bodyAt),
  }];
  if (bodyAt === FU_HEADERS_LENGTH) return { parts };
  const don = (payload[FU_HEADERS_LENGTH]! << 8) | payload[FU_HEADERS_LENGTH + 1]!;
  return { parts, firstDon: don, lastDon: don };
}
