import { formatConnection } from "./connection.ts";
import type {
  MediaDescription,
  Origin,
  SdpSection,
  SessionDescription,
  TimeDescription,
} from "./session_description.ts";

/**
 * Writes a session description: lines in the order of RFC 8866, 5, each ended by CRLF. Encode it
 * as UTF-8 before counting its Content-Length.
 *
 * Lines that are absent from `description` are left out, so a description read from a peer that
 * omitted them is written as incomplete as it came. Unknown lines go to the end of their section.
 *
 * @throws {RangeError} when a value contains a line end
 */
export function formatSdp(description: SessionDescription): string {
  const lines = [
    `v=${description.version}`,
    ...optional("o", description.origin && formatOrigin(description.origin)),
    ...optional("s", description.name),
    ...optional("i", description.information),
    ...optional("u", description.uri),
    ...description.emails.map((email) => `e=${email}`),
    ...description.phones.map((phone) => `p=${phone}`),
    ...optional("c", description.connection && formatConnection(description.connection)),
    ...formatBandwidths(description),
    ...description.times.flatMap(formatTime),
    ...formatZones(description),
    ...formatEnd(description),
    ...description.media.flatMap(formatMedia),
  ];
  return lines.map(endLine).join("");
}

function formatMedia(media: MediaDescription): string[] {
  const count = media.portCount === undefined ? "" : `/${media.portCount}`;
  const formats = media.formats.map((format) => ` ${format}`).join("");
  return [
    `m=${media.type} ${media.port}${count} ${media.protocol}${formats}`,
    ...optional("i", media.title),
    ...media.connections.map((connection) => `c=${formatConnection(connection)}`),
    ...formatBandwidths(media),
    ...formatEnd(media),
  ];
}

function formatOrigin(origin: Origin): string {
  const { username, sessionId, sessionVersion, networkType, addressType, address } = origin;
  return [username, sessionId, sessionVersion, networkType, addressType, address].join(" ");
}

function formatBandwidths(section: SdpSection): string[] {
  return section.bandwidths.map(({ type, value }) => `b=${type}:${value}`);
}

function formatTime(time: TimeDescription): string[] {
  const repeats = time.repeats.map(({ interval, duration, offsets }) =>
    `r=${[interval, duration, ...offsets].join(" ")}`
  );
  return [`t=${time.start} ${time.stop}`, ...repeats];
}

function formatZones(description: SessionDescription): string[] {
  if (description.zones.length === 0) return [];
  return [`z=${description.zones.map(({ time, offset }) => `${time} ${offset}`).join(" ")}`];
}

/** What ends a section: key, attributes, and the lines nobody knows. */
function formatEnd(section: SdpSection): string[] {
  return [
    ...optional("k", section.key),
    ...section.attributes.map(({ name, value }) =>
      value === undefined ? `a=${name}` : `a=${name}:${value}`
    ),
    ...section.unknownLines.map(({ type, value }) => `${type}=${value}`),
  ];
}

function optional(type: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${type}=${value}`];
}

function endLine(line: string): string {
  if (/[\r\n]/.test(line)) {
    throw new RangeError(
      `A line of a session description has a line end in it: ${line.slice(0, 2)}`,
    );
  }
  return `${line}\r\n`;
}
