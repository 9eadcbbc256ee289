import { MalformedError } from "../../bytes/malformed.ts";
import { fromHex } from "../../bytes/hex.ts";
import { BitReader } from "../bit_reader.ts";
import type { StreamFormat } from "../depacketizer.ts";

/** Audio object types with a meaning here (ISO/IEC 14496-3 table 1.17). */
export const AAC_LC = 2;
const SBR = 5;
const AAC_SCALABLE = 6;
const ER_AAC_LC = 17;
const ER_AAC_LTP = 19;
const ER_AAC_SCALABLE = 20;
const ER_BSAC = 22;
const ER_AAC_LD = 23;
const PS = 29;
const ESCAPE = 31;
const ELD = 39;

/** Most bytes of a config that is read; most have 2 to 7. */
export const MAX_CONFIG_LENGTH = 256;

/** Hz by sampling frequency index (table 1.18). */
export const SAMPLE_RATES: readonly number[] = [
  96_000,
  88_200,
  64_000,
  48_000,
  44_100,
  32_000,
  24_000,
  22_050,
  16_000,
  12_000,
  11_025,
  8000,
  7350,
];
const EXPLICIT_RATE = 15;
/** Channels by channel configuration (table 1.19); 0 where the stream itself tells. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 0, 8];
const SYNC_TYPE_BITS = 11;
const SYNC_EXTENSION_SBR = 0x2b7;
const SYNC_EXTENSION_PS = 0x548;
const FRAME_LENGTH = 1024;
const SHORT_FRAME_LENGTH = 960;
const ELEMENT = "AudioSpecificConfig";

const PROFILES: ReadonlyMap<number, string> = new Map([
  [1, "Main"],
  [AAC_LC, "LC"],
  [3, "SSR"],
  [4, "LTP"],
  [AAC_SCALABLE, "Scalable"],
  [ER_AAC_LC, "ER LC"],
  [ER_AAC_LTP, "ER LTP"],
  [ER_AAC_SCALABLE, "ER Scalable"],
  [ER_BSAC, "ER BSAC"],
  [ER_AAC_LD, "LD"],
  [ELD, "ELD"],
]);

/** Object types that have a GASpecificConfig. */
const GENERAL_AUDIO = new Set([1, AAC_LC, 3, 4, AAC_SCALABLE, 7, 17, 19, 20, 21, 22, ER_AAC_LD]);

/**
 * How AAC was coded (ISO/IEC 14496-3 section 1.6.2.1).
 *
 * ```text
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | object  | rate  | chan. |F|D|E|  F frameLengthFlag, D dependsOnCoreCoder, E extensionFlag
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface AudioSpecificConfig {
  /** Of the core, also where SBR or PS is on top of it. */
  objectType: number;
  /** Of the core, in Hz. */
  sampleRate: number;
  /** 0 … 15; 0 when a program config element in the stream tells. */
  channelConfiguration: number;
  /** Samples of a frame a channel, of the core. */
  frameLength: number;
  /** Said to be on top of the core. */
  sbr: boolean;
  ps: boolean;
  /** Hz, of what comes out with SBR. */
  extensionSampleRate?: number;
}

/**
 * Reads a config; bytes behind what is known are allowed.
 * @throws {MalformedError} when it ends too soon, is longer than 256 bytes or has no sampling rate
 */
export function parseAudioSpecificConfig(bytes: Uint8Array): AudioSpecificConfig {
  if (bytes.length > MAX_CONFIG_LENGTH) {
    throw new MalformedError(ELEMENT, MAX_CONFIG_LENGTH, `It has ${bytes.length} bytes`);
  }
  const reader = new BitReader(bytes, ELEMENT);
  const config = readAudioSpecificConfig(reader);
  readSyncExtension(reader, config);
  return config;
}

/** The same from `config=` of a description, in hexadecimal; undefined when it cannot be read. */
export function configFromHex(text = ""): Uint8Array | undefined {
  if (!/^(?:[0-9a-fA-F]{2}){1,256}$/.test(text)) return undefined;
  return fromHex(text);
}

/**
 * Reads a config up to the end of GASpecificConfig, leaving the reader there.
 * @throws {MalformedError} when it ends too soon or says what cannot be read
 */
