import { endsJpeg, LAB_FRAME_LIMIT, startsJpeg } from "./lab_depacketizer.ts";
import {
  MARKER_BIT,
  MARKER_OFFSET,
  readU16,
  RTP_HEADER_LENGTH,
  SEQUENCE_OFFSET,
} from "../rtp/header.ts";

/** P, X and CC of the first byte: a header with any of them is longer than 12 bytes. */
const LONGER_HEADER_BITS = 0x3f;

/** An RTP packet, and how many datagrams it was. */
export interface JoinedPacket {
  bytes: Uint8Array;
  datagrams: number;
}

/**
 * Joins the pieces of a picture that come under one sequence number, as the server of one exercise
 * with larger pictures numbers them (DRAGON-1312's: 1,400 bytes each, the marker on the last). What
 * leaves is one packet a picture, as from other lab servers, so that behind it an equal number
 * means a duplicate. Packets of servers that number each piece, or cut nothing, pass as they are.
 */
export class SharedNumberJoiner {
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #shared: boolean | undefined;

  /** Whether pieces share their number; undefined until a picture of two pieces has told. */
  get shared(): boolean | undefined {
    return this.#shared;
  }

  /**
   * @param datagram kept until its picture is whole
   * @returns what is complete with it, in order
   */
  push(datagram: Uint8Array): JoinedPacket[] {
    const first = this.#pieces[0];
    if (first === undefined) return this.#begin(datagram);
    if (datagram.length >= RTP_HEADER_LENGTH && number(datagram) === number(first)) {
      return this.#add(datagram);
    }
    this.#shared ??= false;
    return [...this.flush(), ...this.#begin(datagram)];
  }

  /** What has begun, given up as it is. */
  flush(): JoinedPacket[] {
    const pieces = this.#pieces;
    if (pieces.length === 0) return [];
    const bytes = pieces.length === 1 ? pieces[0]! : join(pieces, this.#bytes);
    this.#pieces = [];
    this.#bytes = 0;
    return [{ bytes, datagrams: pieces.length }];
  }

  #begin(datagram: Uint8Array): JoinedPacket[] {
    const payload = datagram.subarray(RTP_HEADER_LENGTH);
    if (this.#shared === false || !startsJpeg(payload) || isWhole(datagram)) {
      return [{ bytes: datagram, datagrams: 1 }];
    }
    this.#pieces = [datagram];
    this.#bytes = payload.length;
    return [];
  }

  #add(datagram: Uint8Array): JoinedPacket[] {
    const payload = datagram.subarray(RTP_HEADER_LENGTH);
    // The network's second copy of the first piece: further ones begin no picture.
    if (startsJpeg(payload)) return [];
    this.#shared = true;
    this.#pieces.push(datagram);
    this.#bytes += payload.length;
    return isWhole(datagram) || this.#bytes > LAB_FRAME_LIMIT ? this.flush() : [];
  }
}

function number(datagram: Uint8Array): number {
  return readU16(datagram, SEQUENCE_OFFSET);
}

/** Whether nothing of the picture can follow, or the header is none that lab servers write. */
function isWhole(datagram: Uint8Array): boolean {
  return (datagram[0]! & LONGER_HEADER_BITS) !== 0 ||
    (datagram[MARKER_OFFSET]! & MARKER_BIT) !== 0 || endsJpeg(datagram.subarray(RTP_HEADER_LENGTH));
}

/** The first piece's header with the last one's marker, and all payloads. */
function join(pieces: Uint8Array[], payloadBytes: number): Uint8Array {
  const whole = new Uint8Array(RTP_HEADER_LENGTH + payloadBytes);
  whole.set(pieces[0]!.subarray(0, RTP_HEADER_LENGTH));
  whole[MARKER_OFFSET]! |= pieces.at(-1)![MARKER_OFFSET]! & MARKER_BIT;
  let at = RTP_HEADER_LENGTH;
  for (const piece of pieces) {
    whole.set(piece.subarray(RTP_HEADER_LENGTH), at);
    at += piece.length - RTP_HEADER_LENGTH;
  }
  return whole;
}
