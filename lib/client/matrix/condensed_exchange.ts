import type { ObservedMessage } from "../observer.ts";

/** Headers that show what was asked for and what was granted. */
const TELLING: ReadonlySet<string> = new Set([
  ...["accept", "allow", "content-type", "location", "range", "require", "scale", "speed"],
  ...["transport", "unsupported", "www-authenticate"],
]);
/** Requests and replies that are kept: the first ones, and the last ones. */
const FIRST = 1;
const LAST = 3;
const LONGEST_LINE = 200;

/** Methods that are asked outside of sessions too, and there show nothing. */
const IN_SESSION: ReadonlySet<string> = new Set(["OPTIONS", "GET_PARAMETER", "SET_PARAMETER"]);

interface Pair {
  request: string;
  reply: string;
  times: number;
}

/** Requests and their replies in a line each: first line, and the headers that tell something. */
export class CondensedExchange {
  #pairs: Pair[] = [];
  #leftOut = 0;
  /** Requests without a reply so far, by CSeq. */
  readonly #open = new Map<string, Pair>();

  /** @param shows methods that are kept */
  constructor(readonly shows: readonly string[]) {}

  get lines(): string[] {
    return this.#pairs.flatMap(({ request, reply, times }, i) => {
      const more = i === FIRST && this.#leftOut > 0 ? [`… ${this.#leftOut} more`] : [];
      const often = times > 1 ? ` (${times} times)` : "";
      return [...more, `-> ${request}${often}`, `<- ${reply}`];
    });
  }

  message(message: ObservedMessage): void {
    const cseq = message.headers.find(([name]) => /^cseq$/i.test(name))?.[1]?.trim() ?? "";
    if (message.status === undefined) this.#request(message, cseq);
    else if (message.direction === "in") this.#reply(message, cseq);
  }

  #request(message: ObservedMessage, cseq: string): void {
    const { method = "", headers, direction } = message;
    if (direction !== "out" || !this.shows.includes(method)) return;
    const isInSession = headers.some(([name]) => /^session$/i.test(name));
    if (IN_SESSION.has(method) && !isInSession) return;
    const request = cut(`${method}${facts(message)}`);
    const pair = { request, reply: "(no reply)", times: 1 };
    this.#open.set(cseq, pair);
    this.#pairs.push(pair);
    if (this.#pairs.length <= FIRST + LAST) return;
    this.#pairs.splice(FIRST, 1);
    this.#leftOut++;
  }

  #reply(message: ObservedMessage, cseq: string): void {
    const pair = this.#open.get(cseq);
    if (pair === undefined) return;
    this.#open.delete(cseq);
    pair.reply = cut(`${message.status} ${message.reason}`.trim() + facts(message));
    const at = this.#pairs.indexOf(pair);
    const before = this.#pairs[at - 1];
    if (before?.request !== pair.request || before.reply !== pair.reply) return;
    before.times++;
    this.#pairs.splice(at, 1);
  }
}

function facts({ headers, body, status }: ObservedMessage): string {
  const told = headers.flatMap(([name, value]) => {
    if (TELLING.has(name.toLowerCase())) return [`${name}: ${value}`];
    const timeout = /;\s*timeout\s*=\s*(\d+)/i.exec(value)?.[1];
    const isSession = /^session$/i.test(name) && timeout !== undefined && status !== undefined;
    return isSession ? [`session timeout ${timeout} s`] : [];
  });
  if (body !== "") told.push(`body of ${new TextEncoder().encode(body).length} bytes`);
  return told.length === 0 ? "" : ` | ${told.join(" | ")}`;
}

function cut(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}
