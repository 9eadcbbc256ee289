import { JpegInspector } from "../../jpeg/inspector.ts";
import { type PacketizedFrame, packetizeJpeg } from "../../jpeg/packetize.ts";

/**
 * The RTP payloads of frames, cut once and shared by all viewers; kept as long as the frame itself
 * is kept by whoever read it.
 */
export class JpegPacketCache {
  readonly #inspector = new JpegInspector();
  readonly #frames = new WeakMap<Uint8Array, PacketizedFrame>();
  /** Who is due together is often at the same frame. */
  #last: { jpeg: Uint8Array; packets: PacketizedFrame } | undefined;

  /**
   * @param maxPayload bytes of one RTP payload at most
   * @param gap bytes free before each packet
   */
  constructor(readonly maxPayload: number, readonly gap: number) {}

  /**
   * @throws {CarriageError} when RFC 2435 cannot carry the picture
   * @throws {MalformedError} when it is no JPEG
   */
  packetsOf(jpeg: Uint8Array): PacketizedFrame {
    if (this.#last?.jpeg === jpeg) return this.#last.packets;
    let packets = this.#frames.get(jpeg);
    if (packets === undefined) {
      packets = packetizeJpeg(jpeg, this.#inspector.inspect(jpeg), this);
      this.#frames.set(jpeg, packets);
    }
    this.#last = { jpeg, packets };
    return packets;
  }
}
