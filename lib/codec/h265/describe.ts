import { MalformedError } from "../../bytes/malformed.ts";
import type { PayloadFacts } from "../depacketizer.ts";
import { h265NalName, h265NalType } from "./nal_unit.ts";
import { AGGREGATION_PACKET, parseH265Payload } from "./payload.ts";

/** What one H.265 payload holds: `"FU IDR_W_RADL start"`, `"AP VPS 24, SPS 40"`, `"TRAIL_R 900"`. */
export function describeH265(payload: Uint8Array, donl = false): PayloadFacts {
  try {
    const { parts, firstDon } = parseH265Payload(payload, donl);
    const type = h265NalType(payload);
    const don = firstDon === undefined ? {} : { don: firstDon };
    const first = parts[0]!;
    if (first.kind === "fragment") {
      const { header, start, end } = first;
      const nal = h265NalType(header);
      const place = start ? " start" : end ? " end" : "";
      return { text: `FU ${h265NalName(nal)}${place}`, fields: { type, nal, start, end, ...don } };
    }
    const units = parts.flatMap((part) => part.kind === "whole" ? [part.nal] : []);
    const words = units.map((nal) => `${h265NalName(h265NalType(nal))} ${nal.length}`).join(", ");
    return {
      text: type === AGGREGATION_PACKET ? `AP ${words}` : words,
      fields: { type, nal: units.map(h265NalType).join(" "), ...don },
    };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { text: "malformed", fields: {}, problem: error.message };
  }
}
