import type { AccessUnit } from "../../codec/depacketizer.ts";
import { AtomicFile } from "../atomic_file.ts";
import { AppendingWriter } from "./native_writer.ts";

/** What a {@linkcode PlainWriter} puts around units. */
export interface PlainOptions {
  /** Goes before the first unit, e.g. the header of MPEG-4 video. */
  header?: Uint8Array;
  /** Goes behind each unit, e.g. a line break. */
  separator?: Uint8Array;
}

/** Writes units one behind the other: transport streams, G.726, MPEG-4 video, XML documents. */
export class PlainWriter extends AppendingWriter {
  readonly #options: PlainOptions;

  private constructor(file: AtomicFile, options: PlainOptions) {
    super(file);
    this.#options = options;
  }

  /** @param path the file's name once it is whole */
  static async create(path: string, options: PlainOptions = {}): Promise<PlainWriter> {
    return new PlainWriter(await AtomicFile.create(path), options);
  }

  protected override pieces(unit: AccessUnit): Uint8Array[] | undefined {
    if (unit.bytes === 0 || unit.damaged !== undefined) return undefined;
    const { header, separator } = this.#options;
    return [
      ...(header !== undefined && this.units === 0 ? [header] : []),
      ...unit.data,
      ...(separator === undefined ? [] : [separator]),
    ];
  }
}
