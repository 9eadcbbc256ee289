import { formatLabReply } from "../../rtsp/lab/reply.ts";
import { LabRequestReader } from "../../rtsp/lab/request_reader.ts";
import type { PeerConnection } from "../connection.ts";

/**
 * Turns a lab client away where users must say who they are, which the dialect has no words for: its
 * first request is answered 401 in the lab's own shape.
 * @param first the bytes that told the dialect
 * @returns why the conversation ended, in a few words
 */
export async function refuseLabClient(
  connection: PeerConnection,
  first: Uint8Array,
): Promise<string> {
  const reader = new LabRequestReader();
  reader.push(first);
  const outcome = reader.finish();
  const request = outcome.kind === "value" ? outcome.value : undefined;
  const reply = formatLabReply({
    version: request?.version ?? "RTSP/1.0",
    status: 401,
    reason: "Unauthorized",
    cseq: request?.cseq,
    session: undefined,
    frames: undefined,
    lines: [],
  }, request?.lineEnd);
  await connection.write(reply);
  return "refused: the course-lab dialect has no authentication, and this server demands it";
}
