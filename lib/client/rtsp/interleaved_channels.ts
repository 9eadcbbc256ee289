import type { InterleavedFrame } from "../../rtsp/message.ts";
import type { MediaReceiver } from "./media_transport.ts";

/** A pair of channels: RTP on the first, RTCP on the last. */
export interface ChannelPair {
  first: number;
  last: number;
}

/** Takes the payload of one block. */
type Take = (payload: Uint8Array) => void;

/** Who takes which channel of a connection (RFC 2326, section 10.12). */
export class InterleavedChannels {
  readonly #takers = new Map<number, { receiver: MediaReceiver; take: Take }>();
  #latest: MediaReceiver | undefined;

  /** Leads channels that nobody has to `receiver`, as blocks may come before the reply to SETUP. */
  expect({ first, last }: ChannelPair, receiver: MediaReceiver): void {
    this.#latest = receiver;
    if (!this.#takers.has(last)) this.#lead(last, receiver, (bytes) => receiver.rtcp(bytes));
    if (!this.#takers.has(first)) this.#lead(first, receiver, (bytes) => receiver.rtp(bytes));
  }

  /** Leads these channels, and no others, to `receiver`. */
  assign({ first, last }: ChannelPair, receiver: MediaReceiver): void {
    this.release(receiver);
    this.#lead(last, receiver, (bytes) => receiver.rtcp(bytes));
    this.#lead(first, receiver, (bytes) => receiver.rtp(bytes));
  }

  /** Leads nothing to `receiver` any more. */
  release(receiver: MediaReceiver): void {
    for (const [channel, taker] of this.#takers) {
      if (taker.receiver === receiver) this.#takers.delete(channel);
    }
  }

  /** Hands a block to whoever has its channel. */
  deliver({ channel, payload }: InterleavedFrame): void {
    const taker = this.#takers.get(channel);
    if (taker !== undefined) taker.take(payload);
    else this.#latest?.stray(payload.length, `It came on channel ${channel}, which was not set up`);
  }

  #lead(channel: number, receiver: MediaReceiver, take: Take): void {
    this.#takers.set(channel, { receiver, take });
  }
}
