import { type Exchanged, type MessageLog, paired } from "../../inspect/report/message_log.ts";
import type { ObservedMessage } from "../../stream/observation.ts";
import type { Redactor } from "../../inspect/redaction.ts";
import { Html, markup } from "./html.ts";

/** Requests with their replies, each to be opened; those that were refused are open. */
export function exchangeSection(log: MessageLog, redactor: Redactor): Html {
  const clean = (messages: readonly ObservedMessage[]): Exchanged[] => {
    return paired(messages.map((message) => redactor.message(message)));
  };
  const start = log.first[0]?.time ?? 0;
  const show = (pair: Exchanged): Html => exchanged(pair, start);
  if (log.first.length === 0) return markup`<p class="muted">No RTSP message was seen.</p>`;
  if (log.leftOut === 0) return markup`${clean([...log.first, ...log.last]).map(show)}`;
  return markup`${clean(log.first).map(show)}
<p class="muted">${log.leftOut} messages in between are left out.</p>
${clean(log.last).map(show)}`;
}

function exchanged({ request, reply }: Exchanged, start: number): Html {
  const first = request ?? reply!;
  const status = reply?.status ?? 0;
  const isBad = reply === undefined || status >= 400;
  // To be asked for credentials is how logging in begins.
  const isOpen = isBad && status !== 401;
  const level = !isBad ? "ok" : isOpen ? "error" : "warning";
  const who = first.direction === (request === undefined ? "out" : "in") ? " (by the server)" : "";
  const wait = request === undefined || reply === undefined
    ? ""
    : `, after ${Math.max(0, reply.time - request.time).toFixed(0)} ms`;
  const outcome = reply === undefined
    ? "no reply"
    : `${reply.status} ${reply.reason ?? ""}`.trim() + wait;
  const title = request?.method ?? "Reply to nothing that was asked";
  const at = markup`<span class="mono muted">${seconds(first.time - start)}</span>`;
  const came = markup`<span class="${level}">${outcome}</span>`;
  return markup`<details${isOpen ? OPEN : ""}>
<summary>${at} <b>${title}</b>${who} → ${came}</summary>
${request !== undefined && markup`<pre>${text(request)}</pre>`}
${reply !== undefined && markup`<pre>${text(reply)}</pre>`}
</details>
`;
}

const OPEN = new Html(" open");

function text({ method, target, status, reason, version, headers, body }: ObservedMessage): string {
  const first = status === undefined
    ? `${method} ${target} ${version}`
    : `${version} ${status} ${reason}`;
  const lines = [first, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (body !== "") lines.push("", body.trimEnd());
  return lines.join("\n");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}
