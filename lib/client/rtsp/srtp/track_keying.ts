import { MalformedError } from "../../../bytes/malformed.ts";
import { attribute, attributeValues, type HasAttributes } from "../../../sdp/attributes.ts";
import type { MediaDescription, SessionDescription } from "../../../sdp/session_description.ts";
import { parseCrypto } from "../../../srtp/crypto_attribute.ts";
import { MIKEY_PROTOCOL, parseKeyMgmtAttribute } from "../../../srtp/key_mgmt.ts";
import { KeyingError } from "../../../srtp/keying_error.ts";
import { mikeyKeying } from "../../../srtp/mikey_keying.ts";
import { type MikeySource, parseMikey } from "../../../srtp/mikey_message.ts";
import { type Keying, keyingOf } from "../../../srtp/sdes.ts";

/** How a stream is protected, as its description says. */
export interface TrackProtection {
  /** The RTP profile, as SETUP names it. */
  profile: "SAVP" | "SAVPF";
  /** How packets are opened, or why they cannot be, in words for people. */
  keying: TrackKeying | string;
}

/** The server's key. */
export interface TrackKeying extends Keying {
  /** How it came. */
  by: "SDES" | "MIKEY";
  /** What is told of the sources. */
  sources: readonly MikeySource[];
}

/**
 * How a stream is protected; undefined where it is not. A key by MIKEY is preferred to one by SDES,
 * since there we can tell a key of our own.
 */
export function protectionOf(
  session: SessionDescription,
  media: MediaDescription,
): TrackProtection | undefined {
  const [, profile] = /^RTP\/(SAVPF?)$/i.exec(media.protocol) ?? [];
  if (profile === undefined) return undefined;
  const problems: string[] = [];
  const attempt = (read: () => TrackKeying | undefined): TrackKeying | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MalformedError || error instanceof KeyingError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const offers = [
    () => byMikey(media) ?? byMikey(session),
    ...attributeValues(media, "crypto").map((value) => () => bySdes(value)),
  ];
  for (const offer of offers) {
    const keying = attempt(offer);
    if (keying !== undefined) return { profile: upper(profile), keying };
  }
  const keying = problems.join("; ") || otherWay(session, media);
  return { profile: upper(profile), keying };
}

function upper(profile: string): TrackProtection["profile"] {
  return profile.toUpperCase() as TrackProtection["profile"];
}

function byMikey(section: HasAttributes): TrackKeying | undefined {
  const value = attribute(section, "key-mgmt");
  if (value === undefined) return undefined;
  const { protocol, data } = parseKeyMgmtAttribute(value);
  if (protocol !== MIKEY_PROTOCOL) throw new KeyingError(`keys by ${protocol} are not known here`);
  return { by: "MIKEY", ...mikeyKeying(parseMikey(data)) };
}

function bySdes(value: string): TrackKeying {
  return { by: "SDES", ...keyingOf(parseCrypto(value)), sources: [] };
}

function otherWay(session: SessionDescription, media: MediaDescription): string {
  const dtls = attribute(media, "fingerprint") ?? attribute(session, "fingerprint");
  return dtls === undefined
    ? "the description has neither a=crypto nor a=key-mgmt"
    : "keys by DTLS are not known here";
}
