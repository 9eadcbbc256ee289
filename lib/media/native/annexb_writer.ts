import type { AccessUnit, DecoderConfiguration } from "../../codec/depacketizer.ts";
import { toByteStream } from "../../codec/nal/byte_stream.ts";
import { AtomicFile } from "../atomic_file.ts";
import { AppendingWriter } from "./native_writer.ts";

/** How an {@linkcode AnnexBWriter} writes. */
export interface AnnexBOptions {
  /** What the depacketizer knows by now: its `configuration`. */
  configuration: () => DecoderConfiguration | undefined;
  /** Leave out what comes before the first key frame; true unless said otherwise. */
  fromKeyFrame?: boolean;
}

/**
 * Writes H.264 or H.265 as a byte stream (Annex B of either). Key frames that bring no parameter sets
 * get those of the description before them, so that a player can begin at each.
 */
export class AnnexBWriter extends AppendingWriter {
  readonly #options: AnnexBOptions;
  #begun: boolean;

  private constructor(file: AtomicFile, options: AnnexBOptions) {
    super(file);
    this.#options = options;
    this.#begun = options.fromKeyFrame === false;
  }

  /** @param path the file's name once it is whole */
  static async create(path: string, options: AnnexBOptions): Promise<AnnexBWriter> {
    return new AnnexBWriter(await AtomicFile.create(path), options);
  }

  protected override pieces(unit: AccessUnit): Uint8Array[] | undefined {
    this.#begun ||= unit.keyFrame === true;
    if (!this.#begun || unit.bytes === 0) return undefined;
    return [...missingSets(unit, this.#options.configuration()), ...unit.data];
  }
}

/** Parameter sets as a byte stream, for a key frame that comes without. */
export function missingSets(
  unit: AccessUnit,
  configuration: DecoderConfiguration | undefined,
): Uint8Array[] {
  if (unit.keyFrame !== true || unit.parameterSets === true) return [];
  if (configuration?.codec !== "h264" && configuration?.codec !== "h265") return [];
  return toByteStream(configuration.parameterSets);
}
