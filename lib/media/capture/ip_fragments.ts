import { toHex } from "../../bytes/hex.ts";
import type { IpPacket } from "./ip_packet.ts";

/** Packets being put together at once; past that the oldest is given up. */
export const MAX_FRAGMENTED = 256;
/** Most bytes an IP packet can have. */
const MAX_PACKET_LENGTH = 65_535;
/** How long pieces wait for the others, in ms (RFC 8200 section 4.5). */
export const REASSEMBLY_MS = 60_000;

interface Pieces {
  since: number;
  bytes: Uint8Array;
  /** Ranges that have come, in order, apart from one another. */
  ranges: [from: number, to: number][];
  /** Known once the last piece has come. */
  length: number | undefined;
}

/** Puts fragmented IP packets together again (RFC 791 section 3.2), within bounds. */
export class FragmentAssembler {
  readonly #packets = new Map<string, Pieces>();

  /** Packets given up since not all of their pieces came. */
  incomplete = 0;

  /**
   * Takes a fragment.
   * @param now ms
   * @returns the whole packet, with the last piece that it lacked
   */
  push(packet: IpPacket, now: number): IpPacket | undefined {
    const { fragment, payload, payloadLength, source, destination, protocol } = packet;
    const { identification, offset, more } = fragment!;
    const end = offset + payload.length;
    // A piece that the capture did not keep whole can never be completed.
    if (payload.length < payloadLength || end > MAX_PACKET_LENGTH) return undefined;
    const key = `${toHex(source)}.${toHex(destination)}.${protocol}.${identification}`;
    let pieces = this.#packets.get(key);
    if (pieces === undefined || now - pieces.since > REASSEMBLY_MS) {
      if (pieces !== undefined) this.incomplete++;
      pieces = { since: now, bytes: new Uint8Array(0), ranges: [], length: undefined };
      this.#keep(key, pieces);
    }
    add(pieces, offset, payload);
    if (!more) pieces.length = end;
    const [first] = pieces.ranges;
    if (pieces.length === undefined || first?.[0] !== 0 || first[1] < pieces.length) {
      return undefined;
    }
    this.#packets.delete(key);
    const whole = pieces.bytes.subarray(0, pieces.length);
    return { ...packet, payload: whole, payloadLength: whole.length, fragment: undefined };
  }

  #keep(key: string, pieces: Pieces): void {
    this.#packets.delete(key);
    this.#packets.set(key, pieces);
    if (this.#packets.size <= MAX_FRAGMENTED) return;
    const [oldest] = this.#packets.keys();
    this.#packets.delete(oldest!);
    this.incomplete++;
  }
}

function add(pieces: Pieces, offset: number, payload: Uint8Array): void {
  const end = offset + payload.length;
  if (end > pieces.bytes.length) {
    const grown = new Uint8Array(Math.min(MAX_PACKET_LENGTH, Math.max(end, 2 * end)));
    grown.set(pieces.bytes);
    pieces.bytes = grown;
  }
  pieces.bytes.set(payload, offset);
  const apart: [number, number][] = [];
  const merged: [number, number] = [offset, end];
  for (const range of pieces.ranges) {
    if (range[1] < merged[0] || range[0] > merged[1]) apart.push(range);
    else {
      merged[0] = Math.min(merged[0], range[0]);
      merged[1] = Math.max(merged[1], range[1]);
    }
  }
  pieces.ranges = [...apart, merged].sort((a, b) => a[0] - b[0]);
}
