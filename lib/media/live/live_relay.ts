// A live source in another thread: the thread that pulls sends pictures to those that serve.
import type { LiveSource } from "./live_source.ts";
import type { LiveSink, Pull } from "./origin.ts";

/** What the thread that serves asks for. */
export type RelayRequest = "watch" | "leave" | "taken";

/** What it is sent. */
export type RelayMessage =
  | { kind: "frame"; jpeg: Uint8Array }
  | { kind: "trouble"; problem: string }
  | { kind: "ended" };

/** The part of a `MessagePort` that is used. */
export interface RelayPort<Out, In> {
  onmessage: ((event: MessageEvent<In>) => void) | null;
  postMessage(message: Out): void;
}

/** Pictures on their way to a thread that it has not taken yet. */
const MOST_UNDER_WAY = 2;

/** Sends a source's pictures to another thread while that wants them; the newest, when it is slow. */
export function relayLive(source: LiveSource, port: RelayPort<RelayMessage, RelayRequest>): void {
  const relay = new Relay(source, port);
  port.onmessage = ({ data }) => relay.take(data);
}

class Relay {
  #leave: (() => void) | undefined;
  #underWay = 0;
  #waiting: Uint8Array | undefined;

  constructor(
    readonly source: LiveSource,
    readonly port: RelayPort<RelayMessage, RelayRequest>,
  ) {}

  take(request: RelayRequest): void {
    if (request === "watch") return this.#watch();
    if (request === "leave") return this.#stop();
    this.#underWay--;
    const jpeg = this.#waiting;
    this.#waiting = undefined;
    if (jpeg !== undefined) this.#send(jpeg);
  }

  #watch(): void {
    this.#leave?.();
    this.#leave = this.source.watch({
      frame: ({ jpeg }) => this.#send(jpeg),
      trouble: (problem) => this.port.postMessage({ kind: "trouble", problem }),
      ended: () => this.port.postMessage({ kind: "ended" }),
    });
    const { newest, over, problem } = this.source;
    if (problem !== undefined) this.port.postMessage({ kind: "trouble", problem });
    if (newest !== undefined) this.#send(newest.jpeg);
    if (over) this.port.postMessage({ kind: "ended" });
  }

  #stop(): void {
    this.#leave?.();
    this.#leave = undefined;
    this.#waiting = undefined;
  }

  #send(jpeg: Uint8Array): void {
    if (this.#underWay >= MOST_UNDER_WAY) {
      this.#waiting = jpeg;
      return;
    }
    this.#underWay++;
    this.port.postMessage({ kind: "frame", jpeg });
  }
}

/** The other end: pulls what {@linkcode relayLive} sends. */
export function relayedOrigin(port: RelayPort<RelayRequest, RelayMessage>): Pull {
  let sink: LiveSink | undefined;
  let end: () => void = () => {};
  port.onmessage = ({ data }) => {
    if (data.kind === "frame") {
      port.postMessage("taken");
      sink?.frame(data.jpeg);
    } else if (data.kind === "trouble") sink?.trouble(data.problem);
    else end();
  };
  return async (into, signal) => {
    sink = into;
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = (): void => {
      port.postMessage("leave");
      sink = undefined;
      resolve();
    };
    end = resolve;
    signal.addEventListener("abort", leave, { once: true });
    port.postMessage("watch");
    await promise;
    signal.removeEventListener("abort", leave);
  };
}
