import { STATUS } from "../../../rtsp/statuses.ts";
import { answer, refusal, type SessionHandler } from "../exchange.ts";
import type { RtspSession } from "../session.ts";

/** RFC 2326, section 10.8. Without a body it asks for nothing and is how clients keep alive. */
export const getParameter: SessionHandler = ({ request, session }) => {
  const names = linesOf(request.body);
  if (names.length === 0) return answer(STATUS.OK);
  const known = session === undefined ? {} : parametersOf(session);
  const unknown = names.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) {
    return refusal(STATUS.PARAMETER_NOT_UNDERSTOOD, `not understood: ${unknown.join(", ")}`);
  }
  const body = names.map((name) => `${name}: ${known[name]}\r\n`).join("");
  const given = answer(STATUS.OK, [["Content-Type", "text/parameters"]]);
  return { ...given, body: new TextEncoder().encode(body) };
};

/** RFC 2326, section 10.9. There is nothing to set; an empty one keeps alive as well. */
export const setParameter: SessionHandler = ({ request }) => {
  const lines = linesOf(request.body);
  if (lines.length === 0) return answer(STATUS.OK);
  return refusal(STATUS.PARAMETER_NOT_UNDERSTOOD, `not understood: ${lines.join(", ")}`);
};

/** What may be asked of a session. */
function parametersOf(session: RtspSession): Record<string, string> {
  return {
    position: session.stream.position.toFixed(3),
    packets_sent: String(session.stream.packetCount),
  };
}

function linesOf(body: Uint8Array): string[] {
  const text = new TextDecoder().decode(body);
  return text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
}