export function readAudioSpecificConfig(reader: BitReader): AudioSpecificConfig {
  let objectType = readObjectType(reader);
  const sampleRate = readSampleRate(reader);
  const channelConfiguration = reader.u(4);
  const config: AudioSpecificConfig = {
    objectType,
    sampleRate,
    channelConfiguration,
    frameLength: FRAME_LENGTH,
    sbr: objectType === SBR || objectType === PS,
    ps: objectType === PS,
  };
  if (config.sbr) {
    config.extensionSampleRate = readSampleRate(reader);
    objectType = config.objectType = readObjectType(reader);
  }
  if (GENERAL_AUDIO.has(objectType)) config.frameLength = readGeneral(reader, config);
  return config;
}

/** What it says in terms for people. */
export function formatOfConfig(config: AudioSpecificConfig): StreamFormat {
  const { objectType, sampleRate, extensionSampleRate, channelConfiguration, sbr, ps } = config;
  const plain = PROFILES.get(objectType) ?? `object type ${objectType}`;
  const profile = ps ? "HE v2" : sbr ? "HE" : plain;
  const format: StreamFormat = {
    codec: "AAC",
    profile,
    sampleRate: extensionSampleRate ?? sampleRate,
  };
  const channels = ps ? 2 : CHANNELS[channelConfiguration] ?? 0;
  if (channels > 0) format.channels = channels;
  return format;
}

/**
 * A config for AAC-LC, for streams whose description has none.
 * @param sampleRate Hz
 * @param channels 1 … 8
 * @throws {RangeError} when the standard has no index for the rate or the channels
 */
export function makeAudioSpecificConfig(sampleRate: number, channels: number): Uint8Array {
  const rate = SAMPLE_RATES.indexOf(sampleRate);
  const configuration = CHANNELS.indexOf(channels);
  if (rate < 0) throw new RangeError(`AAC has no index for ${sampleRate} Hz`);
  if (configuration < 1) throw new RangeError(`AAC has no configuration for ${channels} channels`);
  const bits = (AAC_LC << 11) | (rate << 7) | (configuration << 3);
  return Uint8Array.of(bits >> 8, bits & 0xff);
}

function readObjectType(reader: BitReader): number {
  const type = reader.u(5);
  return type === ESCAPE ? ESCAPE + 1 + reader.u(6) : type;
}

function readSampleRate(reader: BitReader): number {
  const at = reader.position;
  const index = reader.u(4);
  const rate = index === EXPLICIT_RATE ? reader.u(24) : SAMPLE_RATES[index];
  if (rate === undefined || rate === 0) {
    throw reader.malformed(`Sampling frequency index ${index} has no rate`, at);
  }
  return rate;
}

/** GASpecificConfig (section 4.4.1). @returns samples of a frame */
function readGeneral(reader: BitReader, config: AudioSpecificConfig): number {
  const { objectType, channelConfiguration } = config;
  const short = reader.flag();
  if (reader.flag()) reader.skip(14); // coreCoderDelay
  const extension = reader.flag();
  // Everything behind it would be misread; only what is before it counts.
  if (channelConfiguration !== 0) {
    if (objectType === AAC_SCALABLE || objectType === ER_AAC_SCALABLE) reader.skip(3);
    if (extension) {
      if (objectType === ER_BSAC) reader.skip(16);
      if ([ER_AAC_LC, ER_AAC_LTP, ER_AAC_SCALABLE, ER_AAC_LD].includes(objectType)) reader.skip(3);
      reader.skip(1); // extensionFlag3
    }
  }
  const length = short ? SHORT_FRAME_LENGTH : FRAME_LENGTH;
  return objectType === ER_AAC_LD ? length / 2 : length;
}

/**
 * Reads SBR and PS announced behind a config that old decoders understand (section 1.6.5.1); the
 * reader stays where it is when nothing of that kind stands there.
 * @throws {MalformedError} when it ends too soon or says what cannot be read
 */
export function readSyncExtension(reader: BitReader, config: AudioSpecificConfig): void {
  if (config.sbr || config.channelConfiguration === 0 || reader.remaining < 16) return;
  if (reader.peek(SYNC_TYPE_BITS) !== SYNC_EXTENSION_SBR) return;
  reader.skip(SYNC_TYPE_BITS);
  if (readObjectType(reader) !== SBR) return;
  config.sbr = reader.remaining > 0 && reader.flag();
  if (!config.sbr) return;
  config.extensionSampleRate = readSampleRate(reader);
  if (reader.remaining <= SYNC_TYPE_BITS || reader.peek(SYNC_TYPE_BITS) !== SYNC_EXTENSION_PS) {
    return;
  }
  reader.skip(SYNC_TYPE_BITS);
  config.ps = reader.flag();
}
