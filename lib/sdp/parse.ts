import { MalformedError, quote } from "../bytes/malformed.ts";
import { parseAttribute } from "./attributes.ts";
import { parseConnection } from "./connection.ts";
import { parseFmtp } from "./fmtp.ts";
import { checkLimit } from "./limits.ts";
import { decimal, decodeSdp, readLines, type SdpLine } from "./lines.ts";
import { parseMediaLine } from "./media.ts";
import { parseOrigin } from "./origin.ts";
import { parseRtpmap } from "./rtpmap.ts";
import type { MediaDescription, SdpSection, SessionDescription } from "./session_description.ts";
import { parseRepeat, parseTiming, parseZones } from "./timing.ts";
import { lineReport, type OnSdpTolerance, type Report, SDP_TOLERANCES } from "./tolerances.ts";

/** How to parse a description. */
export interface ParseSdpOptions {
  /** Told of every departure from the standard that was read all the same. */
  onTolerance?: OnSdpTolerance;
}

type LineReader<Section> = (section: Section, line: SdpLine, report: Report) => void;

/** Line types in the order RFC 8866, 5 gives them; `r=` belongs to the `t=` before it. */
const SESSION_ORDER = ["v", "o", "s", "i", "u", "e", "p", "c", "b", "tr", "z", "k", "a"];
const MEDIA_ORDER = ["m", "i", "c", "b", "k", "a"];
const SESSION_ONCE = new Set("vosiuczk");
const MEDIA_ONCE = new Set("ik");

const SECTION_LINES: Readonly<Record<string, LineReader<SdpSection>>> = {
  b: readBandwidth,
  k: (section, line) => section.key = line.value,
  a: readAttribute,
};

const SESSION_LINES: Readonly<Record<string, LineReader<SessionDescription>>> = {
  ...SECTION_LINES,
  v: readVersion,
  o: (session, line, report) => {
    const origin = parseOrigin(line.value, report);
    if (origin !== undefined) session.origin = origin;
  },
  s: (session, line, report) => session.name = readText(line, report),
  i: (session, line, report) => session.information = readText(line, report),
  u: (session, line) => session.uri = line.value,
  e: (session, line) => session.emails.push(line.value),
  p: (session, line) => session.phones.push(line.value),
  c: (session, line, report) => {
    const connection = parseConnection(line.value, report);
    if (connection !== undefined) session.connection = connection;
  },
  t: (session, line, report) => session.times.push(parseTiming(line.value, report)),
  r: readRepeat,
  z: (session, line, report) => session.zones = parseZones(line.value, report),
};

const MEDIA_LINES: Readonly<Record<string, LineReader<MediaDescription>>> = {
  ...SECTION_LINES,
  i: (media, line, report) => media.title = readText(line, report),
  c: (media, line, report) => {
    const connection = parseConnection(line.value, report);
    if (connection !== undefined) media.connections.push(connection);
  },
};

/**
 * Parses a session description (RFC 8866, RFC 2326 appendix C). Departures known from real peers
 * are tolerated and told to `onTolerance` by name; the list is `SDP_TOLERANCES`.
 *
 * @param input the body of a DESCRIBE reply; bytes are read as UTF-8
 * @throws {MalformedError} when it has neither `v=` nor `m=`, when an `m=` line lacks port or
 * protocol, or past a ceiling of `SDP_LIMITS`
 */
export function parseSdp(
  input: string | Uint8Array,
  options: ParseSdpOptions = {},
): SessionDescription {
  const { onTolerance } = options;
  const lines = readLines(decodeSdp(input, onTolerance), onTolerance);
  if (!lines.some((line) => line.type === "v" || line.type === "m")) {
    throw new MalformedError("SDP", 0, "Neither a v= nor an m= line: not a session description");
  }
  const firstMedia = lines.findIndex((line) => line.type === "m");
  const end = firstMedia < 0 ? lines.length : firstMedia;
  const session = emptySession();
  const order = new LineOrder(SESSION_ORDER, SESSION_ONCE);
  for (const line of lines.slice(0, end)) {
    readInto(session, line, order, SESSION_LINES, lineReport(onTolerance, line));
  }
  readMedia(session, lines.slice(end), onTolerance);
  reportMissing(session, lines.slice(0, end), onTolerance);
  return session;
}

