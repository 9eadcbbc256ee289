import { dialectOf, type ObservedMessage } from "../stream/observation.ts";

/** A request and what came of it. */
export interface Asked {
  method: string;
  target: string;
  /** ms since the Unix epoch. */
  time: number;
  /** Whether it carried credentials. */
  authorized: boolean;
  /** What was asked for in Transport. */
  transport: string | undefined;
  /** Time between it and the request before it, in ms; undefined for the first. */
  since: number | undefined;
  reply: { status: number; reason: string; time: number } | undefined;
}

/** How media come. */
export type MediaTransportKind = "udp" | "tcp" | "multicast";

/** Requests that are remembered; keep-alives of a long session are not all of interest. */
const MOST_REMEMBERED = 200;

/** What the requests and replies of a session have said so far, that conclusions are drawn from. */
export class Exchange {
  /** In the order they were made. */
  readonly asked: Asked[] = [];
  /** What 401 asked for, as written. */
  challenges: string[] = [];
  /** Over which the last SETUP was accepted. */
  transport: MediaTransportKind | undefined;
  /** Seconds, as announced; undefined where the server does not say. */
  sessionTimeout: number | undefined;
  /** As the server wrote them in the reply that described the session. */
  contentBase: string | undefined;
  /** When PLAY was accepted first. */
  playedAt: number | undefined;
  /** The shortest time from a request to its reply, in ms: about a round trip. */
  roundTripMs: number | undefined;
  /** Whether any reply has come. */
  answered = false;
  /** By dialect and CSeq: while both are tried, each has a connection and a count of its own. */
  readonly #open = new Map<string, Asked>();
  readonly #lastOf = new Map<string, Asked>();
  #last: Asked | undefined;

  /** When the last request was made, in ms since the Unix epoch. */
  get lastAskedAt(): number | undefined {
    return this.#last?.time;
  }

  message(message: ObservedMessage): void {
    if (message.status !== undefined) {
      if (message.direction === "in") this.#takeReply(message, message.status);
    } else if (message.direction === "out") this.#takeRequest(message);
  }

  /** The last request that was refused with a status of 400 or more. */
  get refused(): Asked | undefined {
    return this.asked.findLast(({ reply }) => (reply?.status ?? 0) >= 400);
  }

  /** What SETUP named and was accepted. */
  get setUp(): string[] {
    return this.asked.filter(({ method, reply }) => method === "SETUP" && isOk(reply))
      .map(({ target }) => target);
  }

  /** Requests once media flow that are there to say that we are, and their replies. */
  get keepAlives(): Asked[] {
    const { playedAt } = this;
    if (playedAt === undefined) return [];
    return this.asked.filter(({ method, time }) => {
      return time > playedAt && /^(?:OPTIONS|GET_PARAMETER|SET_PARAMETER)$/.test(method);
    });
  }

  #takeRequest(message: ObservedMessage): void {
    const { method = "", target = "", time } = message;
    const asked: Asked = {
      method,
      target,
      time,
      authorized: headerOf(message, "authorization") !== undefined,
      transport: headerOf(message, "transport"),
      since: this.#last === undefined ? undefined : time - this.#last.time,
      reply: undefined,
    };
    this.#last = asked;
    if (this.asked.length >= MOST_REMEMBERED) this.asked.splice(MOST_REMEMBERED / 2, 1);
    this.asked.push(asked);
    this.#lastOf.set(dialectOf(message), asked);
    this.#open.set(`${dialectOf(message)} ${cseqOf(message)}`, asked);
  }

  #takeReply(message: ObservedMessage, status: number): void {
    this.answered = true;
    const asked = this.#requestOf(message);
    if (asked === undefined || asked.reply !== undefined) return;
    const { time, reason = "" } = message;
    asked.reply = { status, reason, time };
    if (status < 200) return;
    const wait = time - asked.time;
    if (wait >= 0) this.roundTripMs = Math.min(this.roundTripMs ?? wait, wait);
    if (status === 401) this.challenges = headersOf(message, "www-authenticate");
    if (status < 300) this.#learn(asked, message);
  }

  /** The request that a reply is to; not all requests in captures tell that they are a lab's. */
  #requestOf(reply: ObservedMessage): Asked | undefined {
    const own = dialectOf(reply);
    const last = this.#lastOf.get(own);
    const waiting = last?.reply === undefined ? last : undefined;
    return this.#close(own, reply) ?? waiting ??
      this.#close(own === "lab" ? "rtsp" : "lab", reply) ?? this.#last;
  }

  #close(dialect: string, reply: ObservedMessage): Asked | undefined {
    const key = `${dialect} ${cseqOf(reply)}`;
    const asked = this.#open.get(key);
    this.#open.delete(key);
    return asked;
  }

  #learn({ method }: Asked, message: ObservedMessage): void {
    const timeout = /;\s*timeout\s*=\s*(\d+)/i.exec(headerOf(message, "session") ?? "")?.[1];
    if (timeout !== undefined) this.sessionTimeout = Number(timeout);
    if (method === "PLAY") this.playedAt ??= message.time;
    if (method === "DESCRIBE") {
      this.contentBase = headerOf(message, "content-base") ?? headerOf(message, "content-location");
    }
    if (method === "SETUP") this.transport = transportOf(headerOf(message, "transport") ?? "");
  }
}

function cseqOf(message: ObservedMessage): string {
  return headerOf(message, "cseq")?.trim() ?? "";
}

/** The first header of a name, whatever its case. */
export function headerOf(message: ObservedMessage, name: string): string | undefined {
  return message.headers.find(([each]) => each.toLowerCase() === name)?.[1];
}

function headersOf(message: ObservedMessage, name: string): string[] {
  return message.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

function transportOf(value: string): MediaTransportKind {
  if (/\/TCP\b|interleaved/i.test(value)) return "tcp";
  return /multicast/i.test(value) ? "multicast" : "udp";
}

function isOk(reply: Asked["reply"]): boolean {
  return reply !== undefined && reply.status >= 200 && reply.status < 300;
}
