import { JpegInspector } from "../../jpeg/inspector.ts";
import { type PacketizedFrame, packetizeJpeg } from "../../jpeg/packetize.ts";

/**
 * The RTP payloads of frames, cut once and shared by all viewers; kept as long as the frame itself
 * is kept by whoever read it.
 */
export class JpegPacketCache {
  readonly #inspector = new JpegInspector();
  readonly #frames = new WeakMap<Uint8Array, PacketizedFrame>();

  /** @param maxPayload bytes of one RTP payload at most */
  constructor(readonly maxPayload: number) {}

  /**
   * @throws {CarriageError} when RFC 2435 cannot carry the picture
   * @throws {MalformedError} when it is no JPEG
   */
  packetsOf(jpeg: Uint8Array): PacketizedFrame {
    let packets = this.#frames.get(jpeg);
    if (packets === undefined) {
      packets = packetizeJpeg(jpeg, this.#inspector.inspect(jpeg), { maxPayload: this.maxPayload });
      this.#frames.set(jpeg, packets);
    }
    return packets;
  }
}
