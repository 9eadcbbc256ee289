import { MalformedError, quote } from "../../bytes/malformed.ts";
import { VALUE_LIMITS } from "../limits.ts";
import { isToken, trimBlanks } from "../text.ts";
import type { OnTolerance } from "../tolerance.ts";
import {
  formatNumberRange,
  formatParameter,
  type NumberRange,
  type Parameter,
  parseNumber,
  parseNumberRange,
  parseParameters,
  type Piece,
  type PlacedParameter,
  splitList,
  trimPiece,
  unquote,
} from "./parameters.ts";

const ELEMENT = "Transport";
const MAX_CHANNEL = 0xff;
const MAX_PORT = 0xffff;
const MAX_OCTET = 0xff;
/** Digits of an SSRC, RFC 2326 section 12.39. */
const SSRC_DIGITS = 8;
const DELIVERIES: ReadonlySet<string> = new Set(["unicast", "multicast"]);

/** One transport specification, RFC 2326 section 12.39. */
export interface Transport {
  /** `"RTP"` */
  protocol: string;
  /** `"AVP"` */
  profile: string;
  /** `"UDP"` or `"TCP"` as written; absent means UDP for RTP/AVP. */
  lowerTransport?: string;
  /** Absent where not written; section 12.39 then means multicast, clients in the wild unicast. */
  delivery?: "unicast" | "multicast";
  /** Address of the receiver; empty where only the word stands there. */
  destination?: string;
  /** Address of the sender; empty where only the word stands there. */
  source?: string;
  /** Channels of blocks in the RTSP connection, each 0 … 255. */
  interleaved?: NumberRange;
  /** Recording adds to what is there; the word stands alone. */
  append?: true;
  /** Ports of a multicast session, each 0 … 65,535. */
  port?: NumberRange;
  /** Multicast time to live, 0 … 255. */
  ttl?: number;
  /** Multicast layers, 0 … 255. */
  layers?: number;
  /** The client's RTP and RTCP ports, each 0 … 65,535. */
  clientPort?: NumberRange;
  /** The server's RTP and RTCP ports, each 0 … 65,535. */
  serverPort?: NumberRange;
  /** 0 … 2^32 - 1 */
  ssrc?: number;
  /** Methods this transport is for, as spelled: `["PLAY"]`. */
  mode?: string[];
  /** Parameters RFC 2326 does not know, in order, values as written. */
  other?: Parameter[];
}

/**
 * The transport specifications of a Transport value, most wanted first.
 * @throws {MalformedError} with the character offset of what is wrong
 */
export function parseTransport(value: string, onTolerance?: OnTolerance): Transport[] {
  const specs = splitList({ text: value, at: 0 }, ",", ELEMENT, VALUE_LIMITS.transports);
  return specs.map((spec) => parseSpecification(trimPiece(spec), onTolerance));
}

/** Specifications as a Transport value. No blank follows `;`: rtspsrc, openRTSP and VLC fail on it. */
export function formatTransport(transports: Transport | Transport[]): string {
  return [transports].flat().map(formatSpecification).join(",");
}

function parseSpecification(spec: Piece, onTolerance: OnTolerance | undefined): Transport {
  const pieces = splitList(spec, ";", ELEMENT, Infinity);
  const name = trimPiece(pieces[0]!);
  const parts = name.text.split("/");
  if (parts.length < 2 || parts.length > 3 || !parts.every(isToken)) {
    throw new MalformedError(
      ELEMENT,
      name.at,
      `${quote(name.text)} is not protocol/profile or protocol/profile/lower-transport`,
    );
  }
  const transport: Transport = { protocol: parts[0]!, profile: parts[1]! };
  if (parts[2] !== undefined) transport.lowerTransport = parts[2];
  const context = { element: ELEMENT, onTolerance, spaceCode: "space-in-transport" } as const;
  const seen = new Set<string>();
  for (const parameter of parseParameters(pieces.slice(1), context)) {
    const known = parameter.name.toLowerCase();
    const key = DELIVERIES.has(known) ? "delivery" : known;
    if (seen.has(key)) {
      throw new MalformedError(
        ELEMENT,
        parameter.at,
        `${parameter.name} contradicts an earlier one`,
      );
    }
    seen.add(key);
    applyParameter(transport, known, parameter, onTolerance);
  }
  return transport;
}

function applyParameter(
  transport: Transport,
  known: string,
  parameter: PlacedParameter,
  onTolerance: OnTolerance | undefined,
): void {
  switch (known) {
    case "unicast":
    case "multicast":
      transport.delivery = known;
      return;
    case "destination":
    case "source":
      transport[known] = parameter.value ?? "";
      return;
    case "append":
      transport.append = true;
      return;
    case "interleaved":
      transport.interleaved = parseNumberRange(parameter, ELEMENT, MAX_CHANNEL);
      return;
    case "port":
      transport.port = parseNumberRange(parameter, ELEMENT, MAX_PORT);
      return;
    case "client_port":
      transport.clientPort = parseNumberRange(parameter, ELEMENT, MAX_PORT);
      return;
    case "server_port":
      transport.serverPort = parseNumberRange(parameter, ELEMENT, MAX_PORT);
      return;
    case "ttl":
    case "layers":
      transport[known] = parseNumber(parameter, ELEMENT, MAX_OCTET);
      return;
    case "ssrc":
      applySsrc(transport, parameter.value ?? "", onTolerance);
      return;
    case "mode":
      transport.mode = parseMode(parameter);
      return;
    default: {
      const { name, value } = parameter;
      (transport.other ??= []).push(value === undefined ? { name } : { name, value });
    }
  }
}

/** Eight hexadecimal digits; fewer are completed, anything else is left out. */
/** Methods, quoted or not; a quotation mark among them could not be written back. */
function parseMode({ value = "", at }: PlacedParameter): string[] {
  const text = unquote(value);
  if (text.includes('"')) {
    throw new MalformedError(ELEMENT, at, `Mode ${quote(value)} has a quotation mark in it`);
  }
  return text.split(",").map(trimBlanks);
}

function applySsrc(
  transport: Transport,
  text: string,
  onTolerance: OnTolerance | undefined,
): void {
  if (!/^[0-9a-fA-F]{1,8}$/.test(text)) {
    onTolerance?.("ssrc-ignored", quote(text));
    return;
  }
  if (text.length < SSRC_DIGITS) onTolerance?.("short-ssrc", quote(text));
  transport.ssrc = parseInt(text, 16);
}

function formatSpecification(transport: Transport): string {
  const { protocol, profile, lowerTransport, delivery, destination, source, ssrc } = transport;
  const parts = [
    [protocol, profile, lowerTransport].filter((part) => part !== undefined).join("/"),
  ];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) parts.push(value === "" ? name : `${name}=${value}`);
  };
  const range = (value: NumberRange | undefined): string | undefined => {
    return value && formatNumberRange(value);
  };
  if (delivery !== undefined) parts.push(delivery);
  add("destination", destination);
  add("source", source);
  add("interleaved", range(transport.interleaved));
  if (transport.append) parts.push("append");
  add("port", range(transport.port));
  add("ttl", transport.ttl?.toString());
  add("layers", transport.layers?.toString());
  add("client_port", range(transport.clientPort));
  add("server_port", range(transport.serverPort));
  add("ssrc", ssrc?.toString(16).toUpperCase().padStart(SSRC_DIGITS, "0"));
  add("mode", transport.mode && `"${transport.mode.join(",")}"`);
  return [...parts, ...(transport.other ?? []).map(formatParameter)].join(";");
}
