import { SDP_TOLERANCES } from "../sdp/tolerances.ts";
import type { ObservedNote } from "../stream/observation.ts";
import { type Finding, finding } from "./finding.ts";
import { count, Examples } from "./words.ts";

/** Notes that a finding of its own tells better, or that only tell what the client does. */
const TOLD_OTHERWISE: ReadonlySet<string> = new Set(["udp-silent", "keep-alive", "dialect"]);
const BROKEN_BYTES: ReadonlySet<string> = new Set([
  "malformed-message",
  "resynchronised",
  "header-without-block",
]);
const WRONG_CSEQ: ReadonlySet<string> = new Set(["wrong-cseq", "lab-cseq"]);

/** Tolerances and decisions of a client's, as far as they are worth a finding. */
export class NoteRule {
  readonly #others = new Map<string, string>();
  readonly #sdp = new Examples();
  readonly #sdpCodes = new Set<string>();
  readonly #broken = new Examples();
  readonly #cseq = new Map<string, string>();
  readonly #refusedTransports = new Examples();
  readonly #refusedStreams = new Examples();
  readonly #refusedPackets = new Examples();
  #srtpKey: string | undefined;
  #srtpKeyInClear: string | undefined;
  #udpSilent: string | undefined;

  /** What the client said when it gave UDP up; undefined when it did not. */
  get udpSilent(): string | undefined {
    return this.#udpSilent;
  }

  note({ code, message }: ObservedNote): void {
    if (code === "udp-silent") this.#udpSilent ??= message;
    if (TOLD_OTHERWISE.has(code)) return;
    if (code === "transport-refused") this.#refusedTransports.add(() => message);
    else if (code === "stream-refused") this.#refusedStreams.add(() => message);
    else if (code === "srtp-refused") this.#refusedPackets.add(() => message);
    else if (code === "srtp-key") this.#srtpKey ??= message;
    else if (code === "srtp-key-in-clear") this.#srtpKeyInClear ??= message;
    else if (BROKEN_BYTES.has(code)) this.#broken.add(() => message);
    else if (WRONG_CSEQ.has(code)) {
      if (!this.#cseq.has(code)) this.#cseq.set(code, message);
    } else if (Object.hasOwn(SDP_TOLERANCES, code)) {
      this.#sdpCodes.add(code);
      this.#sdp.add(() => message);
    } else if (!this.#others.has(code)) this.#others.set(code, message);
  }

  /** @param cseqTold whether the messages themselves have shown that CSeq is missing */
  conclude(cseqTold: boolean): Finding[] {
    const findings: Finding[] = [];
    if (this.#broken.count > 0) {
      const message =
        "Between messages and blocks of media come bytes that belong to neither: what " +
        "the server sends over the connection is cut or mixed up";
      findings.push(finding("rtsp-malformed", message, this.#broken.text));
    }
    if (this.#refusedStreams.count > 0) {
      const message = "A stream that the description names was refused and is left out";
      findings.push(finding("stream-refused", message, this.#refusedStreams.text));
    }
    if (this.#refusedTransports.count > 0) {
      const message = "The server refused a transport and took the next: players that only know " +
        "the first cannot play it";
      findings.push(finding("transport-fallback", message, this.#refusedTransports.text));
    }
    findings.push(...this.#ofSrtp());
    if (this.#sdp.count > 0) {
      const codes = [...this.#sdpCodes].join(", ");
      findings.push(finding("sdp-tolerance", `Read all the same: ${codes}`, this.#sdp.text));
    }
    if (!cseqTold) {
      for (const [code, message] of this.#cseq) {
        findings.push(finding("rtsp-cseq", message, `noted as ${code}`));
        break;
      }
    }
    for (const [code, message] of this.#others) {
      findings.push(finding("rtsp-note", message, `noted as ${code}`));
    }
    return findings;
  }

  #ofSrtp(): Finding[] {
    const findings: Finding[] = [];
    if (this.#srtpKey !== undefined) {
      const message = "The stream is encrypted, and there is no key that can be used";
      findings.push(finding("srtp-key", message, this.#srtpKey));
    }
    if (this.#refusedPackets.count > 0) {
      const message = `${count(this.#refusedPackets.count, "encrypted packet")} did not pass the ` +
        "check of where they come from and that nothing was changed";
      findings.push(finding("srtp-refused", message, this.#refusedPackets.text));
    }
    if (this.#srtpKeyInClear !== undefined) {
      const message = "Media is encrypted, and its key was sent for everybody on the way to read";
      findings.push(finding("srtp-key-in-clear", message, this.#srtpKeyInClear));
    }
    return findings;
  }
}
