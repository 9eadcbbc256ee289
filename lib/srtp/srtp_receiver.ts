import { authenticationTag, isSameTag } from "./authentication.ts";
import { counterMode, counterOf } from "./counter_mode.ts";
import { estimateIndex, firstIndex, MOST_PACKET_INDEX, rolloversOf } from "./packet_index.ts";
import { ReplayWindow } from "./replay_window.ts";
import { rtpLayout } from "./rtp_layout.ts";
import { deriveSessionKeys, type SessionKeys } from "./session_keys.ts";
import {
  CONTROL_HEADER_LENGTH,
  CONTROL_INDEX_LENGTH,
  CONTROL_SSRC_AT,
  ENCRYPTED_BIT,
  MOST_CONTROL_INDEX,
} from "./srtcp_trailer.ts";
import type { SrtpOptions } from "./srtp_sender.ts";

/**
 * Why a packet is not taken: too short to be one; for another master key; its tag says that it was
 * made with another key or changed on its way; it came before, or is too old to tell; or more sources
 * than {@linkcode MOST_SOURCES} share the key.
 */
export type SrtpRefusal =
  | "too-short"
  | "other-key"
  | "not-authentic"
  | "replayed"
  | "too-many-sources";

/** Sources under one key that are told apart; only authentic packets make one known. */
export const MOST_SOURCES = 64;

const NO_MKI = new Uint8Array(0);

/** How a receiver is made. */
export interface SrtpReceiverOptions extends SrtpOptions {
  /** The same of single sources, by SSRC, where they differ. */
  rolloversBySource?: ReadonlyMap<number, number>;
}

/** Opens what comes protected with one master key (RFC 3711, section 3.3). */
export class SrtpReceiver {
  readonly #keys: SessionKeys;
  readonly #mki: Uint8Array;
  readonly #windows = new Map<number, ReplayWindow>();
  readonly #controlWindows = new Map<number, ReplayWindow>();

  /** @throws {RangeError} when key or salt has a wrong length */
  constructor(readonly options: SrtpReceiverOptions) {
    this.#keys = deriveSessionKeys(options.master);
    this.#mki = options.master.mki ?? NO_MKI;
  }

  /**
   * An SRTP packet as the RTP packet in it, in memory of its own.
   * @returns why not, for one that is not taken
   */
  open(bytes: Uint8Array): Uint8Array<ArrayBuffer> | SrtpRefusal {
    const { tagLength } = this.options.suite;
    const end = bytes.length - tagLength - this.#mki.length;
    const layout = rtpLayout(bytes, Math.max(0, end));
    if (layout === undefined) return "too-short";
    if (!this.#namesKey(bytes, end)) return "other-key";
    const { sequence, ssrc, payloadAt } = layout;
    const window = this.#windows.get(ssrc);
    const index = this.#indexOf(ssrc, sequence, window);
    if (index < 0 || index > MOST_PACKET_INDEX) return "not-authentic";
    if (window !== undefined && !window.isNew(index)) return "replayed";
    const { encryption, authentication, salt } = this.#keys.rtp;
    const packet = new Uint8Array(bytes.subarray(0, end));
    const tag = authenticationTag(authentication, packet, rolloversOf(index), tagLength);
    if (!isSameTag(tag, bytes.subarray(bytes.length - tagLength))) return "not-authentic";
    if (!note(this.#windows, ssrc, index)) return "too-many-sources";
    const counter = counterOf(salt, ssrc, index);
    packet.set(counterMode(encryption, counter, packet.subarray(payloadAt)), payloadAt);
    return packet;
  }

  /**
   * An SRTCP packet as the compound RTCP packet in it, in memory of its own.
   * @returns why not, for one that is not taken
   */
  openControl(bytes: Uint8Array): Uint8Array<ArrayBuffer> | SrtpRefusal {
    const { controlTagLength } = this.options.suite;
    const tagAt = bytes.length - controlTagLength;
    const authenticated = tagAt - this.#mki.length;
    const end = authenticated - CONTROL_INDEX_LENGTH;
    if (end < CONTROL_HEADER_LENGTH) return "too-short";
    if (!this.#namesKey(bytes, authenticated)) return "other-key";
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const ssrc = view.getUint32(CONTROL_SSRC_AT);
    const word = view.getUint32(end);
    const index = word & MOST_CONTROL_INDEX;
    if (this.#controlWindows.get(ssrc)?.isNew(index) === false) return "replayed";
    const { encryption, authentication, salt } = this.#keys.rtcp;
    const tagged = bytes.subarray(0, authenticated);
    const tag = authenticationTag(authentication, tagged, undefined, controlTagLength);
    if (!isSameTag(tag, bytes.subarray(tagAt))) return "not-authentic";
    if (!note(this.#controlWindows, ssrc, index)) return "too-many-sources";
    const packet = new Uint8Array(bytes.subarray(0, end));
    if ((word & ENCRYPTED_BIT) !== 0) {
      const body = packet.subarray(CONTROL_HEADER_LENGTH);
      body.set(counterMode(encryption, counterOf(salt, ssrc, index), body));
    }
    return packet;
  }

  #indexOf(ssrc: number, sequence: number, window: ReplayWindow | undefined): number {
    if (window !== undefined) return estimateIndex(window.highest, sequence);
    const { rollovers = 0, rolloversBySource } = this.options;
    return firstIndex(rolloversBySource?.get(ssrc) ?? rollovers, sequence);
  }

  #namesKey(bytes: Uint8Array, at: number): boolean {
    return this.#mki.every((byte, i) => byte === bytes[at + i]);
  }
}

/** Notes a packet of a source. @returns false when there are too many sources already */
function note(windows: Map<number, ReplayWindow>, ssrc: number, index: number): boolean {
  let window = windows.get(ssrc);
  if (window === undefined) {
    if (windows.size >= MOST_SOURCES) return false;
    windows.set(ssrc, window = new ReplayWindow());
  }
  window.note(index);
  return true;
}
