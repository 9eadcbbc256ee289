import type { SrtpReceiver, SrtpRefusal } from "../../../srtp/srtp_receiver.ts";
import type { Observer } from "../../observer.ts";
import type { MediaReceiver } from "../media_transport.ts";

/** Why a packet was refused, for people. */
const PROBLEMS: Readonly<Record<SrtpRefusal, string>> = {
  "too-short": "It is too short for an SRTP packet",
  "other-key": "It names another master key than the description (MKI)",
  "not-authentic": "Its authentication tag is wrong: made with another key, or changed on its way",
  "replayed": "It came before, or much too late (SRTP replay protection)",
  "too-many-sources": "It is of one source too many for one SRTP key",
};

/** Opens a protected stream's packets on their way to whoever takes them; others go no further. */
export class SrtpIntake implements MediaReceiver {
  /** Why packets were refused, by the last of them; undefined while none was. */
  problem: string | undefined;

  constructor(
    readonly to: MediaReceiver,
    readonly receiver: SrtpReceiver,
    readonly observer: Observer,
  ) {}

  rtp(bytes: Uint8Array, age?: number): void {
    const opened = this.receiver.open(bytes);
    if (typeof opened === "string") this.#refuse("RTP", opened, bytes.length);
    else this.to.rtp(opened, age);
  }

  rtcp(bytes: Uint8Array, age?: number): void {
    const opened = this.receiver.openControl(bytes);
    if (typeof opened === "string") this.#refuse("RTCP", opened, bytes.length);
    else this.to.rtcp(opened, age);
  }

  stray(size: number, problem: string): void {
    this.to.stray(size, problem);
  }

  #refuse(kind: "RTP" | "RTCP", refusal: SrtpRefusal, size: number): void {
    const problem = PROBLEMS[refusal];
    // What comes twice the network may have doubled.
    if (refusal === "replayed") return this.to.stray(size, problem);
    this.problem = problem;
    this.observer.note?.({ code: "srtp-refused", message: `${kind} of ${size} bytes: ${problem}` });
  }
}
