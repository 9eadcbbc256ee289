import type { EmitUnit, PayloadFacts, StreamFormat } from "../depacketizer.ts";
import type { MarkerFormat } from "../marker_units.ts";
import type { UnitBuilder } from "../unit_builder.ts";

const LESS_THAN = 0x3c;
const MARK = [0xef, 0xbb, 0xbf];

/** ONVIF metadata: an XML document in pieces (ONVIF Streaming Specification section 5.2.1.1). */
export const ONVIF_METADATA: StreamFormat = Object.freeze({ codec: "ONVIF metadata" });

/** XML documents cut over packets; the marker is on the last piece. */
export class MetadataFormat implements MarkerFormat {
  readonly kind = "data";
  readonly seen = undefined;
  readonly configuration = undefined;

  begins(payload: Uint8Array): boolean {
    return beginsDocument(payload);
  }

  finish(unit: UnitBuilder, pieces: readonly Uint8Array[], emit: EmitUnit): void {
    const first = pieces[0];
    if (first === undefined || !beginsDocument(first)) unit.damage("It does not begin like XML");
    unit.finish(emit);
  }
}

/** What one payload holds: `"XML start 1200 bytes"`. */
export function describeMetadata(payload: Uint8Array): PayloadFacts {
  const start = beginsDocument(payload);
  return {
    text: `XML ${start ? "start " : ""}${payload.length} bytes`,
    fields: { start, bytes: payload.length },
  };
}

/** A pointed bracket, perhaps behind a byte order mark and white space. */
function beginsDocument(payload: Uint8Array): boolean {
  let at = MARK.every((byte, i) => payload[i] === byte) ? MARK.length : 0;
  while (payload[at] === 0x20 || (payload[at]! >= 0x09 && payload[at]! <= 0x0d)) at++;
  return payload[at] === LESS_THAN;
}
