import type { Depacketizer, TrackDescription } from "../../codec/depacketizer.ts";
import { AdtsWriter } from "./adts_writer.ts";
import { AnnexBWriter } from "./annexb_writer.ts";
import type { NativeWriter } from "./native_writer.ts";
import { OggOpusWriter } from "./ogg_opus_writer.ts";
import { PlainWriter } from "./plain_writer.ts";
import { WavWriter } from "./wav_writer.ts";

/** What a file is told by the stream itself. */
export type StreamFacts = Pick<Depacketizer, "configuration" | "seen">;

/** The file format that is native to a payload format. */
export interface NativeFileFormat {
  /** Without the dot. */
  extension: string;
  /** In plain words. */
  name: string;
  /**
   * Begins a file.
   * @param stream the depacketizer whose units will be written
   */
  create(path: string, track: TrackDescription, stream: StreamFacts): Promise<NativeWriter>;
}

const LINE_BREAK = new TextEncoder().encode("\n");

const annexB = (extension: string, codec: string): NativeFileFormat => ({
  extension,
  name: `${codec} byte stream (Annex B)`,
  create: (path, _, stream) => {
    return AnnexBWriter.create(path, { configuration: () => stream.configuration });
  },
});
const adts: NativeFileFormat = {
  extension: "aac",
  name: "AAC with ADTS headers",
  create: (path, _, stream) => AdtsWriter.create(path, () => stream.configuration),
};
const wav: NativeFileFormat = {
  extension: "wav",
  name: "WAV",
  create: (path, track) => WavWriter.create(path, track),
};
const plain = (extension: string, name: string): NativeFileFormat => ({
  extension,
  name,
  create: (path) => PlainWriter.create(path),
});
const g726 = plain("g726", "G.726 codes as sent, little-endian");

const BY_ENCODING: ReadonlyMap<string, NativeFileFormat> = new Map([
  ["H264", annexB("h264", "H.264")],
  ["H265", annexB("h265", "H.265")],
  ["MPEG4-GENERIC", adts],
  ["MP4A-LATM", adts],
  ["PCMU", wav],
  ["PCMA", wav],
  ["L8", wav],
  ["L16", wav],
  ["L24", wav],
  ["G726-16", g726],
  ["G726-24", g726],
  ["G726-32", g726],
  ["G726-40", g726],
  ["MP2T", plain("ts", "MPEG transport stream")],
  ["OPUS", {
    extension: "opus",
    name: "Opus in Ogg",
    create: (path: string) => OggOpusWriter.create(path),
  }],
  ["MP4V-ES", {
    extension: "mpeg4",
    name: "MPEG-4 Visual",
    create: (path: string, _: TrackDescription, { configuration }: StreamFacts) => {
      const header = configuration?.codec === "mpeg4-video" ? configuration.header : undefined;
      return PlainWriter.create(path, header === undefined ? {} : { header });
    },
  }],
  ["VND.ONVIF.METADATA", {
    extension: "xml",
    name: "XML documents, one behind the other",
    create: (path: string) => PlainWriter.create(path, { separator: LINE_BREAK }),
  }],
]);

/** The native file format of an encoding name, in any case; undefined when there is none. */
export function nativeFileFormat(encoding: string): NativeFileFormat | undefined {
  return BY_ENCODING.get(encoding.toUpperCase());
}
