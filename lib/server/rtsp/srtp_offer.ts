import { MalformedError } from "../../bytes/malformed.ts";
import { ByteWriter } from "../../bytes/writer.ts";
import { ntpFromUnixMilliseconds } from "../../rtcp/ntp.ts";
import type { Attribute } from "../../sdp/session_description.ts";
import { formatCrypto } from "../../srtp/crypto_attribute.ts";
import { DEFAULT_CRYPTO_SUITE } from "../../srtp/crypto_suite.ts";
import { formatKeyMgmtAttribute, MIKEY_PROTOCOL, parseKeyMgmtHeader } from "../../srtp/key_mgmt.ts";
import { KEY_AND_SALT_LENGTH, masterKeyFrom } from "../../srtp/master_key.ts";
import { MIKEY_RANDOM_LENGTH, mikeyKeying, mikeyMessage } from "../../srtp/mikey_keying.ts";
import { formatMikey, parseMikey } from "../../srtp/mikey_message.ts";
import { KeyingError } from "../../srtp/keying_error.ts";
import { cryptoOffer, type Keying } from "../../srtp/sdes.ts";
import { SrtpReceiver } from "../../srtp/srtp_receiver.ts";
import { SrtpSender } from "../../srtp/srtp_sender.ts";
import type { Clock } from "../../net/clock.ts";

/** Sessions that one key protects, those that have ended too; then it takes a new connection. */
export const MOST_SOURCES = 1024;

/** What a session's packets are protected with. */
export interface SessionProtection {
  sender: SrtpSender;
  /** Opens RTCP of the viewer's; undefined for what is not authentic. */
  openControl: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** What an offer needs of its server. */
export interface OfferContext {
  readonly options: {
    clock: Pick<Clock, "wallTime">;
    /** Random bytes that cannot be guessed. */
    randomBytes: (length: number) => Uint8Array;
  };
  randomBits(bits: number): number;
}

/**
 * The key that the viewers of one connection are offered. It is made when they are, in DESCRIBE, is
 * nobody else's, and protects the sessions that are set up on that connection.
 */
export class SrtpOffer {
  #keying: Keying | undefined;
  #sender: SrtpSender | undefined;
  /** Who uses which SSRC: under one key no two may use the same. */
  readonly #sources = new Map<number, string>();

  constructor(readonly context: OfferContext) {}

  /** Whether a key has been offered. */
  get made(): boolean {
    return this.#keying !== undefined;
  }

  /**
   * The lines of a description that carry the key: by SDES, which ffmpeg reads (RFC 4568), and by
   * MIKEY, which GStreamer reads (RFC 4567).
   */
  attributes(): Attribute[] {
    const { randomBytes } = this.context.options;
    this.#keying ??= {
      suite: DEFAULT_CRYPTO_SUITE,
      master: masterKeyFrom(randomBytes(KEY_AND_SALT_LENGTH)),
    };
    const message = mikeyMessage({
      ...this.#keying,
      // The sources are not known before SETUP; those that have not begun anew need not be named.
      sources: [],
      bundle: this.context.randomBits(32),
      random: randomBytes(MIKEY_RANDOM_LENGTH),
      timestamp: this.#timestamp(),
    });
    const data = formatMikey(message);
    return [
      { name: "crypto", value: formatCrypto(cryptoOffer(this.#keying)) },
      { name: "key-mgmt", value: formatKeyMgmtAttribute({ protocol: MIKEY_PROTOCOL, data }) },
    ];
  }

  /**
   * What a session is protected with.
   * @param keyMgmt the KeyMgmt header of SETUP, with the viewer's key for its RTCP; where there is none
   * it is ours
   * @returns undefined when there is no key, or none that can be used, when another session has the
   * SSRC, or {@linkcode MOST_SOURCES} have used the key
   */
  protectionFor(
    session: { id: string; stream: { ssrc: number } },
    keyMgmt: string | undefined,
  ): SessionProtection | undefined {
    const keying = this.#keying;
    if (keying === undefined) return undefined;
    const { ssrc } = session.stream;
    if ((this.#sources.get(ssrc) ?? session.id) !== session.id) return undefined;
    if (this.#sources.size >= MOST_SOURCES && !this.#sources.has(ssrc)) return undefined;
    const theirs = keyMgmt === undefined ? keying : readKeying(keyMgmt);
    if (theirs === undefined) return undefined;
    this.#sources.set(ssrc, session.id);
    const receiver = new SrtpReceiver(theirs);
    const openControl = (bytes: Uint8Array): Uint8Array | undefined => {
      const opened = receiver.openControl(bytes);
      return typeof opened === "string" ? undefined : opened;
    };
    return { sender: this.#sender ??= new SrtpSender(keying), openControl };
  }

  #timestamp(): Uint8Array {
    const now = this.context.options.clock.wallTime();
    const { seconds, fraction } = ntpFromUnixMilliseconds(now);
    return new ByteWriter(8).u32(seconds).u32(fraction).finish();
  }
}

function readKeying(keyMgmt: string): Keying | undefined {
  try {
    return mikeyKeying(parseMikey(parseKeyMgmtHeader(keyMgmt).data));
  } catch (error) {
    if (error instanceof MalformedError || error instanceof KeyingError) return undefined;
    throw error;
  }
}
