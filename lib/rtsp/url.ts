import { MalformedError, quote } from "../bytes/malformed.ts";
import { VALUE_LIMITS } from "./limits.ts";
import { hasControl, parseDigits } from "./text.ts";
import type { OnTolerance } from "./tolerance.ts";

const ELEMENT = "RTSP URL";
const MAX_PORT = 0xffff;
/** RFC 2326 section 3.2 for rtsp and rtspu; rtsps is registered with 322. */
const DEFAULT_PORTS = { rtsp: 554, rtspu: 554, rtsps: 322 } as const;
const REGISTERED_NAME = /^[^\s[\]@:/?#"<>\\^`{|}]+$/;
const IPV6_ADDRESS = /^[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?$/;
/** What may stand unescaped in userinfo, RFC 3986 section 3.2.1. */
const PLAIN_USERINFO = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*$/;

/** `rtsp` over TCP, `rtspu` over UDP, `rtsps` over TLS. */
export type RtspScheme = keyof typeof DEFAULT_PORTS;

/** An RTSP URL, RFC 2326 section 3.2. */
export interface RtspUrl {
  scheme: RtspScheme;
  /** Unescaped; absent where the URL names no user. */
  username?: string;
  /** Unescaped; absent where the URL has no password. */
  password?: string;
  /** A name or address; an IPv6 address without its brackets. */
  host: string;
  /** 1 … 65,535; the scheme's own (554, 322 for rtsps) where the URL names none. */
  port: number;
  /** Empty or beginning with `/`, escapes kept as written. */
  path: string;
  /** What follows `?`, escapes kept as written; absent without `?`. */
  query?: string;
}

/**
 * Reads an RTSP URL. Everything before the last `@` in front of the path belongs to the credentials,
 * so that passwords with `@ # ! % ^ ?` work as people type them.
 * @throws {MalformedError} with the character offset of what is wrong
 */
export function parseUrl(text: string, onTolerance?: OnTolerance): RtspUrl {
  checkText(text);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text);
  const name = scheme?.[1]?.toLowerCase() ?? "";
  if (scheme === null || !isScheme(name)) fail(text, 0, "does not begin with rtsp://");
  const from = scheme[0].length;
  const slash = text.indexOf("/", from);
  let end = slash < 0 ? text.length : slash;
  const hostFrom = text.lastIndexOf("@", end - 1) + 1 || from;
  const question = text.indexOf("?", hostFrom);
  if (question >= 0 && question < end) end = question;
  const url: RtspUrl = {
    scheme: name,
    ...parseUserinfo(text.slice(from, Math.max(from, hostFrom - 1)), onTolerance),
    ...parseHost(text.slice(hostFrom, end), hostFrom, DEFAULT_PORTS[name]),
    path: "",
  };
  return { ...url, ...splitQuery(text.slice(end)) };
}

/** The URL as text: default port left out, credentials escaped, white space in the path too. */
export function formatUrl(url: RtspUrl): string {
  const { scheme, username, password, host, port, path, query } = url;
  const user = username === undefined ? "" : encodeURIComponent(username) +
    (password === undefined ? "" : `:${encodeURIComponent(password)}`) + "@";
  const name = host.includes(":") ? `[${host}]` : host;
  const place = port === DEFAULT_PORTS[scheme] ? name : `${name}:${port}`;
  const tail = query === undefined ? path : `${path}?${query}`;
  return `${scheme}://${user}${place}${tail.replaceAll(" ", "%20").replaceAll("\t", "%09")}`;
}

/** The URL without user and password, as it belongs in a request line or on a screen. */
export function withoutCredentials(url: RtspUrl): RtspUrl {
  const { username: _username, password: _password, ...rest } = url;
  return rest;
}

/** What a Request-URI asks for: sessions are matched by this, never by host. */
export interface RequestTarget {
  /** `"*"` for the server as a whole, or a path; empty where the URL has none. */
  path: string;
  query?: string;
}

/**
 * The path and query of a Request-URI (RFC 2326 section 6.1): `*`, an absolute URL, or a bare path,
 * which clients send that were given a Content-Base without scheme.
 * @throws {MalformedError} when it is none of these
 */
export function parseRequestUri(uri: string): RequestTarget {
  checkText(uri);
  if (uri === "*") return { path: uri };
  if (uri.startsWith("/")) return splitQuery(uri);
  const { path, query } = parseUrl(uri);
  return query === undefined ? { path } : { path, query };
}

/** How a stream's control attribute and its base make a URL. */
export type ControlRule = "append" | "resolve";

/**
 * The URL of a stream from its `a=control` (RFC 2326 appendix C.1.1) and the Content-Base.
 *
 * - no control, an empty one or `*`: the base itself;
 * - a control with a scheme: the control itself;
 * - `append` (ffmpeg, live555, VLC, retina): base, a `/` where it has none at its end, control —
 *   as plain text, so `/track1` gives two slashes and a query in the base comes before the track;
 * - `resolve` (rtspsrc): RFC 3986 section 5, so a base without `/` at its end loses its last part.
 *
 * A server should accept both; where the base ends in `/` and the control is a plain name they
 * agree.
 */
export function resolveControl(
  base: string,
  control: string | undefined,
  rule: ControlRule = "append",
): string {
  if (control === undefined || control === "" || control === "*") return base;
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(control)) return control;
  if (rule === "append") return base.endsWith("/") ? base + control : `${base}/${control}`;
  return resolveReference(base, control);
}

