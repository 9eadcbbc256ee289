import { type Clock, withTimeout } from "../net/clock.ts";
import type {
  RelayedAnswer,
  RelayedAnswerer,
  RelayedRequest,
  SessionRelay,
} from "./session_relay.ts";

/** What goes over a port between two servers, both ways. */
type RelayMessage =
  | { kind: "ask"; number: number; request: RelayedRequest }
  | { kind: "answer"; number: number; answer: RelayedAnswer };

/** Another server, and the port to it. */
export interface RelayPeer {
  /** What the identifiers of its sessions begin with. */
  prefix: string;
  port: MessagePort;
}

/** How long another server may take, in ms: it is on this machine, and only has to look up. */
const ANSWER_MS = 5000;

/** A relay over one message port to each of the other servers. */
export class PortRelay implements SessionRelay {
  #answerer: RelayedAnswerer | undefined;
  #asked = 0;
  readonly #waiting = new Map<number, (answer: RelayedAnswer) => void>();

  /**
   * @param prefix of this server; as long as those of the others, and unlike them
   * @param peers all others; their ports are listened to from now on
   */
  constructor(
    readonly prefix: string,
    readonly peers: readonly RelayPeer[],
    readonly clock: Clock,
  ) {
    for (const { port } of peers) {
      port.onmessage = ({ data }: MessageEvent<RelayMessage>): void => this.#take(data, port);
    }
  }

  answerWith(answerer: RelayedAnswerer): void {
    this.#answerer = answerer;
  }

  ask(request: RelayedRequest): Promise<RelayedAnswer> | undefined {
    const owner = this.peers.find(({ prefix }) => request.session.startsWith(prefix));
    if (owner === undefined) return undefined;
    const number = this.#asked++;
    const { promise, resolve } = Promise.withResolvers<RelayedAnswer>();
    this.#waiting.set(number, resolve);
    send(owner.port, { kind: "ask", number, request });
    return withTimeout(this.clock, promise, ANSWER_MS, "the session's worker")
      .finally(() => this.#waiting.delete(number));
  }

  close(): void {
    for (const { port } of this.peers) port.close();
  }

  #take(message: RelayMessage, from: MessagePort): void {
    if (message.kind === "answer") return this.#waiting.get(message.number)?.(message.answer);
    const { number, request } = message;
    this.#answerer?.(request).then((answer) => send(from, { kind: "answer", number, answer }));
  }
}

function send(port: MessagePort, message: RelayMessage): void {
  port.postMessage(message);
}
