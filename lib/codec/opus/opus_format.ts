import type { PayloadFacts, StreamFormat } from "../depacketizer.ts";
import type { PacketFormat } from "../packet_units.ts";

/** The RTP clock of Opus whatever it codes (RFC 7587 section 4.1), in Hz. */
export const OPUS_CLOCK_RATE = 48_000;
/** Most samples of one packet: 120 ms (RFC 6716 section 3.2.5). */
export const MAX_OPUS_DURATION = 5760;

const CONFIG_SHIFT = 3;
const STEREO_BIT = 0x04;
const COUNT_CODE_MASK = 0x03;
const ARBITRARY_COUNT = 3;
const COUNT_MASK = 0x3f;
const SILK_CONFIGS = 12;
const HYBRID_CONFIGS = 16;
/** Samples at 48 kHz by the two lowest bits of the configuration, for each mode. */
const SILK_DURATIONS = [480, 960, 1920, 2880];
const HYBRID_DURATIONS = [480, 960];
const CELT_DURATIONS = [120, 240, 480, 960];

/** What the first bytes of an Opus packet say. */
export interface OpusToc {
  mode: "SILK" | "hybrid" | "CELT";
  stereo: boolean;
  frames: number;
  /** Samples at 48 kHz of the whole packet. */
  duration: number;
}

/**
 * Reads the table of contents of a packet (RFC 6716 section 3.1 and 3.2).
 *
 * ```text
 *  0 1 2 3 4 5 6 7   and, where c is 3:   0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+                      +-+-+-+-+-+-+-+-+
 * | config  |s| c |                      |v|p|  frames   |
 * +-+-+-+-+-+-+-+-+                      +-+-+-+-+-+-+-+-+
 * ```
 * @returns undefined when it is empty or says what no packet may
 */
export function parseOpusToc(packet: Uint8Array): OpusToc | undefined {
  const first = packet[0];
  if (first === undefined) return undefined;
  const code = first & COUNT_CODE_MASK;
  const frames = code === 0 ? 1 : code < ARBITRARY_COUNT ? 2 : (packet[1] ?? 0) & COUNT_MASK;
  const config = first >> CONFIG_SHIFT;
  const duration = frames * frameDuration(config);
  if (frames === 0 || duration > MAX_OPUS_DURATION) return undefined;
  const mode = config < SILK_CONFIGS ? "SILK" : config < HYBRID_CONFIGS ? "hybrid" : "CELT";
  return { mode, stereo: (first & STEREO_BIT) !== 0, frames, duration };
}

function frameDuration(config: number): number {
  if (config < SILK_CONFIGS) return SILK_DURATIONS[config % SILK_DURATIONS.length]!;
  if (config < HYBRID_CONFIGS) return HYBRID_DURATIONS[config % HYBRID_DURATIONS.length]!;
  return CELT_DURATIONS[config % CELT_DURATIONS.length]!;
}

/** Payloads of RFC 7587: each is one Opus packet. */
export class OpusFormat implements PacketFormat {
  readonly kind = "audio";
  #seen: StreamFormat | undefined;

  get seen(): StreamFormat | undefined {
    return this.#seen;
  }

  duration(payload: Uint8Array): number | undefined {
    return parseOpusToc(payload)?.duration;
  }

  check(payload: Uint8Array): string | undefined {
    return parseOpusToc(payload) === undefined ? "It is no Opus packet" : undefined;
  }

  /** Packets of one stream may be mono and stereo in turn; stereo is what a player needs. */
  learn(payload: Uint8Array): void {
    const stereo = parseOpusToc(payload)?.stereo ?? false;
    if (this.#seen === undefined || (stereo && this.#seen.channels === 1)) {
      this.#seen = describedOpus(stereo ? 2 : 1);
    }
  }
}

/** What is known of any Opus stream: the description's channels say nothing (RFC 7587 section 7). */
export function describedOpus(channels?: number): StreamFormat {
  const format: StreamFormat = { codec: "Opus", sampleRate: OPUS_CLOCK_RATE };
  return channels === undefined ? format : { ...format, channels };
}

/** What one payload holds: `"CELT stereo 20 ms"`. */
export function describeOpus(payload: Uint8Array): PayloadFacts {
  const toc = parseOpusToc(payload);
  if (toc === undefined) return { text: "malformed", fields: {}, problem: "It is no Opus packet" };
  const { mode, stereo, frames, duration } = toc;
  const ms = duration * 1000 / OPUS_CLOCK_RATE;
  return {
    text: `${mode} ${stereo ? "stereo" : "mono"} ${ms} ms`,
    fields: { mode, stereo, frames, duration },
  };
}
