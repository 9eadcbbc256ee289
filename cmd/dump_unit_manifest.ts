import type { AccessUnit, FrameType } from "../lib/codec/depacketizer.ts";
import { AppendFile } from "../lib/media/append_file.ts";
import type { Fate } from "./dump_unit_keeper.ts";

/** What is told of one unit. */
export interface UnitRecord {
  track: string;
  /** Of the track, in order, from 1. */
  number: number;
  rtpTimestamp: number;
  /** Sequence numbers of its first and last packet as far as they came. */
  firstSequence: number;
  lastSequence: number;
  /** When its last packet came: seconds since the Unix epoch, with a fraction. */
  arrivalTime: number;
  /** As received; with start codes where the format has them. */
  bytes: number;
  keyFrame?: boolean;
  frameType?: FrameType;
  complete: boolean;
  /** What was missing or wrong; absent for a complete unit. */
  missing?: string;
  /** Whether it is in the file. */
  kept: boolean;
}

const MANIFEST_NAME = "units.jsonl";
const SEQUENCE_MASK = 0xffff;

export function recordOf(
  unit: AccessUnit,
  { track, number, fate }: { track: string; number: number; fate: Fate },
): UnitRecord {
  const { keyFrame, frameType, damaged } = unit;
  return {
    track,
    number,
    rtpTimestamp: unit.timestamp,
    firstSequence: unit.firstSequence & SEQUENCE_MASK,
    lastSequence: unit.lastSequence & SEQUENCE_MASK,
    arrivalTime: unit.arrivedAt / 1000,
    bytes: unit.bytes,
    ...(keyFrame === undefined ? {} : { keyFrame }),
    ...(frameType === undefined ? {} : { frameType }),
    complete: damaged === undefined,
    ...(damaged === undefined ? {} : { missing: damaged }),
    kept: fate === "kept",
  };
}

/**
 * Writes {@linkcode UnitRecord}s as JSON, one object a line: what is there is valid however the
 * program ends. The file is touched when the first record comes.
 */
export class UnitManifest {
  readonly #encoder = new TextEncoder();
  #file: AppendFile | undefined;

  /** @param folder must exist */
  constructor(readonly folder: string) {}

  async add(record: UnitRecord): Promise<void> {
    this.#file ??= new AppendFile(await Deno.create(`${this.folder}/${MANIFEST_NAME}`));
    await this.#file.append(this.#encoder.encode(JSON.stringify(record) + "\n"));
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
