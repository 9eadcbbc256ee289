const UTC_TIME =
  /^([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{1,15}))?Z$/;
const MILLISECOND_DIGITS = 3;

/**
 * An absolute time (RFC 2326 section 3.7: `19961108T142300.25Z`) as milliseconds since
 * 1970-01-01T00:00:00Z; digits past the millisecond are cut. Undefined for anything else, such as
 * the 30th of February.
 */
export function parseUtcTime(text: string): number | undefined {
  const match = UTC_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ""] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  date.setUTCMilliseconds(
    Number(fraction.slice(0, MILLISECOND_DIGITS).padEnd(MILLISECOND_DIGITS, "0")),
  );
  // A 99th of December is in another year, maybe in one that has no four digits.
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.`;
  return date.toISOString().startsWith(written) ? date.getTime() : undefined;
}

/**
 * Milliseconds since 1970-01-01T00:00:00Z as an absolute time; the fraction as long as needed.
 * @throws {RangeError} when it is not a whole number inside the years 0 to 9999
 */
export function formatUtcTime(time: number): string {
  const iso = Number.isInteger(time) ? new Date(time).toISOString() : "";
  if (iso.length !== "0000-00-00T00:00:00.000Z".length) {
    throw new RangeError(`${time} is not a whole millisecond of the years 0 to 9999`);
  }
  const [seconds = "", fraction = ""] = iso.slice(0, -1).replace(/[-:]/g, "").split(".");
  const needed = fraction.replace(/0+$/, "");
  return needed === "" ? `${seconds}Z` : `${seconds}.${needed}Z`;
}
