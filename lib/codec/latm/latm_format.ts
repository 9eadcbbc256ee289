import { MalformedError, quote } from "../../bytes/malformed.ts";
import { addToTimestamp } from "../../rtp/timestamp.ts";
import { parseFmtpParameters } from "../../sdp/fmtp.ts";
import { configFromHex, formatOfConfig } from "../aac/audio_specific_config.ts";
import { BitReader } from "../bit_reader.ts";
import type {
  AccessUnit,
  DecoderConfiguration,
  EmitUnit,
  PayloadFacts,
  StreamFormat,
  TrackDescription,
} from "../depacketizer.ts";
import type { MarkerFormat } from "../marker_units.ts";
import { joined } from "../nal/byte_stream.ts";
import type { UnitBuilder } from "../unit_builder.ts";
import { readStreamMuxConfig, type StreamMuxConfig } from "./stream_mux_config.ts";

const ELEMENT = "AudioMuxElement";
const CONFIG = "StreamMuxConfig in config=";
const ESCAPE = 255;

/** AAC frames of AudioMuxElements (RFC 6416 section 6): `MP4A-LATM`. */
export class LatmFormat implements MarkerFormat {
  readonly kind = "audio";
  /** Whether elements bring the config with them; not when `cpresent=0`. */
  readonly #inBand: boolean;
  readonly #clockRate: number;
  #mux: StreamMuxConfig | undefined;
  /** Why frames cannot be read as long as no config has come. */
  #problem = "No StreamMuxConfig has come yet";
  #seen: StreamFormat | undefined;

  constructor({ fmtp = "", clockRate }: TrackDescription) {
    this.#inBand = parseFmtpParameters(fmtp).get("cpresent") !== "0";
    const described = describedMux(fmtp);
    if (described instanceof MalformedError) this.#problem = described.message;
    else this.#mux = described;
    this.#clockRate = clockRate;
  }

  get seen(): StreamFormat | undefined {
    return this.#seen;
  }

  get configuration(): DecoderConfiguration | undefined {
    if (this.#mux === undefined) return undefined;
    return { codec: "aac", audioSpecificConfig: this.#mux.audioSpecificConfig };
  }

  begins(): undefined {
    return undefined;
  }

  finish(unit: UnitBuilder, pieces: readonly Uint8Array[], emit: EmitUnit): void {
    const frames = unit.damaged ? undefined : this.#tryRead(unit, pieces);
    if (frames === undefined) unit.finish(emit);
    else unit.finish((whole) => this.#emitFrames(whole, frames, emit));
  }

  #tryRead(unit: UnitBuilder, pieces: readonly Uint8Array[]): Uint8Array[] | undefined {
    try {
      return this.#read(pieces.length === 1 ? pieces[0]! : joined(pieces));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      unit.damage(error.message);
      return undefined;
    }
  }

  #emitFrames(whole: AccessUnit, frames: Uint8Array[], emit: EmitUnit): void {
    const { config } = this.#mux!;
    const duration = config.frameLength * this.#clockRate / config.sampleRate;
    const { lostBefore, ...rest } = whole;
    for (const [i, frame] of frames.entries()) {
      emit({
        ...rest,
        data: [frame],
        bytes: frame.length,
        timestamp: addToTimestamp(whole.timestamp, Math.round(i * duration)),
        duration,
        ...(i === 0 && lostBefore !== undefined ? { lostBefore } : {}),
      });
    }
  }

  #read(element: Uint8Array): Uint8Array[] {
    const reader = new BitReader(element, ELEMENT);
    if (this.#inBand && !reader.flag()) {
      this.#mux = readStreamMuxConfig(reader);
      this.#seen = formatOfConfig(this.#mux.config);
    }
    const mux = this.#mux;
    if (mux === undefined) throw new MalformedError(ELEMENT, 0, this.#problem);
    const frames = Array.from({ length: mux.subFrames }, () => readFrame(reader));
    reader.skip(mux.otherDataBits);
    reader.align();
    if (reader.remaining === 0) return frames;
    throw reader.malformed(`${reader.remaining / 8} bytes follow the frames`);
  }
}

/** PayloadLengthInfo and PayloadMux (ISO/IEC 14496-3 tables 1.44 and 1.45). */
function readFrame(reader: BitReader): Uint8Array {
  let length = 0;
  for (let part = ESCAPE; part === ESCAPE; length += part) part = reader.u(8);
  return reader.take(length);
}

/** What the description tells: of `config=` the AudioSpecificConfig in it. */
export function describedLatm({ fmtp = "", clockRate }: TrackDescription): StreamFormat {
  const mux = describedMux(fmtp);
  if (mux === undefined || mux instanceof MalformedError) {
    return { codec: "AAC", sampleRate: clockRate };
  }
  return formatOfConfig(mux.config);
}

/** What one payload holds, as far as it tells without the packets around it. */
export function describeLatm(payload: Uint8Array): PayloadFacts {
  return { text: `LATM ${payload.length} bytes`, fields: { bytes: payload.length } };
}

/** What `config=` says: undefined where there is none, the error where it cannot be read. */
function describedMux(fmtp: string): StreamMuxConfig | MalformedError | undefined {
  const text = parseFmtpParameters(fmtp).get("config");
  if (text === undefined) return undefined;
  const bytes = configFromHex(text);
  if (bytes === undefined) {
    return new MalformedError(CONFIG, 0, `${quote(text)} is no hexadecimal of 1 to 256 bytes`);
  }
  try {
    return readStreamMuxConfig(new BitReader(bytes, CONFIG), true);
  } catch (error) {
    if (error instanceof MalformedError) return error;
    throw error;
  }
}
