import { MalformedError } from "../../bytes/malformed.ts";
import type { PayloadFacts } from "../depacketizer.ts";
import { type AuLayout, parseAuPayload } from "./au_headers.ts";

/** What one payload of RFC 3640 holds: `"2 AUs 371 402"`, `"AU 1200 of 3000"`. */
export function describeAac(payload: Uint8Array, layout: AuLayout): PayloadFacts {
  try {
    const parts = parseAuPayload(payload, layout);
    const sizes = parts.map(({ size }) => size).join(" ");
    const [first] = parts;
    const fragment = first!.size > first!.data.length;
    const text = fragment
      ? `AU ${first!.data.length} of ${first!.size}`
      : parts.length === 1
      ? `AU ${sizes}`
      : `${parts.length} AUs ${sizes}`;
    return { text, fields: { units: parts.length, sizes, fragment } };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { text: "malformed", fields: {}, problem: error.message };
  }
}
