import { toHex } from "../../../lib/bytes/hex.ts";
import type { RtspLimits } from "../../../lib/rtsp/limits.ts";
import type { RtspMessage } from "../../../lib/rtsp/message.ts";
import { MessageParser } from "../../../lib/rtsp/parser.ts";
import type { ToleranceCode } from "../../../lib/rtsp/tolerance.ts";

/** Everything a parser said, in a shape that compares well. */
export interface Drained {
  /** Messages as plain values and errors as text, in order. */
  said: unknown[];
  tolerances: ToleranceCode[];
  pending: number;
  parser: MessageParser;
}

/** A message as a plain value: headers as pairs, bytes as hexadecimal. */
export function plain(message: RtspMessage): unknown {
  if (message.kind === "interleaved") return { ...message, payload: toHex(message.payload) };
  return { ...message, headers: [...message.headers], body: toHex(message.body) };
}

/** Feeds `pieces` one by one and collects every answer up to `more`. */
export function drain(pieces: Iterable<Uint8Array>, limits: Partial<RtspLimits> = {}): Drained {
  const tolerances: ToleranceCode[] = [];
  const parser = new MessageParser(limits, { onTolerance: (code) => tolerances.push(code) });
  const said: unknown[] = [];
  for (const piece of pieces) {
    parser.push(piece);
    for (let answer = parser.next(); answer.kind !== "more"; answer = parser.next()) {
      said.push(answer.kind === "value" ? plain(answer.value) : answer.error.message);
    }
  }
  return { said, tolerances, pending: parser.pending, parser };
}
