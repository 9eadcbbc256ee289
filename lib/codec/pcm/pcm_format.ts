import type { PayloadFacts, StreamFormat, TrackDescription } from "../depacketizer.ts";
import type { PacketFormat } from "../packet_units.ts";

const BITS_PER_BYTE = 8;
const DEFAULT_CHANNELS = 1;

/** What an encoding of plain samples is (RFC 3551 section 4.5, RFC 3190). */
export interface PcmEncoding {
  /** For people. */
  name: string;
  /** Bits of one sample of one channel, as sent. */
  bits: number;
}

/** By encoding name. */
export const PCM_ENCODINGS: ReadonlyMap<string, PcmEncoding> = new Map([
  ["PCMU", { name: "G.711 µ-law", bits: 8 }],
  ["PCMA", { name: "G.711 A-law", bits: 8 }],
  ["L8", { name: "PCM 8-bit", bits: 8 }],
  ["L16", { name: "PCM 16-bit", bits: 16 }],
  ["L20", { name: "PCM 20-bit", bits: 20 }],
  ["L24", { name: "PCM 24-bit", bits: 24 }],
  ["G726-16", { name: "G.726 16 kbit/s", bits: 2 }],
  ["G726-24", { name: "G.726 24 kbit/s", bits: 3 }],
  ["G726-32", { name: "G.726 32 kbit/s", bits: 4 }],
  ["G726-40", { name: "G.726 40 kbit/s", bits: 5 }],
]);

/** Payloads of samples with nothing around them. */
export class PcmFormat implements PacketFormat {
  readonly kind = "audio";
  readonly #bitsPerTick: number;

  constructor(encoding: PcmEncoding, { channels = DEFAULT_CHANNELS }: TrackDescription) {
    this.#bitsPerTick = encoding.bits * channels;
  }

  duration(payload: Uint8Array): number {
    return Math.floor(payload.length * BITS_PER_BYTE / this.#bitsPerTick);
  }

  check(payload: Uint8Array): string | undefined {
    const over = payload.length * BITS_PER_BYTE % this.#bitsPerTick;
    // Codes of 3 or 5 bits end within a byte where their number is no multiple of 8.
    if (over < BITS_PER_BYTE && this.#bitsPerTick % BITS_PER_BYTE !== 0) return undefined;
    return over === 0 ? undefined : `Its ${payload.length} bytes end within a sample`;
  }
}

/** What the description tells of plain samples. */
export function describedPcm(encoding: PcmEncoding, track: TrackDescription): StreamFormat {
  const { clockRate, channels = DEFAULT_CHANNELS } = track;
  return {
    codec: encoding.name,
    sampleRate: clockRate,
    channels,
    bitsPerSample: encoding.bits,
    bitRate: clockRate * channels * encoding.bits,
  };
}

/** What one payload holds: `"160 samples"`. */
export function describePcm(payload: Uint8Array, format: PcmFormat): PayloadFacts {
  const samples = format.duration(payload);
  const facts = { text: `${samples} samples`, fields: { samples } };
  const problem = format.check(payload);
  return problem === undefined ? facts : { ...facts, problem };
}
