import type { UdpAddress } from "../address.ts";
import { ArrivalStamps } from "./arrival_stamps.ts";
import { BATCH_SIZE, DatagramBatch } from "./datagram_batch.ts";
import { type Libc, libc } from "./libc.ts";
import { droppedDatagrams, enlargeReceiveBuffer } from "./receive_buffer.ts";
import { findDescriptor, SOCKET_TYPE } from "./socket_descriptor.ts";

/** Takes a datagram. @param age ms that it waited to be taken; 0 where that is not known */
export type Receive = (bytes: Uint8Array, from: UdpAddress, age: number) => void;

/** Batches taken in one go, so that a sender faster than we are does not keep us from all else. */
const MOST_BATCHES = 8;

/**
 * What the system offers beyond Deno to a datagram socket that receives: room for bursts, many
 * datagrams by one call, and the number of those that found no room.
 */
export class NativeReception {
  /** One for all sockets: what is in it is handed on before anything else can happen. */
  static #batch: DatagramBatch | undefined;

  readonly #stamps: ArrivalStamps | undefined;

  private constructor(readonly library: Libc, readonly descriptor: number, timed: boolean) {
    this.#stamps = timed ? new ArrivalStamps(library, descriptor) : undefined;
  }

  /**
   * @param timed whether it is to be told how long datagrams waited
   * @returns undefined where there is no such thing
   */
  static of(port: number, timed: boolean): NativeReception | undefined {
    const library = libc();
    if (library === undefined) return undefined;
    const descriptor = findDescriptor(library, SOCKET_TYPE.datagram, port);
    if (descriptor === undefined) return undefined;
    enlargeReceiveBuffer(library, descriptor);
    return new NativeReception(library, descriptor, timed);
  }

  /** Datagrams that came while there was no room for them; undefined where it is not told. */
  get dropped(): number | undefined {
    return droppedDatagrams(this.library, this.descriptor);
  }

  /** ms that the datagram waited which Deno has just taken; 0 where it is not told. */
  get ageOfLast(): number {
    return this.#stamps?.ageOfLast() ?? 0;
  }

  /**
   * Hands on what has come to an IPv4 socket, without waiting; the bytes are overwritten by the next.
   * @param isOpen asked after each datagram: a descriptor of a closed socket may be another's
   */
  drain(receive: Receive, isOpen: () => boolean): void {
    if (this.#stamps === undefined) return this.#drain(receive, isOpen);
    this.#stamps.attached = true;
    this.#drain(receive, isOpen);
    if (isOpen()) this.#stamps.attached = false;
  }

  #drain(receive: Receive, isOpen: () => boolean): void {
    const batch = NativeReception.#batch ??= new DatagramBatch();
    for (let i = 0; i < MOST_BATCHES; i++) {
      const count = batch.receive(this.library, this.descriptor);
      if (count > 0) this.#stamps?.tellTime();
      for (let index = 0; index < count; index++) {
        receive(batch.datagram(index), batch.source(index), batch.age(index, this.#stamps));
        if (!isOpen()) return;
      }
      if (count < BATCH_SIZE) return this.#stamps?.emptied();
    }
  }
}
