import { authenticationTag } from "./authentication.ts";
import { counterMode, counterOf } from "./counter_mode.ts";
import type { CryptoSuite } from "./crypto_suite.ts";
import type { MasterKey } from "./master_key.ts";
import { estimateIndex, firstIndex, MOST_PACKET_INDEX, rolloversOf } from "./packet_index.ts";
import { rtpLayout } from "./rtp_layout.ts";
import { deriveSessionKeys, type SessionKeys } from "./session_keys.ts";
import {
  CONTROL_HEADER_LENGTH,
  CONTROL_INDEX_LENGTH,
  CONTROL_SSRC_AT,
  ENCRYPTED_BIT,
  MOST_CONTROL_INDEX,
} from "./srtcp_trailer.ts";

const NO_MKI = new Uint8Array(0);

/** What is protected with, or opened. */
export interface SrtpOptions {
  suite: CryptoSuite;
  master: MasterKey;
  /** How often the sequence numbers have begun anew before the first packet (0). */
  rollovers?: number;
}

/**
 * Protects what leaves with one master key (RFC 3711, section 3.3). Every source under one key must
 * have an SSRC of its own: two packets of one SSRC and index would show each other's contents.
 */
export class SrtpSender {
  readonly #keys: SessionKeys;
  readonly #mki: Uint8Array;
  /** The greatest index of each source. */
  readonly #highest = new Map<number, number>();
  #controlIndex = 0;

  /** @throws {RangeError} when key or salt has a wrong length */
  constructor(readonly options: SrtpOptions) {
    this.#keys = deriveSessionKeys(options.master);
    this.#mki = options.master.mki ?? NO_MKI;
  }

  /** Bytes that an RTP packet grows by. */
  get overhead(): number {
    return this.#mki.length + this.options.suite.tagLength;
  }

  /**
   * An RTP packet as an SRTP packet.
   * @returns undefined when it is no RTP packet, or the key has protected as many as it may
   */
  protect(packet: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const out = new Uint8Array(packet.length + this.overhead);
    out.set(packet);
    return this.protectInPlace(out) ? out : undefined;
  }

  /**
   * The same without a copy. A packet that was never sent may have its number given to another one;
   * one that was may not.
   * @param bytes an RTP packet, and {@linkcode overhead} more
   * @returns false when it is none, or the key has protected as many as it may
   */
  protectInPlace(bytes: Uint8Array): boolean {
    const { suite: { tagLength }, rollovers = 0 } = this.options;
    const end = bytes.length - this.overhead;
    const layout = rtpLayout(bytes, Math.max(0, end));
    if (layout === undefined) return false;
    const { sequence, ssrc, payloadAt } = layout;
    const highest = this.#highest.get(ssrc);
    const index = highest === undefined
      ? firstIndex(rollovers, sequence)
      : estimateIndex(highest, sequence);
    if (index < 0 || index > MOST_PACKET_INDEX) return false;
    const { encryption, authentication, salt } = this.#keys.rtp;
    const counter = counterOf(salt, ssrc, index);
    bytes.set(counterMode(encryption, counter, bytes.subarray(payloadAt, end)), payloadAt);
    const packet = bytes.subarray(0, end);
    bytes.set(this.#mki, end);
    bytes.set(
      authenticationTag(authentication, packet, rolloversOf(index), tagLength),
      end + this.#mki.length,
    );
    if (highest === undefined || index > highest) this.#highest.set(ssrc, index);
    return true;
  }

  /**
   * A compound RTCP packet as an SRTCP packet, encrypted (RFC 3711, section 3.4).
   * @returns undefined when it is shorter than a header, or the key has protected as many as it may
   */
  protectControl(packet: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const { controlTagLength } = this.options.suite;
    if (packet.length < CONTROL_HEADER_LENGTH || this.#controlIndex > MOST_CONTROL_INDEX) {
      return undefined;
    }
    const index = this.#controlIndex++;
    const authenticated = packet.length + CONTROL_INDEX_LENGTH;
    const out = new Uint8Array(authenticated + this.#mki.length + controlTagLength);
    const view = new DataView(out.buffer);
    out.set(packet);
    const { encryption, authentication, salt } = this.#keys.rtcp;
    const counter = counterOf(salt, view.getUint32(CONTROL_SSRC_AT), index);
    const encrypted = counterMode(encryption, counter, packet.subarray(CONTROL_HEADER_LENGTH));
    out.set(encrypted, CONTROL_HEADER_LENGTH);
    view.setUint32(packet.length, (ENCRYPTED_BIT | index) >>> 0);
    out.set(this.#mki, authenticated);
    const tagged = out.subarray(0, authenticated);
    out.set(
      authenticationTag(authentication, tagged, undefined, controlTagLength),
      authenticated + this.#mki.length,
    );
    return out;
  }
}
