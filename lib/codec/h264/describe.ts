import { MalformedError } from "../../bytes/malformed.ts";
import type { PayloadFacts } from "../depacketizer.ts";
import { h264NalFacts, h264NalName, IDR_SLICE, NAL_TYPE_MASK } from "./nal_unit.ts";
import { FU_A, parseH264Payload, STAP_A } from "./payload.ts";

/** What one H.264 payload holds: `"FU-A IDR start"`, `"STAP-A SPS 24, PPS 4"`, `"slice P 1200"`. */
export function describeH264(payload: Uint8Array): PayloadFacts {
  try {
    const parts = parseH264Payload(payload);
    const first = parts[0]!;
    if (first.kind === "fragment") {
      const { header, body, start, end } = first;
      const nal = named(header, start ? body : undefined);
      const place = start ? " start" : end ? " end" : "";
      return {
        text: `FU-A ${nal}${place}`,
        fields: { type: FU_A, nal: header[0]! & NAL_TYPE_MASK, start, end },
      };
    }
    const units = parts.flatMap((part) => part.kind === "whole" ? [part.nal] : []);
    const words = units.map((nal) => {
      return `${named(nal.subarray(0, 1), nal.subarray(1))} ${nal.length}`;
    });
    const type = payload[0]! & NAL_TYPE_MASK;
    const fields = { type, nal: units.map((nal) => nal[0]! & NAL_TYPE_MASK).join(" ") };
    return { text: `${type === STAP_A ? "STAP-A " : ""}${words.join(", ")}`, fields };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { text: "malformed", fields: {}, problem: error.message };
  }
}

function named(header: Uint8Array, body: Uint8Array | undefined): string {
  const type = header[0]! & NAL_TYPE_MASK;
  const name = h264NalName(type);
  if (body === undefined || type === IDR_SLICE) return name;
  const { frameType } = h264NalFacts(header, body);
  return frameType === undefined ? name : `${name} ${frameType}`;
}
