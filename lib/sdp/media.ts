import { quote } from "../bytes/malformed.ts";
import { checkLimit } from "./limits.ts";
import { decimal, malformedLine, type SdpLine, words } from "./lines.ts";
import type { MediaDescription } from "./session_description.ts";
import type { Report } from "./tolerances.ts";

/** `m=<media> <port>[/<number of ports>] <proto> <fmt> …` (5.14); the first is a token. */
const MEDIA = /^([!#-'*+\-.0-9A-Z^-~]+) (\d+)(?:\/(\d+))? (\S+)((?: \S+)+)$/;
const MOST_PORT = 65_535;
const MOST_PAYLOAD_TYPE = 127;
/** Profiles whose formats are payload types: RTP/AVP, RTP/SAVPF, RTP/AVP/TCP … */
const RTP_PROFILE = /^RTP\/S?AVPF?(?:\/|$)/i;

/**
 * An `m=` line with nothing below it yet.
 * @throws {MalformedError} without a port and a protocol, or with too many formats
 */
export function parseMediaLine(line: SdpLine, report: Report): MediaDescription {
  const [type, port, protocol, ...formats] = words(line.value);
  if (type === undefined || port === undefined || protocol === undefined) {
    throw malformedLine(line, `An m= line needs media, port and protocol: ${quote(line.text)}`);
  }
  checkLimit("formats", formats.length, line.position);
  const ports = parsePorts(port);
  if (!MEDIA.test(line.value) || ports === undefined) report("media-malformed");
  if (RTP_PROFILE.test(protocol) && formats.some((name) => payloadTypeOf(name) === undefined)) {
    report("payload-type-malformed");
  }
  return {
    type,
    ...(ports ?? { port: 0 }),
    protocol,
    formats,
    connections: [],
    bandwidths: [],
    attributes: [],
    unknownLines: [],
  };
}

function parsePorts(text: string): Pick<MediaDescription, "port" | "portCount"> | undefined {
  const [first, second, ...more] = text.split("/");
  const port = decimal(first, MOST_PORT);
  const portCount = decimal(second, MOST_PORT);
  if (port === undefined || more.length > 0) return undefined;
  if (second === undefined) return { port };
  return portCount === undefined ? undefined : { port, portCount };
}

/** The payload type a format stands for, 0 … 127, or `undefined` when it is not a number. */
export function payloadTypeOf(format: string): number | undefined {
  return decimal(format, MOST_PAYLOAD_TYPE);
}
