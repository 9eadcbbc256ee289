import type { AccessUnit, TrackDescription } from "../lib/codec/depacketizer.ts";
import { describedFormat } from "../lib/codec/format.ts";
import { payloadFormats } from "../lib/codec/registry.ts";
import { type NativeFileFormat, nativeFileFormat } from "../lib/media/native/choose.ts";
import type { StreamFacts } from "../lib/media/native/choose.ts";

/** A stream whose units are written. */
export interface UnitTrack extends TrackDescription {
  readonly name: string;
  readonly mediaType: string;
  /** What the stream itself tells. */
  readonly depacketizer?: StreamFacts | undefined;
}

/** One file while units of one or more tracks are written to it. */
export interface UnitFile {
  /** Units in it so far. */
  readonly units: number;
  /** Bytes written so far, about. */
  readonly bytes: number;
  /**
   * Appends a unit.
   * @param track which of the file's it belongs to, from 0
   * @param seconds when it is presented, from the file's beginning
   * @returns whether it is in the file
   * @throws {UnitRefusedError} (as a rejection) when the format cannot hold it
   */
  write(unit: AccessUnit, track: number, seconds: number): Promise<boolean>;
  /** Where tracks wait for each other: ends one, so that no other waits for it. */
  endTrack?(track: number): void;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** A file format for units: what is in streams that are no JPEG. */
export interface UnitFormat {
  /** As in `--format`. */
  readonly name: string;
  /** Of the files. */
  readonly extension: string;
  /** Whether a video and an audio track go into one file together. */
  readonly joins: boolean;
  /** Whether it holds streams of an encoding. */
  holds(encoding: string): boolean;
  create(path: string, tracks: readonly UnitTrack[]): Promise<UnitFile>;
}

/** What MP4 files hold here, by encoding. */
const MP4_CODECS: ReadonlyMap<string, "h264" | "h265" | "aac"> = new Map([
  ["H264", "h264"],
  ["H265", "h265"],
  ["MPEG4-GENERIC", "aac"],
  ["MP4A-LATM", "aac"],
]);

const MP4: UnitFormat = {
  name: "mp4",
  extension: "mp4",
  joins: true,
  holds: (encoding) => MP4_CODECS.has(encoding.toUpperCase()),
  create: async (path, tracks) => {
    // Loaded only here: it brings a library along.
    const { Mp4Writer } = await import("../lib/media/native/mp4_writer.ts");
    return await Mp4Writer.create(
      path,
      tracks.map((track) => ({
        codec: MP4_CODECS.get(track.encoding.toUpperCase())!,
        clockRate: track.clockRate,
        configuration: () => track.depacketizer?.configuration,
        // Parameter sets may be in the description only.
        format: () => ({ ...describedFormat(track), ...track.depacketizer?.seen }),
      })),
    );
  },
};

const NOTHING: StreamFacts = { configuration: undefined, seen: undefined };

function native({ extension }: NativeFileFormat): UnitFormat {
  const holds = (encoding: string): boolean => {
    return nativeFileFormat(encoding)?.extension === extension;
  };
  return {
    name: extension,
    extension,
    joins: false,
    holds,
    create: (path, [track]) => {
      const { encoding, depacketizer = NOTHING } = track!;
      return nativeFileFormat(encoding)!.create(path, track!, depacketizer);
    },
  };
}

/** All of them by name: the native one of each payload format, and MP4. */
const FORMATS: ReadonlyMap<string, UnitFormat> = new Map(
  [
    ...payloadFormats().flatMap(({ encoding }) => {
      const found = nativeFileFormat(encoding);
      return found === undefined ? [] : [native(found)];
    }),
    MP4,
  ].map((format) => [format.name, format]),
);

/** Names of the formats there are. */
export const UNIT_FORMAT_NAMES: readonly string[] = [...FORMATS.keys()];

/** A format by its name; undefined where there is none. */
export function unitFormat(name: string): UnitFormat | undefined {
  return FORMATS.get(name);
}

/** The format that is native to an encoding; undefined where there is none. */
export function nativeFormatOf(encoding: string): UnitFormat | undefined {
  const found = nativeFileFormat(encoding);
  return found === undefined ? undefined : FORMATS.get(found.extension);
}

/** Names of the formats that hold an encoding. */
export function formatsFor(encoding: string): string[] {
  return [...FORMATS.values()].filter((format) => format.holds(encoding)).map(({ name }) => name);
}
