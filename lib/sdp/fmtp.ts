import { MalformedError, quote } from "../bytes/malformed.ts";
import type { MediaDescription } from "./session_description.ts";
import type { Report } from "./tolerances.ts";

/** `a=fmtp:<format> <format specific parameters>` (RFC 8866, 6.15). */
export interface Fmtp {
  /** A format of the `m=` line, for RTP the payload type. */
  format: string;
  /** As written; see {@linkcode parseFmtpParameters}. */
  parameters: string;
}

/**
 * The value of an `fmtp` attribute. Missing parameters are tolerated.
 * @throws {MalformedError} when there is no format
 */
export function parseFmtp(value: string, report?: Report): Fmtp {
  const found = /^\s*(\S+)\s*([^]*)$/.exec(value);
  if (found === null) throw new MalformedError("fmtp", 0, `No format: ${quote(value)}`);
  const parameters = found[2]!.trimEnd();
  if (parameters === "") report?.("fmtp-without-parameters");
  return { format: found[1]!, parameters };
}

/** The value of an `fmtp` attribute. */
export function formatFmtp(fmtp: Fmtp): string {
  return `${fmtp.format} ${fmtp.parameters}`;
}

/** The parameters given for one format of a medium; `undefined` when there is no such line. */
export function fmtpOf(media: MediaDescription, format: string | number): string | undefined {
  for (const { name, value } of media.attributes) {
    if (name !== "fmtp" || value === undefined || value.trim() === "") continue;
    const fmtp = parseFmtp(value);
    if (fmtp.format === String(format)) return fmtp.parameters;
  }
  return undefined;
}

/**
 * Parameters of the common form `name=value; name=value`. Names come in lower case, a name
 * without `=` has the value `""`, and of a name given twice the first counts.
 */
export function parseFmtpParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const piece of text.split(";")) {
    const parameter = piece.trim();
    if (parameter === "") continue;
    const equals = parameter.indexOf("=");
    const name = (equals < 0 ? parameter : parameter.slice(0, equals)).trim().toLowerCase();
    if (parameters.has(name)) continue;
    parameters.set(name, equals < 0 ? "" : parameter.slice(equals + 1).trim());
  }
  return parameters;
}
