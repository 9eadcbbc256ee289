/** Names of parameters whose values let somebody in. */
const SECRET_NAMES = "[a-z_-]*(?:pass(?:word|wd|phrase)?|pwd|token|secret|signature|sign|sig|" +
  "credentials?|jwt|ticket|nonce|cookie|code|auth|apikey|api[_-]?key|access[_-]?key|key)";
/** And those that tell who, or which session. */
const NAME_NAMES = "(?:user|username|usr|login|account|uid)";
const SESSION_NAMES = "(?:session|sessionid|sid|session[_-]id)";

// Peers write what these are held against: every repetition that could be tried again from each
// place has a bound, so that the time grows with the text and not with its square.

/** What kind of secret a parameter of a URL holds, by its name; undefined for none. */
export function kindOfParameter(
  name: string,
): "token" | "password" | "user" | "session" | undefined {
  if (new RegExp(`^${NAME_NAMES}$`, "i").test(name)) return "user";
  if (new RegExp(`^${SESSION_NAMES}$`, "i").test(name)) return "session";
  if (/pass|pwd/i.test(name)) return "password";
  return new RegExp(`^${SECRET_NAMES}$`, "i").test(name) ? "token" : undefined;
}

/** A URL with a name, and perhaps a password, in it; up to the last `@`, as people forget to escape. */
export const USERINFO = /\b([a-z][a-z0-9+.-]{0,15}:\/\/)([^\s"'<>/]{0,512})@/gi;
/** The same where a `/` was not escaped either: an `@` still before the first white space. */
export const LOOSE_USERINFO =
  /\b([a-z][a-z0-9+.-]{0,15}:\/\/)([^\s"'<>@:/]{0,128}:[^\s"'<>]{0,512})@(?=[^\s"'<>@/]+(?:[:/\s"'<>]|$))/gi;

/** The query of a URL. */
export const QUERY = /\?([^\s"'<>#]+)/g;

/** `name=value` within a path, as XiongMai cameras want it: `/user=admin_password=x_channel=1`. */
export const PATH_PARAMETER =
  /(?<=[/_;])([a-z][a-z-]*)=([^/&;?\s"'<>]*?)(?=_[a-z][a-z-]*=|[/&;?\s"'<>]|$)/gi;

/** A value that nobody made up by hand: long, of letters and digits mixed. */
export function looksRandom(value: string): boolean {
  return value.length >= 20 && /^[\w.~%+/=-]+$/.test(value) && /\d/.test(value) &&
    /[a-z]/i.test(value);
}

/** Keys of SDP: `k=` (RFC 4566, 5.12), `a=crypto:` (RFC 4568), `a=key-mgmt:` (RFC 4567). */
export const SDP_KEY = /^(k=[a-z-]+:|a=key-mgmt:\S+[ \t]+)(\S+)/gim;
export const SDP_CRYPTO = /\binline:([^\s|;]+)/gi;

const OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
export const IPV4 = new RegExp(`(?<![\\d.])${OCTET}(?:\\.${OCTET}){3}(?![\\d]|\\.\\d)`, "g");
/** Candidates; whether one is an address is for {@linkcode isIpv6}. */
export const IPV6 =
  /(?<![\w:.])\[?([0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:%[\w.]+)?)\]?(?![\w:])/gi;
export const MAC = /(?<![\w:-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![\w:-])/gi;
/** MAC addresses without marks between, and serial numbers: capitals and digits mixed. */
export const SERIAL =
  /(?<![\w.%])(?=[A-Z0-9-]{0,64}\d)(?=[A-Z0-9-]{0,64}[A-Z])[A-Z0-9][A-Z0-9-]{7,64}(?![\w.])/g;
export const LABELLED_SERIAL =
  /\b(s\/?n|serial(?:[ _-]?(?:no|number))?|device[ _-]?id)(\s*[:=#]\s*)([\w-]{4,})/gi;
export const EMAIL = /[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){0,8}/g;
/** The host of a URL. */
export const URL_HOST =
  /\b[a-z][a-z0-9+.-]{0,15}:\/\/(?:[^\s"'<>/]{0,512}@)?(\[[^\]\s]*\]|[^\s"'<>/:?#]+)/gi;

/** Whether it is an IPv6 address: eight groups, or fewer with one `::`. */
export function isIpv6(text: string): boolean {
  const [address = ""] = text.split("%");
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => half === "" ? [] : half.split(":"));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 && groups.length > 0 : groups.length === 8;
}

/** Addresses that tell of nobody: any, loopback, examples of documentation are not spared. */
export function isPublicKnowledge(address: string): boolean {
  return /^(?:0\.0\.0\.0|127\.\d+\.\d+\.\d+|255\.255\.255\.255|::1?|localhost)$/i.test(address);
}

/** Words that look like serial numbers and are names of encodings, products and standards. */
export const KNOWN_WORDS =
  /^(?:RTSP|RTP|AVP|UTF|SHA|MD5|AES|CM|HMAC|MPEG|H26|PCM|ISO|RFC|IEC|BASELINE|ONVIF|VND|AAC|G7|GMT)/;
