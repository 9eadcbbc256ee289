import { toHex } from "../bytes/hex.ts";
import { PAYLOAD_TYPE_JPEG } from "../rtp/payload_types.ts";
import { RTP_VERSION } from "../rtp/packet.ts";
import { endsJpeg, startsJpeg } from "../stream/lab_depacketizer.ts";
import { CLASSIC_CLIENT_MAX_FRAME } from "../stream/lab_payload.ts";
import { type Finding, finding } from "./finding.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { count, grouped } from "./words.ts";

/** Numbering that begins this low was not chosen at random; the first packets may be lost. */
const LOW_FIRST_SEQUENCE = 20;
/** The last frame that servers can number which do not cut the number to its low byte. */
const BYTE_OVERFLOW_FRAME = 255;

/** What the course-lab dialect does differently from RTP and RFC 2435. */
export class LabRule implements StreamRule {
  #packets = 0;
  /** Packets that are whole JPEG files. */
  #whole = 0;
  #markers = 0;
  #zeroSources = 0;
  #first: InspectedPacket | undefined;
  #otherVersion: InspectedPacket | undefined;
  #tooLong = 0;
  #longest: InspectedPacket | undefined;

  packet(seen: InspectedPacket): void {
    const { packet } = seen;
    this.#packets++;
    this.#first ??= seen;
    if (packet.marker) this.#markers++;
    if (packet.ssrc === 0) this.#zeroSources++;
    if (packet.version !== RTP_VERSION) this.#otherVersion ??= seen;
    if (!startsJpeg(packet.payload) || !endsJpeg(packet.payload)) return;
    this.#whole++;
    if (packet.payload.length <= CLASSIC_CLIENT_MAX_FRAME) return;
    this.#tooLong++;
    if (packet.payload.length > (this.#longest?.packet.payload.length ?? 0)) this.#longest = seen;
  }

  conclude(facts: StreamFacts): Finding[] {
    const first = this.#first;
    if (facts.payload !== "bare-jpeg" || first === undefined) return [];
    const whole = this.#whole === this.#packets;
    return [
      this.#bareJpeg(first, whole),
      this.#payloadType(first),
      whole ? this.#frameNumbers(first, facts) : undefined,
      this.#markers === 0 ? this.#noMarker() : undefined,
      this.#version(),
      this.#zeroSources === this.#packets ? this.#zeroSource() : undefined,
      this.#longest === undefined ? undefined : this.#frameSize(this.#longest),
      whole ? stoppedAtByteOverflow(facts) : undefined,
    ].filter((found) => found !== undefined);
  }

  #bareJpeg({ packet }: InspectedPacket, whole: boolean): Finding {
    const what = whole
      ? "Each packet carries a whole JPEG file"
      : "Packets carry pieces of a JPEG file";
    const message = `${what}, without the JPEG header that RTP payloads begin with: standard ` +
      "players cannot show it";
    return finding(
      "lab-bare-jpeg",
      message,
      `payload begins ${toHex(packet.payload.subarray(0, 4), " ")}`,
    );
  }

  #payloadType({ packet }: InspectedPacket): Finding | undefined {
    if (packet.payloadType === PAYLOAD_TYPE_JPEG) return undefined;
    const message = `The payload type is ${packet.payloadType}; JPEG has ${PAYLOAD_TYPE_JPEG}`;
    return finding("lab-payload-type", message, `packet 1 has ${packet.payloadType}`);
  }

  #frameNumbers({ packet }: InspectedPacket, { statistics }: StreamFacts): Finding | undefined {
    if (packet.sequence === 0 || packet.sequence > LOW_FIRST_SEQUENCE) return undefined;
    const message = "The sequence number is the number of the frame in the file; a sender that " +
      "follows the standard begins at a random number";
    const highest = statistics.highest ?? packet.sequence;
    return finding(
      "lab-sequence-is-frame-number",
      message,
      `frames ${packet.sequence} to ${highest & 0xffff}, one packet each`,
    );
  }

  #noMarker(): Finding {
    const message = "No packet has the marker that ends a frame: clients of the lab's HD " +
      "exercises wait for it and show nothing";
    return finding(
      "lab-marker-missing",
      message,
      `marker 0 in all of ${count(this.#packets, "packet")}`,
    );
  }

  #version(): Finding | undefined {
    if (this.#otherVersion === undefined) return undefined;
    const { packet, number } = this.#otherVersion;
    const message =
      `Packets state RTP version ${packet.version} and not ${RTP_VERSION}: receivers ` +
      "that follow the standard throw them away";
    return finding("lab-version", message, `packet ${number} has version ${packet.version}`);
  }

  #zeroSource(): Finding {
    const message =
      "The SSRC is 0 in every packet and not a random number, so two senders cannot " +
      "be told apart";
    return finding("lab-ssrc-zero", message, `SSRC 0 in all of ${count(this.#packets, "packet")}`);
  }

  #frameSize({ packet }: InspectedPacket): Finding {
    const message = `${count(this.#tooLong, "frame")} of more than ` +
      `${
        grouped(CLASSIC_CLIENT_MAX_FRAME)
      } bytes: the classic lab client receives 20,480 bytes at ` +
      "a time and cuts them";
    const evidence = `frame ${packet.sequence} has ${grouped(packet.payload.length)} bytes`;
    return finding("lab-frame-size", message, evidence);
  }
}

function stoppedAtByteOverflow({ statistics, ending }: StreamFacts): Finding | undefined {
  if (ending.reason !== "silence" && ending.reason !== "cut") return undefined;
  if (statistics.highest !== BYTE_OVERFLOW_FRAME) return undefined;
  if (ending.totalFrames === BYTE_OVERFLOW_FRAME) return undefined;
  const message =
    "The stream stopped at frame 255: unless the file ends there, the server does not cut the " +
    "sequence number's low byte to 8 bits (& 0xff) and fails at 256";
  return finding("lab-stopped-at-255", message, "the last sequence number was 255, then silence");
}
