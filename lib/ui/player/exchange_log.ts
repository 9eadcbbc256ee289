import type { ObservedMessage, ObservedNote } from "../../stream/observation.ts";

/** One line of the exchange: a request, its reply, or a remark of the client's. */
export interface ExchangeEntry {
  /** Counts up from 1 over the life of the player. */
  id: number;
  kind: "request" | "reply" | "note";
  direction: "out" | "in";
  /** ms since the Unix epoch. */
  time: number;
  /** The first line, or the remark. */
  line: string;
  /** Headers and body, without secrets; empty for a remark. */
  headers: [name: string, value: string][];
  body: string;
  /** The CSeq that pairs request and reply. */
  cseq: string | undefined;
  /** Of a reply: the request's `id` and method, and how long it took in ms. */
  answers?: { id: number; method: string; took: number };
  /** Of a reply. */
  status?: number;
}

/** Messages kept: an hour of keep-alive, and more than anybody scrolls through. */
const MOST_ENTRIES = 400;
/** Characters kept of one body. */
const MOST_BODY = 16_384;

/** The RTSP exchange as it went, requests and replies paired by CSeq. */
export class ExchangeLog {
  #entries: ExchangeEntry[] = [];
  #unanswered = new Map<string, ExchangeEntry & { method: string }>();
  #id = 0;

  get entries(): readonly ExchangeEntry[] {
    return this.#entries;
  }

  /** A new connection counts CSeq anew. */
  beginConnection(): void {
    this.#unanswered.clear();
  }

  message(message: ObservedMessage): ExchangeEntry {
    const { direction, time, body } = message;
    const cseq = message.headers.find(([name]) => /^cseq$/i.test(name))?.[1].trim();
    const entry: ExchangeEntry = {
      id: ++this.#id,
      kind: message.status === undefined ? "request" : "reply",
      direction,
      time,
      line: firstLine(message),
      headers: withoutSecrets(message.headers),
      body: body.slice(0, MOST_BODY),
      cseq,
    };
    if (message.status !== undefined) {
      entry.status = message.status;
      this.#pair(entry);
    } else if (cseq !== undefined) {
      this.#unanswered.set(keyOf(direction, cseq), { ...entry, method: message.method ?? "" });
    }
    return this.#keep(entry);
  }

  note({ code, message }: ObservedNote, time: number): ExchangeEntry {
    const line = message || code;
    const about = { direction: "in", time, line, headers: [], body: "", cseq: undefined } as const;
    return this.#keep({ id: ++this.#id, kind: "note", ...about, headers: [] });
  }

  #pair(reply: ExchangeEntry): void {
    if (reply.cseq === undefined) return;
    const key = keyOf(reply.direction === "in" ? "out" : "in", reply.cseq);
    const request = this.#unanswered.get(key);
    if (request === undefined) return;
    this.#unanswered.delete(key);
    const { id, method, time } = request;
    reply.answers = { id, method, took: Math.max(0, reply.time - time) };
  }

  #keep(entry: ExchangeEntry): ExchangeEntry {
    this.#entries.push(entry);
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
    return entry;
  }
}

function keyOf(direction: "out" | "in", cseq: string): string {
  return `${direction} ${cseq}`;
}

function firstLine(message: ObservedMessage): string {
  const { method, target = "", version, status, reason = "" } = message;
  if (status !== undefined) return `${version} ${status} ${reason}`.trimEnd();
  return `${method} ${target.replace(/^([a-z]+:\/\/)[^/]*@/i, "$1")} ${version}`;
}

/** Credentials give a password away, or let it be guessed. */
function withoutSecrets(headers: readonly [string, string][]): [string, string][] {
  return headers.map(([name, value]) => {
    if (!/^(proxy-)?authorization$/i.test(name)) return [name, value];
    return [name, `${/^\s*\S+/.exec(value)?.[0].trim() ?? ""} [not shown]`];
  });
}
