import type { ObservedMessage } from "../../stream/observation.ts";

/** Messages kept of the beginning, and of the end. */
export const FIRST_MESSAGES = 120;
export const LAST_MESSAGES = 80;
/** Characters kept of a body, and of one header. */
const LONGEST_BODY = 64 * 1024;
const LONGEST_HEADER = 4096;

/** A request and its reply; either may be missing. */
export interface Exchanged {
  request: ObservedMessage | undefined;
  reply: ObservedMessage | undefined;
}

/** The messages of a session: of a long one the first and the last. */
export class MessageLog {
  readonly #first: ObservedMessage[] = [];
  readonly #last: ObservedMessage[] = [];
  #leftOut = 0;

  /** Messages that were not kept. */
  get leftOut(): number {
    return this.#leftOut;
  }

  get first(): readonly ObservedMessage[] {
    return this.#first;
  }

  get last(): readonly ObservedMessage[] {
    return this.#last;
  }

  add(message: ObservedMessage): void {
    const kept = shortened(message);
    if (this.#first.length < FIRST_MESSAGES) {
      this.#first.push(kept);
      return;
    }
    this.#last.push(kept);
    if (this.#last.length <= LAST_MESSAGES) return;
    this.#last.shift();
    this.#leftOut++;
  }
}

/** Puts replies to their requests, by direction and CSeq. */
export function paired(messages: readonly ObservedMessage[]): Exchanged[] {
  const exchanged: Exchanged[] = [];
  const open = new Map<string, Exchanged>();
  for (const message of messages) {
    const cseq = message.headers.find(([name]) => /^cseq$/i.test(name))?.[1]?.trim();
    if (message.status === undefined) {
      const pair: Exchanged = { request: message, reply: undefined };
      exchanged.push(pair);
      open.set(`${message.direction} ${cseq}`, pair);
      continue;
    }
    const key = `${message.direction === "in" ? "out" : "in"} ${cseq}`;
    const pair = open.get(key);
    open.delete(key);
    if (pair === undefined) exchanged.push({ request: undefined, reply: message });
    else pair.reply = message;
  }
  return exchanged;
}

function shortened({ wire: _wire, ...message }: ObservedMessage): ObservedMessage {
  const { body, headers } = message;
  const isShort = body.length <= LONGEST_BODY &&
    headers.every(([, value]) => value.length <= LONGEST_HEADER);
  if (isShort) return message;
  return {
    ...message,
    body: cut(body, LONGEST_BODY),
    headers: headers.map(([name, value]) => [name, cut(value, LONGEST_HEADER)]),
  };
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} more)`;
}
