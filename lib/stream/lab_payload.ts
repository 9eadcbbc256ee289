import { RTP_HEADER_LENGTH, writeRtpHeader } from "../rtp/packet.ts";

/** RTP timestamp ticks a second of JPEG (RFC 2435, section 3). */
const JPEG_CLOCK_RATE = 90_000;

/** The static payload type of JPEG (RFC 3551, section 5.2). */
const JPEG_PAYLOAD_TYPE = 26;

/** The largest JPEG one datagram carries in the lab dialect: 65,507 less the RTP header. */
export const LAB_MAX_FRAME = 65_495;

/** The largest JPEG the course's own client shows whole: it receives 20,480 bytes at a time. */
export const CLASSIC_CLIENT_MAX_FRAME = 20_468;

/** A datagram, and the frame it stands for: one picture may be several frames of a file. */
interface Made {
  number: number;
  datagram: Uint8Array<ArrayBuffer>;
}

/**
 * Builds the lab dialect's datagrams: an RTP header and the whole JPEG file. Sequence number and
 * timestamp follow from the frame number and SSRC is constant, so one datagram serves all viewers
 * of a frame; the last one made of a picture lives as long as the picture.
 */
export class LabPacketizer {
  #made = new WeakMap<Uint8Array, Made>();

  /**
   * @param jpeg at most {@linkcode LAB_MAX_FRAME} bytes
   * @param number the frame's number, from 1; it is the sequence number (modulo 65,536)
   * @param fps frames per second, for the timestamp
   * @param shared false for a datagram that only one viewer will see, as when looping
   */
  packetize(
    jpeg: Uint8Array,
    number: number,
    fps: number,
    shared: boolean,
  ): Uint8Array<ArrayBuffer> {
    const known = shared ? this.#made.get(jpeg) : undefined;
    if (known?.number === number) return known.datagram;
    const datagram = new Uint8Array(RTP_HEADER_LENGTH + jpeg.length);
    writeRtpHeader(datagram, 0, {
      // Classic clients do not look at the marker; the HD exercises' show a picture only with it.
      marker: true,
      payloadType: JPEG_PAYLOAD_TYPE,
      sequence: number & 0xffff,
      timestamp: Math.round((number - 1) * JPEG_CLOCK_RATE / fps) >>> 0,
      ssrc: 0,
    });
    datagram.set(jpeg, RTP_HEADER_LENGTH);
    if (shared) this.#made.set(jpeg, { number, datagram });
    return datagram;
  }
}
