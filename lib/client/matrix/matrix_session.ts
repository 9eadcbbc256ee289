import type { Clock, Timer } from "../../net/clock.ts";
import { formatCompound } from "../../rtcp/compound.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import type { RtspLink } from "../rtsp/link.ts";

/** Counts what comes of a session that is tried out, and looks at nothing of it. */
export class MatrixSession {
  packets = 0;
  /** When the last packet came, in ms on the clock. */
  lastPacketAt: number | undefined;
  /** Why the server's connection ended, once it has. */
  lost: string | undefined;
  readonly #looks = new Set<() => void>();
  #tornDown = false;

  constructor(readonly link: RtspLink, readonly clock: Clock, readonly signal: AbortSignal) {
    link.main.feed.lead({
      rtp: () => this.#packet(),
      rtcp: () => {},
      stray: () => {},
    });
    link.connection.closed.then((why) => {
      this.lost = why;
      this.#tell();
    });
  }

  /** PLAY; packets count from now on. */
  async play(
    headers: Iterable<[string, string]> = [["Range", "npt=0.000-"]],
  ): Promise<RtspResponse> {
    this.packets = 0;
    for (const { transport } of this.link.streams) transport.punch();
    return await this.link.play(headers);
  }

  /** Waits until so many packets have come since PLAY. @returns whether they did in time */
  arrived(count: number, milliseconds: number): Promise<boolean> {
    return this.#until(() => this.packets >= count, milliseconds);
  }

  /** Waits until the server ends the connection. @returns whether it did in time */
  ended(milliseconds: number): Promise<boolean> {
    return this.#until(() => this.lost !== undefined, milliseconds);
  }

  /** Asks something within the session. @returns the reply, status below 400 */
  ask(
    method: string,
    headers: [string, string][] = [],
    body: Uint8Array = new Uint8Array(0),
  ): Promise<RtspResponse> {
    const { requester, main } = this.link;
    return requester.ask(method, main.track.aggregateUrl, headers, { body });
  }

  /** TEARDOWN by which one sees whether the session is still there; throws what it comes to. */
  async tearDown(): Promise<RtspResponse> {
    const { requester, main } = this.link;
    this.#tornDown = true;
    return await requester.ask("TEARDOWN", main.track.aggregateUrl);
  }

  /** Sends an empty receiver report, as one who has received nothing yet does. */
  report(ssrc: number): void {
    const text = ssrc.toString(16).padStart(8, "0");
    this.link.main.transport.sendControl(formatCompound([
      { type: "RR", ssrc, reports: [] },
      { type: "SDES", chunks: [{ source: ssrc, items: [{ type: "CNAME", text }] }] },
    ]));
  }

  /** Never throws. */
  async close(): Promise<void> {
    if (this.#tornDown) this.link.requester.forgetSession();
    await this.link.close();
  }

  #until(check: () => boolean, milliseconds: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        timer?.cancel();
        this.#looks.delete(look);
        this.signal.removeEventListener("abort", abort);
        settle();
      };
      const look = (): void => {
        if (check()) finish(() => resolve(true));
        // What a closed connection carries no longer comes.
        else if (this.lost !== undefined) finish(() => resolve(false));
      };
      const abort = (): void => finish(() => reject(this.signal.reason));
      const timer: Timer | undefined = this.clock.setTimer(milliseconds, () => {
        finish(() => resolve(check()));
      });
      this.#looks.add(look);
      this.signal.addEventListener("abort", abort, { once: true });
      if (this.signal.aborted) abort();
      else look();
    });
  }

  #packet(): void {
    this.packets++;
    this.lastPacketAt = this.clock.now();
    this.#tell();
  }

  #tell(): void {
    for (const look of [...this.#looks]) look();
  }
}