function readMedia(
  session: SessionDescription,
  lines: SdpLine[],
  onTolerance: OnSdpTolerance | undefined,
): void {
  let media: MediaDescription | undefined;
  let order = new LineOrder(MEDIA_ORDER, MEDIA_ONCE);
  for (const line of lines) {
    const report = lineReport(onTolerance, line);
    if (line.type === "m") {
      media = parseMediaLine(line, report);
      session.media.push(media);
      checkLimit("media", session.media.length, line.position);
      order = new LineOrder(MEDIA_ORDER, MEDIA_ONCE);
    } else if (media !== undefined) {
      readInto(media, line, order, MEDIA_LINES, report);
    }
  }
}

/** Reads one line into its section, or keeps it there when its type is not known. */
function readInto<Section extends SdpSection>(
  section: Section,
  line: SdpLine,
  order: LineOrder,
  readers: Readonly<Record<string, LineReader<Section>>>,
  report: Report,
): void {
  const reader = Object.hasOwn(readers, line.type) ? readers[line.type] : undefined;
  if (reader === undefined) {
    report("unknown-line");
    section.unknownLines.push({ type: line.type, value: line.value });
  } else if (order.admits(line.type, report)) {
    reader(section, line, report);
  }
}

/** Watches over the order of lines in one section, and over those that may occur only once. */
class LineOrder {
  #rank = 0;
  #seen = new Set<string>();

  constructor(readonly order: readonly string[], readonly once: ReadonlySet<string>) {}

  /** Reports a line out of place; false when it must be skipped. */
  admits(type: string, report: Report): boolean {
    if (this.once.has(type) && this.#seen.has(type)) {
      report("repeated-line");
      return false;
    }
    this.#seen.add(type);
    const rank = this.order.findIndex((types) => types.includes(type));
    if (rank < this.#rank) report("line-out-of-order");
    this.#rank = Math.max(rank, this.#rank);
    return true;
  }
}

function readVersion(session: SessionDescription, line: SdpLine, report: Report): void {
  if (line.value !== "0") report("version-malformed");
  session.version = decimal(line.value.trim()) ?? 0;
}

function readText(line: SdpLine, report: Report): string {
  if (line.value === "") report("empty-value");
  return line.value;
}

function readRepeat(session: SessionDescription, line: SdpLine, report: Report): void {
  const time = session.times.at(-1);
  if (time === undefined) return report("time-malformed");
  const repeat = parseRepeat(line.value, report);
  if (repeat !== undefined) time.repeats.push(repeat);
}

function readBandwidth(section: SdpSection, line: SdpLine, report: Report): void {
  const found = /^([^\s:]+):(\d+)$/.exec(line.value);
  const value = decimal(found?.[2]);
  if (found === null || value === undefined) return report("bandwidth-malformed");
  section.bandwidths.push({ type: found[1]!, value });
}

function readAttribute(section: SdpSection, line: SdpLine, report: Report): void {
  const attribute = parseAttribute(line.value, report);
  if (attribute === undefined) return;
  section.attributes.push(attribute);
  checkAttribute(attribute.name, attribute.value ?? "", report);
}

/** Reads attributes that have a form of their own, only for what there is to report. */
function checkAttribute(name: string, value: string, report: Report): void {
  try {
    if (name === "rtpmap") parseRtpmap(value, report);
    if (name === "fmtp") parseFmtp(value, report);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    report("attribute-malformed");
  }
}

function reportMissing(
  session: SessionDescription,
  lines: SdpLine[],
  onTolerance: OnSdpTolerance | undefined,
): void {
  const missing = (type: string): boolean => !lines.some((line) => line.type === type);
  const report: Report = (code) => onTolerance?.(code, SDP_TOLERANCES[code]);
  if (missing("v")) report("version-missing");
  if (missing("o")) report("origin-missing");
  if (missing("s")) report("name-missing");
  if (missing("t")) report("time-missing");
  const bare = session.media.find((media) => media.connections.length === 0);
  if (missing("c") && bare !== undefined) {
    onTolerance?.("connection-missing", `${SDP_TOLERANCES["connection-missing"]}: ${nameOf(bare)}`);
  }
}

function nameOf(media: MediaDescription): string {
  return quote([media.type, media.port, media.protocol, ...media.formats].join(" "));
}

function emptySession(): SessionDescription {
  return {
    version: 0,
    emails: [],
    phones: [],
    bandwidths: [],
    times: [],
    zones: [],
    attributes: [],
    unknownLines: [],
    media: [],
  };
}
