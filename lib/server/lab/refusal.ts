import { formatLabReply } from "../../rtsp/lab/reply.ts";
import { LabRequestReader } from "../../rtsp/lab/request_reader.ts";
import type { PeerConnection } from "../connection.ts";

/** Why a lab client is turned away: for want of what its dialect has no words for. */
export interface LabRefusal {
  status: number;
  reason: string;
  /** For the log. */
  because: string;
}

/** Where users must say who they are. */
export const NO_LAB_AUTHENTICATION: LabRefusal = {
  status: 401,
  reason: "Unauthorized",
  because: "the course-lab dialect has no authentication, and this server demands it",
};

/** Where media must be protected. */
export const NO_LAB_SRTP: LabRefusal = {
  status: 461,
  reason: "Unsupported transport",
  because: "the course-lab dialect has no SRTP, and this server sends nothing else",
};

/**
 * Turns a lab client away: its first request is answered in the lab's own shape.
 * @param first the bytes that told the dialect
 * @returns why the conversation ended, in a few words
 */
export async function refuseLabClient(
  connection: PeerConnection,
  first: Uint8Array,
  { status, reason, because }: LabRefusal,
): Promise<string> {
  const reader = new LabRequestReader();
  reader.push(first);
  const outcome = reader.finish();
  const request = outcome.kind === "value" ? outcome.value : undefined;
  const reply = formatLabReply({
    version: request?.version ?? "RTSP/1.0",
    status,
    reason,
    cseq: request?.cseq,
    session: undefined,
    frames: undefined,
    lines: [],
  }, request?.lineEnd);
  await connection.write(reply);
  return `refused: ${because}`;
}
