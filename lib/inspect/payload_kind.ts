import { MalformedError } from "../bytes/malformed.ts";
import type { StreamFormat } from "../codec/depacketizer.ts";
import { type JpegPayload, parseJpegPayload } from "../jpeg/rtp_payload.ts";
import type { RtpPacket } from "../rtp/packet.ts";
import { startsJpeg } from "../stream/lab_depacketizer.ts";

/** What RTP packets carry. */
export type PayloadKind =
  /** A whole JPEG file, or a piece of one, as in the course lab. */
  | "bare-jpeg"
  /** JPEG as RFC 2435 has it. */
  | "rfc2435"
  /** Something else. */
  | "other";

/** Tells what the packets of one stream carry, from their own bytes. */
export class PayloadWatcher {
  #kind: PayloadKind = "other";
  #jpeg: JpegPayload | undefined;
  #width = 0;
  #height = 0;

  /** What the headers of RFC 2435 tell of the pictures; undefined where there are none. */
  get format(): StreamFormat | undefined {
    if (this.#kind !== "rfc2435" || this.#width === 0 || this.#height === 0) return undefined;
    return { codec: "JPEG", width: this.#width, height: this.#height };
  }

  /** Of the stream so far: a bare JPEG, once seen, explains the pieces behind it. */
  get kind(): PayloadKind {
    return this.#kind;
  }

  /** The JPEG headers of the last packet, where it had them. */
  get jpeg(): JpegPayload | undefined {
    return this.#jpeg;
  }

  /** @param isJpeg whether the payload type stands for JPEG */
  look({ payload }: RtpPacket, isJpeg: boolean): void {
    this.#jpeg = undefined;
    if (startsJpeg(payload)) this.#kind = "bare-jpeg";
    if (this.#kind === "bare-jpeg" || !isJpeg) return;
    try {
      this.#jpeg = parseJpegPayload(payload);
      this.#kind = "rfc2435";
      this.#width = this.#jpeg.width;
      this.#height = this.#jpeg.height;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }
}
