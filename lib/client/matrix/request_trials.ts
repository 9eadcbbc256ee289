import type { RtspResponse } from "../../rtsp/message.ts";
import { ProtocolError } from "../errors.ts";
import type { Known, Trial, TrialOutcome } from "./row.ts";

/** A parameter to ask for that does no harm. */
const PARAMETERS = new TextEncoder().encode("packets_received\r\n");

interface InSession {
  name: string;
  method: string;
  headers?: [string, string][];
  body?: Uint8Array;
}

const REQUESTS: readonly InSession[] = [
  { name: "OPTIONS in the session", method: "OPTIONS" },
  { name: "GET_PARAMETER without a body", method: "GET_PARAMETER" },
  {
    name: "GET_PARAMETER with a body",
    method: "GET_PARAMETER",
    headers: [["Content-Type", "text/parameters"]],
    body: PARAMETERS,
  },
  { name: "SET_PARAMETER without a body", method: "SET_PARAMETER" },
];

/** Requests by which players say that they are still there: which the server takes. */
export function requestTrials({ transport }: Known): Trial[] {
  return REQUESTS.map(({ name, method, headers, body }) => ({
    group: "requests",
    name,
    shows: [method],
    run: async (attempt) => {
      const session = await attempt.open(transport!);
      const reply = await session.ask(method, headers, body);
      return { result: "yes", detail: answered(reply) };
    },
  }));
}

const ACCEPTS: readonly [name: string, accept: string | undefined, isSdp: boolean][] = [
  ["Accept: application/sdp", "application/sdp", true],
  ["no Accept", undefined, true],
  ["Accept of several types", "application/rtsl, application/sdp;level=-2", true],
  ["Accept without SDP", "application/x-rtspkit-unknown", false],
];

/** What DESCRIBE answers by what it is asked for (RFC 2326, section 12.1). */
export function describeTrials(): Trial[] {
  return ACCEPTS.map(([name, accept, isSdp]) => ({
    group: "describe",
    name,
    shows: ["DESCRIBE"],
    run: async (attempt) => {
      const requester = await attempt.connect();
      const headers: [string, string][] = accept === undefined ? [] : [["Accept", accept]];
      const reply = await requester.ask("DESCRIBE", attempt.target, headers);
      return described(reply, isSdp);
    },
  }));
}

function described(reply: RtspResponse, isSdp: boolean): TrialOutcome {
  const type = reply.headers.get("Content-Type") ?? "no Content-Type";
  const said = `${answered(reply)}, ${type}`;
  if (reply.status >= 300) return { result: "partly", detail: said };
  const has = /^v=/.test(new TextDecoder().decode(reply.body));
  if (!has) throw new ProtocolError(`${said}, which is no session description`);
  if (!isSdp) return { result: "partly", detail: `${said}: SDP whatever is asked for` };
  return /^\s*application\/sdp\b/i.test(type)
    ? { result: "yes", detail: said }
    : { result: "partly", detail: said };
}

/** A reply in a few words. */
export function answered({ status, reason, body }: RtspResponse): string {
  return `${status} ${reason}`.trim() + (body.length === 0 ? "" : `, ${body.length} bytes`);
}