/** RFC 3986 section 5.2 for references without scheme. */
function resolveReference(base: string, reference: string): string {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/.exec(base)?.[0] ?? "";
  const { path } = splitQuery(base.slice(authority.length));
  if (reference.startsWith("//")) return authority.slice(0, authority.indexOf("//")) + reference;
  if (reference.startsWith("?")) return authority + path + reference;
  const target = splitQuery(reference);
  const merged = target.path.startsWith("/")
    ? target.path
    : `${path.slice(0, path.lastIndexOf("/") + 1) || "/"}${target.path}`;
  const query = target.query === undefined ? "" : `?${target.query}`;
  return authority + removeDotSegments(merged) + query;
}

/** RFC 3986 section 5.2.4 for a path that begins with `/`. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.slice(1).split("/");
  segments.forEach((segment, i) => {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
    const last = i === segments.length - 1;
    if (last && (segment === "." || segment === "..")) kept.push("");
  });
  return `/${kept.join("/")}`;
}

function parseUserinfo(
  text: string,
  onTolerance: OnTolerance | undefined,
): Pick<RtspUrl, "username" | "password"> {
  if (text === "") return {};
  // The detail must not show a password.
  if (!PLAIN_USERINFO.test(text)) onTolerance?.("unescaped-userinfo", `${text.length} characters`);
  const colon = text.indexOf(":");
  if (colon < 0) return { username: unescape(text) };
  return { username: unescape(text.slice(0, colon)), password: unescape(text.slice(colon + 1)) };
}

/** Percent escapes as characters; text that is not escaped well is meant as it stands. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseHost(text: string, at: number, port: number): Pick<RtspUrl, "host" | "port"> {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  const [, host = "", digits = ""] = bracketed ?? /^([^:]*)(?::(.*))?$/.exec(text) ?? [];
  const valid = bracketed === null ? REGISTERED_NAME : IPV6_ADDRESS;
  if (!valid.test(host)) fail(text, at, "is not a host");
  if (digits === "") return { host, port };
  const number = parseDigits(digits, MAX_PORT);
  if (number === undefined || number === 0) {
    // Not quoted: it is part of the password where that has an unescaped slash.
    throw new MalformedError(ELEMENT, at, `Port is not 1 to 65535 (write / in a password as %2F)`);
  }
  return { host, port: number };
}

function splitQuery(text: string): RequestTarget {
  const question = text.indexOf("?");
  if (question < 0) return { path: text };
  return { path: text.slice(0, question), query: text.slice(question + 1) };
}

function checkText(text: string): void {
  if (text.length > VALUE_LIMITS.url) {
    fail(text, VALUE_LIMITS.url, `is longer than ${VALUE_LIMITS.url} characters`);
  }
  if (hasControl(text)) fail(text, 0, "has a control character");
}

/** Quotes the input without anything that may be a password. */
function fail(text: string, at: number, problem: string): never {
  throw new MalformedError(ELEMENT, at, `${quote(text.replace(/\/\/.*@/s, "//…@"))} ${problem}`);
}

function isScheme(name: string): name is RtspScheme {
  return Object.hasOwn(DEFAULT_PORTS, name);
}
