import type { Transport } from "../../../rtsp/headers/transport.ts";
import type { SrtpSender } from "../../../srtp/srtp_sender.ts";
import { emptyReport, type MediaTransport } from "../media_transport.ts";

/** A transport whose RTCP towards the server is protected. */
export class SrtpTransport implements MediaTransport {
  readonly kind: MediaTransport["kind"];
  readonly offer: string;

  /** @param ssrc our own, whose key the sender has */
  constructor(
    readonly transport: MediaTransport,
    readonly sender: SrtpSender,
    readonly ssrc: number,
  ) {
    this.kind = transport.kind;
    this.offer = transport.offer;
  }

  get place(): string {
    return this.transport.place;
  }

  get hostDrops(): number | undefined {
    return this.transport.hostDrops;
  }

  accept(chosen: Transport): Promise<void> | void {
    return this.transport.accept(chosen);
  }

  sendControl(bytes: Uint8Array): void {
    const own = this.sender.protectControl(bytes);
    if (own !== undefined) this.transport.sendControl(own);
  }

  punch(): void {
    this.transport.punch(this.sender.protectControl(emptyReport(this.ssrc)));
  }

  close(): void {
    this.transport.close();
  }
}
