import type { Depacketizer } from "../../codec/depacketizer.ts";
import { payloadFormat } from "../../codec/registry.ts";
import { PictureDepacketizer } from "../../stream/picture_depacketizer.ts";
import type { Observer } from "../observer.ts";
import type { OrderedPacket } from "../receiver.ts";
import type { Track } from "./description.ts";

/** Puts together what packets in sequence carry, of whatever encoding. */
export interface StreamDepacketizer {
  push(packet: OrderedPacket): void;
  /** Begins anew after a pause or a jump. */
  restart(): void;
  /** Ends what has begun. @param wallTime ms since the Unix epoch */
  flush(wallTime: number): void;
  /** Of units, what puts them together; it knows what the stream tells of its format. */
  readonly units?: Depacketizer;
}

/**
 * What puts units of that encoding together for whoever watches; undefined where nobody wants them
 * or the encoding is unknown, whose packets are all there is.
 * @param stream what the stream is called, where there are several
 */
export function unitDepacketizer(
  track: Track,
  observer: Observer,
  stream: string | undefined,
): StreamDepacketizer | undefined {
  if (observer.unit === undefined) return undefined;
  const depacketizer = payloadFormat(track.format.encoding)?.depacketizer?.(
    track.format,
    (unit) => observer.unit?.(unit, stream),
  );
  if (depacketizer === undefined) return undefined;
  return {
    push: (packet) => depacketizer.push(packet),
    restart: () => depacketizer.discontinuity(),
    flush: () => depacketizer.flush(),
    units: depacketizer,
  };
}

/** Puts pictures together, and tells which way they are packed. */
export class Pictures implements StreamDepacketizer {
  readonly #depacketizer: PictureDepacketizer;

  /** @param stream what the stream is called, where there are several */
  constructor({ dimensions }: Track, observer: Observer, stream: string | undefined) {
    this.#depacketizer = new PictureDepacketizer((frame) => {
      observer.frame?.(frame, stream);
    }, dimensions);
  }

  /** How pictures are packed, once a packet has told. */
  get packing(): PictureDepacketizer["packing"] {
    return this.#depacketizer.packing;
  }

  push({ packet, arrivedAt }: OrderedPacket): void {
    this.#depacketizer.push(packet, arrivedAt);
  }

  restart(): void {
    this.#depacketizer.restart();
  }

  flush(wallTime: number): void {
    this.#depacketizer.flush(wallTime);
  }
}
