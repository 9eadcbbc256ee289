import { parseAudioSpecificConfig, SAMPLE_RATES } from "../../codec/aac/audio_specific_config.ts";
import type { AccessUnit, DecoderConfiguration } from "../../codec/depacketizer.ts";
import { AtomicFile } from "../atomic_file.ts";
import { AppendingWriter, UnitRefusedError } from "./native_writer.ts";

/** Bytes of an ADTS header without CRC. */
export const ADTS_HEADER_LENGTH = 7;
/** Most bytes of a frame with its header: the length has 13 bits. */
export const MAX_ADTS_FRAME = 0x1fff;

const MAX_OBJECT_TYPE = 4;
const MAX_CHANNEL_CONFIGURATION = 7;
const FRAME_LENGTH = 1024;

/** Writes AAC frames with an ADTS header each, which every player takes. */
export class AdtsWriter extends AppendingWriter {
  readonly #configuration: () => DecoderConfiguration | undefined;

  private constructor(file: AtomicFile, configuration: () => DecoderConfiguration | undefined) {
    super(file);
    this.#configuration = configuration;
  }

  /**
   * @param path the file's name once it is whole
   * @param configuration what the depacketizer knows by now: its `configuration`
   */
  static async create(
    path: string,
    configuration: () => DecoderConfiguration | undefined,
  ): Promise<AdtsWriter> {
    return new AdtsWriter(await AtomicFile.create(path), configuration);
  }

  protected override pieces(unit: AccessUnit): Uint8Array[] | undefined {
    if (unit.bytes === 0 || unit.damaged !== undefined) return undefined;
    const configuration = this.#configuration();
    if (configuration?.codec !== "aac") {
      throw new UnitRefusedError("Nothing tells how the AAC was coded");
    }
    return [adtsHeader(configuration.audioSpecificConfig, unit.bytes), ...unit.data];
  }
}

/**
 * The header of one frame (ISO/IEC 14496-3 section 1.A.2.2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   syncword 0xfff      |0|0 0|1|pro|  rate |0|chan.|0|0|0|0|    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  frame length (13)  |  buffer fullness 0x7ff |0 0|
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 * @throws {UnitRefusedError} when ADTS has no place for the config or the length
 */
export function adtsHeader(audioSpecificConfig: Uint8Array, bytes: number): Uint8Array {
  const config = parseAudioSpecificConfig(audioSpecificConfig);
  const { objectType, channelConfiguration: channels, sampleRate, frameLength } = config;
  const rate = SAMPLE_RATES.indexOf(sampleRate);
  const length = bytes + ADTS_HEADER_LENGTH;
  if (objectType < 1 || objectType > MAX_OBJECT_TYPE) {
    throw new UnitRefusedError(`ADTS has no place for AAC of object type ${objectType}`);
  }
  if (rate < 0) throw new UnitRefusedError(`ADTS has no index for ${sampleRate} Hz`);
  if (channels < 1 || channels > MAX_CHANNEL_CONFIGURATION) {
    throw new UnitRefusedError(`ADTS has no place for channel configuration ${channels}`);
  }
  if (frameLength !== FRAME_LENGTH) {
    throw new UnitRefusedError(`ADTS has no place for frames of ${frameLength} samples`);
  }
  if (length > MAX_ADTS_FRAME) {
    throw new UnitRefusedError(`The frame has ${bytes} bytes, ADTS holds no more than 8184`);
  }
  return Uint8Array.of(
    0xff,
    0xf1,
    ((objectType - 1) << 6) | (rate << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  );
}
