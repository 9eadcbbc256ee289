import { ByteReader } from "../../bytes/reader.ts";
import { MalformedError } from "../../bytes/malformed.ts";
import type { NalPart } from "../nal/nal_format.ts";
import { NAL_TYPE_MASK } from "./nal_unit.ts";

/** NAL unit types that RFC 6184 adds (table 1). */
export const STAP_A = 24;
export const STAP_B = 25;
export const MTAP16 = 26;
export const MTAP24 = 27;
export const FU_A = 28;
export const FU_B = 29;
/** Most NAL units one aggregation packet may hold. */
export const MAX_AGGREGATED = 256;

const ELEMENT = "H.264 payload";
const MAX_SINGLE_TYPE = 23;
const INDICATOR_KEPT = 0xe0;
const FU_START = 0x80;
const FU_END = 0x40;
const FU_HEADERS_LENGTH = 2;

const INTERLEAVED: ReadonlyMap<number, string> = new Map([
  [STAP_B, "STAP-B"],
  [MTAP16, "MTAP16"],
  [MTAP24, "MTAP24"],
  [FU_B, "FU-B"],
]);

/** A header of one byte for every value it can have; fragments bring it in two halves. */
const HEADERS = Array.from({ length: 256 }, (_, value) => Uint8Array.of(value));

/**
 * The parts of an H.264 payload (RFC 6184 sections 5.2 to 5.8), in packetization modes 0 and 1: one
 * NAL unit, several of them (STAP-A), or a fragment of one (FU-A).
 *
 * ```text
 *  STAP-A (5.7.1)                          FU-A (5.8)
 *  0                   1                    0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5          0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+        +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |F|NRI| type 24 |   NAL size    |        |F|NRI| type 28 |S|E|R|  type   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+        +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  16 bits      |   NAL unit …  |        |  fragment of the NAL unit …   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+        +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 * @throws {MalformedError} when a size points past the end, an aggregate or fragment is empty, or the
 * type is undefined or of interleaved mode
 */
export function parseH264Payload(payload: Uint8Array): NalPart[] {
  if (payload.length === 0) throw new MalformedError(ELEMENT, 0, "It is empty");
  const type = payload[0]! & NAL_TYPE_MASK;
  if (type > 0 && type <= MAX_SINGLE_TYPE) return [{ kind: "whole", nal: payload }];
  if (type === STAP_A) return aggregated(payload);
  if (type === FU_A) return [fragment(payload)];
  const interleaved = INTERLEAVED.get(type);
  throw new MalformedError(
    ELEMENT,
    0,
    interleaved === undefined
      ? `NAL unit type ${type} is undefined`
      : `${interleaved} belongs to interleaved mode (packetization-mode 2), which is not read`,
  );
}

function aggregated(payload: Uint8Array): NalPart[] {
  const reader = new ByteReader(payload, "STAP-A");
  reader.u8();
  const parts: NalPart[] = [];
  while (reader.remaining > 0) {
    const at = reader.position;
    const size = reader.u16();
    if (size === 0) throw new MalformedError("STAP-A", at, "NAL unit of size 0");
    if (parts.length === MAX_AGGREGATED) {
      throw new MalformedError("STAP-A", at, `More than ${MAX_AGGREGATED} NAL units`);
    }
    parts.push({ kind: "whole", nal: reader.take(size) });
  }
  if (parts.length === 0) throw new MalformedError("STAP-A", 1, "It holds no NAL unit");
  return parts;
}

function fragment(payload: Uint8Array): NalPart {
  if (payload.length <= FU_HEADERS_LENGTH) {
    throw new MalformedError("FU-A", payload.length, "It holds nothing of its NAL unit");
  }
  const header = payload[1]!;
  return {
    kind: "fragment",
    start: (header & FU_START) !== 0,
    end: (header & FU_END) !== 0,
    header: HEADERS[(payload[0]! & INDICATOR_KEPT) | (header & NAL_TYPE_MASK)]!,
    body: payload.subarray(FU_HEADERS_LENGTH),
  };
}
