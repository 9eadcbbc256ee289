import type { AccessUnit, TrackDescription } from "../../codec/depacketizer.ts";
import { timestampDelta } from "../../rtp/timestamp.ts";
import { AtomicFile } from "../atomic_file.ts";
import { AppendingWriter, UnitRefusedError } from "./native_writer.ts";

/** Longest silence put in place of lost packets, in seconds; a longer gap is left out. */
export const MAX_SILENCE_S = 10;
/** What a size says that is not known, or above 32 bits: to the end of the file. */
const UNKNOWN_SIZE = 0xffff_ffff;
const HEADER_LENGTH = 58;
const RIFF_SIZE_AT = 4;
const FACT_AT = 46;
const DATA_SIZE_AT = 54;
const BITS_PER_BYTE = 8;

/** How an encoding lies in a WAV file. */
interface WavEncoding {
  /** wFormatTag. */
  tag: number;
  bits: number;
  silence: number;
}

const ENCODINGS: ReadonlyMap<string, WavEncoding> = new Map([
  ["PCMU", { tag: 7, bits: 8, silence: 0xff }],
  ["PCMA", { tag: 6, bits: 8, silence: 0xd5 }],
  ["L8", { tag: 1, bits: 8, silence: 0x80 }],
  ["L16", { tag: 1, bits: 16, silence: 0 }],
  ["L24", { tag: 1, bits: 24, silence: 0 }],
]);

/**
 * Writes samples as a WAV file. Until the end its sizes say "up to the end of the file", which players
 * understand; then they are set right. Silence takes the place of lost packets.
 */
export class WavWriter extends AppendingWriter {
  readonly #encoding: WavEncoding;
  readonly #channels: number;
  readonly #clockRate: number;
  #next: number | undefined;

  private constructor(file: AtomicFile, encoding: WavEncoding, track: TrackDescription) {
    super(file);
    this.#encoding = encoding;
    this.#channels = track.channels ?? 1;
    this.#clockRate = track.clockRate;
  }

  /**
   * @param path the file's name once it is whole
   * @throws {UnitRefusedError} (as a rejection) when WAV files do not hold the encoding
   */
  static async create(path: string, track: TrackDescription): Promise<WavWriter> {
    const encoding = ENCODINGS.get(track.encoding.toUpperCase());
    if (encoding === undefined) {
      throw new UnitRefusedError(`A WAV file has no place for ${track.encoding}`);
    }
    const writer = new WavWriter(await AtomicFile.create(path), encoding, track);
    await writer.file.write(writer.#header());
    return writer;
  }

  override async commit(): Promise<void> {
    // Without them a player still reads up to the end of the file.
    await this.#setSizes().catch(() => {});
    await super.commit();
  }

  protected override pieces(unit: AccessUnit): Uint8Array[] | undefined {
    if (unit.bytes === 0 || unit.damaged !== undefined) return undefined;
    const pieces = this.#bytesPerSample > 1 ? unit.data.map((d) => this.#swapped(d)) : unit.data;
    const silence = unit.lostBefore === undefined ? 0 : this.#missing(unit.timestamp);
    this.#next = (unit.timestamp + (unit.duration ?? 0)) >>> 0;
    return silence === 0 ? pieces : [this.#silence(silence), ...pieces];
  }

  get #bytesPerSample(): number {
    return this.#encoding.bits / BITS_PER_BYTE;
  }

  get #block(): number {
    return this.#bytesPerSample * this.#channels;
  }

  /** Samples that were lost before a timestamp. */
  #missing(timestamp: number): number {
    const missing = this.#next === undefined ? 0 : timestampDelta(timestamp, this.#next);
    return missing > 0 && missing <= MAX_SILENCE_S * this.#clockRate ? missing : 0;
  }

  #silence(samples: number): Uint8Array {
    return new Uint8Array(samples * this.#block).fill(this.#encoding.silence);
  }

  /** Network order made little-endian. */
  #swapped(bytes: Uint8Array): Uint8Array {
    const size = this.#bytesPerSample;
    const out = new Uint8Array(bytes.length);
    for (let at = 0; at < bytes.length; at++) {
      const inSample = at % size;
      out[at - inSample + size - 1 - inSample] = bytes[at]!;
    }
    return out;
  }

  #header(): Uint8Array {
    const header = new Uint8Array(HEADER_LENGTH);
    const view = new DataView(header.buffer);
    const name = (at: number, text: string): void => {
      for (let i = 0; i < text.length; i++) header[at + i] = text.charCodeAt(i);
    };
    name(0, "RIFF");
    view.setUint32(RIFF_SIZE_AT, UNKNOWN_SIZE, true);
    name(8, "WAVEfmt ");
    view.setUint32(16, 18, true);
    view.setUint16(20, this.#encoding.tag, true);
    view.setUint16(22, this.#channels, true);
    view.setUint32(24, this.#clockRate, true);
    view.setUint32(28, this.#clockRate * this.#block, true);
    view.setUint16(32, this.#block, true);
    view.setUint16(34, this.#encoding.bits, true);
    name(38, "fact");
    view.setUint32(42, 4, true);
    view.setUint32(FACT_AT, UNKNOWN_SIZE, true);
    name(50, "data");
    view.setUint32(DATA_SIZE_AT, UNKNOWN_SIZE, true);
    return header;
  }

  /** A file above 4 GiB keeps the sizes it began with. */
  async #setSizes(): Promise<void> {
    const { length } = this.file;
    if (length >= UNKNOWN_SIZE) return;
    const bytes = length - HEADER_LENGTH;
    await this.file.patch(RIFF_SIZE_AT, u32(length - 8));
    await this.file.patch(FACT_AT, u32(Math.floor(bytes / this.#block)));
    await this.file.patch(DATA_SIZE_AT, u32(bytes));
  }
}

/** 32 bits, little-endian. */
function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
