import { MalformedError, quote } from "../bytes/malformed.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";

const ATTRIBUTE = "a=key-mgmt";
const HEADER = "KeyMgmt";
/** Characters of a value at most. */
export const MOST_KEY_MGMT_LENGTH = 16_384;
/** The protocol there is (RFC 4567, section 8.1). */
export const MIKEY_PROTOCOL = "mikey";

/** The data of a key management protocol in SDP (RFC 4567, section 3.1). */
export interface KeyManagement {
  /** In lower case. */
  protocol: string;
  data: Uint8Array;
}

/** `mikey AQAFgM…`: the value of an `a=key-mgmt` line. @throws {MalformedError} */
export function parseKeyMgmtAttribute(value: string): KeyManagement {
  checkLength(value, ATTRIBUTE);
  const [, protocol, data] = /^\s*([A-Za-z0-9-]+)\s+(\S+)\s*$/.exec(value) ?? [];
  if (protocol === undefined || data === undefined) {
    throw new MalformedError(ATTRIBUTE, 0, "Not a protocol and its data");
  }
  return { protocol: protocol.toLowerCase(), data: decodeBase64(data, ATTRIBUTE, 0) };
}

/** The value that says so. */
export function formatKeyMgmtAttribute({ protocol, data }: KeyManagement): string {
  return `${protocol} ${encodeBase64(data)}`;
}

/** What a KeyMgmt header says in SETUP (RFC 4567, section 3.2). */
export interface KeyManagementHeader extends KeyManagement {
  /** What the keys are for, as written; undefined where it does not say. */
  uri?: string;
}

/** `prot=mikey; uri="…"; data="…"`. @throws {MalformedError} */
export function parseKeyMgmtHeader(value: string): KeyManagementHeader {
  checkLength(value, HEADER);
  const fields = new Map<string, string>();
  for (const [, name, quoted, bare] of value.matchAll(FIELD)) {
    fields.set(name!.toLowerCase(), quoted ?? bare ?? "");
  }
  const protocol = fields.get("prot");
  const data = fields.get("data");
  const uri = fields.get("uri");
  if (protocol === undefined || data === undefined) {
    throw new MalformedError(HEADER, 0, `${protocol === undefined ? "prot" : "data"} is missing`);
  }
  if (!/^[A-Za-z0-9-]+$/.test(protocol)) {
    throw new MalformedError(HEADER, 0, `${quote(protocol)} is no protocol`);
  }
  return {
    protocol: protocol.toLowerCase(),
    data: decodeBase64(data, HEADER, 0),
    ...(uri === undefined ? {} : { uri }),
  };
}

/** The value that says so. */
export function formatKeyMgmtHeader({ protocol, uri, data }: KeyManagementHeader): string {
  const parts = [`prot=${protocol}`, ...(uri === undefined ? [] : [`uri="${uri}"`])];
  return [...parts, `data="${encodeBase64(data)}"`].join("; ");
}

/** One `name="value"` or `name=value`. */
const FIELD = /([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^";\s]*))\s*(?:;|$)/g;

function checkLength(value: string, element: string): void {
  if (value.length <= MOST_KEY_MGMT_LENGTH) return;
  throw new MalformedError(element, MOST_KEY_MGMT_LENGTH, "Longer than a message can be");
}
