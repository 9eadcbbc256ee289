/**
 * A point in time as NTP counts it: seconds since 1900-01-01 UTC and a binary fraction (RFC 3550
 * section 4).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                            seconds                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                fraction in units of 1/2^32 s                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface NtpTimestamp {
  /** 0 … 2^32 - 1; wraps on 2036-02-07. */
  seconds: number;
  /** 0 … 2^32 - 1. */
  fraction: number;
}

/** Seconds from the NTP epoch (1900) to the Unix epoch (1970). */
export const NTP_UNIX_OFFSET = 2_208_988_800;
/** What a sender without any clock puts in its reports (RFC 3550 section 6.4.1). */
export const NO_NTP_TIMESTAMP: Readonly<NtpTimestamp> = Object.freeze({ seconds: 0, fraction: 0 });

const ERA = 0x1_0000_0000;
const FRACTIONS_PER_SECOND = 0x1_0000_0000;
const MILLISECONDS_PER_SECOND = 1000;
// RFC 4330 section 3: seconds with the top bit set belong to 1968 … 2036, others to 2036 … 2104.
const ERA_PIVOT = 0x8000_0000;
const SHORT_UNITS_PER_SECOND = 0x1_0000;
const SHORT_SHIFT = 16;
const SHORT_SECONDS_MASK = 0xffff;
const MAX_U32 = 0xffff_ffff;

/**
 * NTP time from milliseconds since the Unix epoch, to the nearest unit of the fraction.
 * @throws {RangeError} outside 1968-01-20 … 2104-02-26, where the way back would be another time
 */
export function ntpFromUnixMilliseconds(milliseconds: number): NtpTimestamp {
  const unixSeconds = Math.floor(milliseconds / MILLISECONDS_PER_SECOND);
  const rest = (milliseconds - unixSeconds * MILLISECONDS_PER_SECOND) / MILLISECONDS_PER_SECOND;
  const fraction = Math.round(rest * FRACTIONS_PER_SECOND);
  const carry = fraction === FRACTIONS_PER_SECOND ? 1 : 0;
  const seconds = unixSeconds + NTP_UNIX_OFFSET + carry;
  if (!(seconds >= ERA_PIVOT && seconds < ERA_PIVOT + ERA)) {
    throw new RangeError(`Time ${milliseconds} ms is not within NTP's 1968 … 2104`);
  }
  return { seconds: seconds % ERA, fraction: carry === 1 ? 0 : fraction };
}

/**
 * Milliseconds since the Unix epoch, with a fraction as fine as a number holds. Timestamps with
 * small seconds are read as after the wrap of 2036; ask {@linkcode hasNtpTime} first, since a
 * sender without a clock sends 0.
 */
export function ntpToUnixMilliseconds({ seconds, fraction }: NtpTimestamp): number {
  const era = seconds < ERA_PIVOT ? ERA : 0;
  const unixSeconds = seconds + era - NTP_UNIX_OFFSET;
  return unixSeconds * MILLISECONDS_PER_SECOND +
    fraction * MILLISECONDS_PER_SECOND / FRACTIONS_PER_SECOND;
}

/** Whether a timestamp says any time at all, i.e. is not 0. */
export function hasNtpTime({ seconds, fraction }: NtpTimestamp): boolean {
  return seconds !== 0 || fraction !== 0;
}

/** The middle 32 bits, in units of 1/65,536 s: the form of LSR in a report block. */
export function ntpMiddle({ seconds, fraction }: NtpTimestamp): number {
  return (((seconds & SHORT_SECONDS_MASK) << SHORT_SHIFT) | (fraction >>> SHORT_SHIFT)) >>> 0;
}

/** A length of time in units of 1/65,536 s, the form of DLSR; clamped to 0 … 2^32 - 1 units. */
export function delayFromMilliseconds(milliseconds: number): number {
  const units = Math.round(milliseconds * SHORT_UNITS_PER_SECOND / MILLISECONDS_PER_SECOND);
  return Math.min(Math.max(units, 0), MAX_U32);
}

/** Milliseconds from units of 1/65,536 s. */
export function delayToMilliseconds(units: number): number {
  return units * MILLISECONDS_PER_SECOND / SHORT_UNITS_PER_SECOND;
}

/**
 * Round-trip time in milliseconds as a sender works it out from a report block (RFC 3550 section
 * 6.4.1): arrival - LSR - DLSR, over the wrap. Clocks that were set meanwhile can make it negative.
 * Undefined when LSR is 0: the receiver has seen no sender report yet.
 * @param arrival when the report arrived, on the clock of the sender reports
 */
export function roundTripMilliseconds(
  arrival: NtpTimestamp,
  report: { lastSenderReport: number; delaySinceLastSenderReport: number },
): number | undefined {
  if (report.lastSenderReport === 0) return undefined;
  const units = ntpMiddle(arrival) - report.lastSenderReport - report.delaySinceLastSenderReport;
  return delayToMilliseconds(units | 0);
}
