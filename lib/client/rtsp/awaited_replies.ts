import type { RtspResponse } from "../../rtsp/message.ts";
import type { Observer } from "../observer.ts";

interface Awaited {
  method: string;
  resolve: (response: RtspResponse) => void;
  reject: (error: unknown) => void;
}

/** Lower ones say that the final one is still to come (RFC 2326, section 7.1.1). */
const FIRST_FINAL_STATUS = 200;

/** Requests that have been sent and not been answered, and which of them a response answers. */
export class AwaitedReplies {
  /** By CSeq, in the order they were sent. */
  readonly #awaited = new Map<number, Awaited>();
  #lastCseq = 0;

  constructor(readonly observer: Observer) {}

  /** The CSeq of the next request, and the promise of its reply. */
  next(method: string): { cseq: number; reply: Promise<RtspResponse> } {
    const cseq = ++this.#lastCseq;
    const { promise: reply, ...settle } = Promise.withResolvers<RtspResponse>();
    // It may fail before anyone waits for it.
    reply.catch(() => {});
    this.#awaited.set(cseq, { method, ...settle });
    return { cseq, reply };
  }

  /** Whoever waited for it waits no more. */
  forget(cseq: number): void {
    this.#awaited.delete(cseq);
  }

  /** Hands a response to whoever waits for it. */
  answer(response: RtspResponse): void {
    if (response.status >= FIRST_FINAL_STATUS) this.#answeredBy(response)?.resolve(response);
  }

  /** One reply will not come any more. */
  fail(cseq: number, why: unknown): void {
    this.#awaited.get(cseq)?.reject(why);
  }

  /** No reply will come any more. @param why by the request's method */
  failAll(why: (method: string) => Error): void {
    for (const { method, reject } of this.#awaited.values()) reject(why(method));
  }

  /** The request that a response answers; undefined for one that was given up. */
  #answeredBy({ headers }: RtspResponse): Awaited | undefined {
    const text = headers.get("CSeq")?.trim();
    const cseq = Number(text ?? 0);
    const exact = this.#awaited.get(cseq);
    if (exact !== undefined || (cseq > 0 && cseq <= this.#lastCseq)) return exact;
    // Some cameras answer CSeq 0 or none; replies come in the order of the requests.
    const [oldest] = this.#awaited;
    if (oldest === undefined) return undefined;
    const [expected, awaited] = oldest;
    this.observer.note?.({
      code: "wrong-cseq",
      message: `The reply to ${awaited.method} has CSeq ${text ?? "none"}, not ${expected}`,
    });
    return awaited;
  }
}
