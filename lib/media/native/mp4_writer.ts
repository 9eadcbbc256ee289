import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  StreamTarget,
} from "mediabunny";
import { formatOfConfig, parseAudioSpecificConfig } from "../../codec/aac/audio_specific_config.ts";
import type { AccessUnit, DecoderConfiguration, StreamFormat } from "../../codec/depacketizer.ts";
import { joined } from "../../codec/nal/byte_stream.ts";
import { TimestampExtender } from "../../rtp/timestamp.ts";
import { AtomicFile } from "../atomic_file.ts";
import { missingSets } from "./annexb_writer.ts";
import { codecString } from "./codec_string.ts";
import { UnitRefusedError } from "./native_writer.ts";

/** Least length of a fragment in seconds: what is lost at most when the program is killed. */
const FRAGMENT_S = 1;
/** Most bytes that may wait for a key frame, or for the other track, before a file is given up. */
export const MAX_WAITING = 256 * 1024 * 1024;

/** One track of an MP4 file. */
export interface Mp4Track {
  codec: "h264" | "h265" | "aac";
  /** Of the RTP timestamp, in Hz. */
  clockRate: number;
  /** What the depacketizer knows by now: its `configuration`. */
  configuration: () => DecoderConfiguration | undefined;
  /** What is known of the format by now; of video the size is needed. */
  format: () => StreamFormat | undefined;
}

type Source = EncodedVideoPacketSource | EncodedAudioPacketSource;

/** A track while it is written. */
interface OpenTrack extends Mp4Track {
  source: Source;
  clock: TimestampExtender;
  first: number | undefined;
  waiting: number;
  ended: boolean;
}

/**
 * Writes H.264, H.265 and AAC as a fragmented MP4 file, track by track in the order they are given
 * to `create`. Whatever is on disk plays up to its last whole fragment. A fragment begins with a key
 * frame, so a picture waits in memory for the next one.
 */
export class Mp4Writer {
  readonly #file: AtomicFile;
  readonly #output: Output;
  readonly #tracks: OpenTrack[];
  readonly #maxWaiting: number;
  #units = 0;
  #state: "open" | "ended" = "open";
  /** Why bytes could not be written, once that was so. */
  #failure: { error: unknown } | undefined;

  private constructor(file: AtomicFile, tracks: readonly Mp4Track[], maxWaiting: number) {
    this.#file = file;
    this.#maxWaiting = maxWaiting;
    const sink = new WritableStream<{ data: Uint8Array }>({
      write: ({ data }) => this.#flushed(data),
    });
    this.#output = new Output({
      format: new Mp4OutputFormat({
        fastStart: "fragmented",
        minimumFragmentDuration: FRAGMENT_S,
      }),
      target: new StreamTarget(sink as never),
    });
    this.#tracks = tracks.map((track) => this.#open(track));
  }

  /**
   * @param path the file's name once it is whole
   * @param tracks one or more
   * @param maxWaiting most bytes of a track that may wait in memory
   */
  static async create(
    path: string,
    tracks: readonly Mp4Track[],
    maxWaiting = MAX_WAITING,
  ): Promise<Mp4Writer> {
    const writer = new Mp4Writer(await AtomicFile.create(path), tracks, maxWaiting);
    await writer.#output.start();
    return writer;
  }

  /** Units in the file so far. */
  get units(): number {
    return this.#units;
  }

  /** Bytes written so far; what waits for the end of its fragment is not in it. */
  get bytes(): number {
    return this.#file.length;
  }

  /**
   * Ends a track before the file: no other waits for it any more, and of it no more is taken. One of
   * which nothing came is not in the file.
   */
  endTrack(track: number): void {
    this.#tracks[track]!.ended = true;
    this.#tracks[track]!.source.close();
  }

  /**
   * Appends a unit to a track.
   * @param seconds when it is presented, 0 or more; counted from the track's first unit when left out
   * @returns whether it is in the file; not so before the first key frame, or when it is damaged audio
   * @throws {UnitRefusedError} (as a rejection) when the format cannot hold it
   * @throws {Error} (as a rejection) when the disk is full and the like: then {@linkcode commit} keeps
   * the fragments that are whole
   */
  async write(unit: AccessUnit, track = 0, seconds?: number): Promise<boolean> {
    const open = this.#tracks[track]!;
    const video = open.codec !== "aac";
    const begun = open.first !== undefined;
    if (open.ended) return false;
    if (unit.bytes === 0 || (!video && unit.damaged !== undefined)) return false;
    if (video && !begun && unit.keyFrame !== true) return false;
    const meta = begun ? undefined : { decoderConfig: this.#decoderConfig(open) };
    const sets = missingSets(unit, open.configuration());
    // Made anew, as the library keeps it until its fragment is written.
    const data = joined([...sets, ...unit.data]);
    const ticks = open.clock.extend(unit.timestamp);
    open.first ??= ticks;
    const at = seconds ?? (ticks - open.first) / open.clockRate;
    const type = !video || unit.keyFrame === true ? "key" : "delta";
    const packet = new EncodedPacket(data, type, at, (unit.duration ?? 0) / open.clockRate);
    this.#wait(open, data.length);
    try {
      await open.source.add(packet, meta as never);
    } catch (error) {
      if (this.#failure !== undefined) throw this.#failure.error;
      throw new UnitRefusedError(error instanceof Error ? error.message : String(error));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#units++;
    return true;
  }

  async commit(): Promise<void> {
    if (this.#state !== "open") throw new Error("The file is ended");
    this.#state = "ended";
    try {
      await this.#output.finalize();
    } catch (error) {
      // Whole fragments play without those that there was no room for.
      if (this.#failure === undefined) await this.#file.abort();
      else await this.#file.commitWhole();
      throw this.#failure?.error ?? error;
    }
    await this.#file.commitWhole();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async abort(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "ended";
    await this.#output.cancel();
    await this.#file.abort();
  }

  #open(track: Mp4Track): OpenTrack {
    const clock = new TimestampExtender();
    const rest = { ...track, clock, first: undefined, waiting: 0, ended: false };
    if (track.codec === "aac") {
      const source = new EncodedAudioPacketSource("aac");
      this.#output.addAudioTrack(source);
      return { ...rest, source };
    }
    const source = new EncodedVideoPacketSource(track.codec === "h264" ? "avc" : "hevc");
    this.#output.addVideoTrack(source);
    return { ...rest, source };
  }

  #wait(track: OpenTrack, bytes: number): void {
    if (track.waiting + bytes > this.#maxWaiting) {
      throw new UnitRefusedError(`${track.waiting} bytes have come without an end of the fragment`);
    }
    track.waiting += bytes;
  }

  /** What comes at once is one or more whole boxes. */
  async #flushed(data: Uint8Array): Promise<void> {
    for (const track of this.#tracks) track.waiting = 0;
    try {
      // A fragment behind a hole would tell wrong times.
      if (this.#failure === undefined) await this.#file.write(data);
    } catch (error) {
      this.#failure = { error };
    }
  }

  #decoderConfig({ configuration, format }: OpenTrack): Record<string, unknown> {
    const known = configuration();
    if (known === undefined || known.codec === "mpeg4-video") {
      throw new UnitRefusedError("Nothing tells how the stream was coded");
    }
    const codec = codecString(known);
    if (known.codec === "aac") {
      const config = parseAudioSpecificConfig(known.audioSpecificConfig);
      const { channels = 2 } = formatOfConfig(config);
      const description = known.audioSpecificConfig;
      return { codec, sampleRate: config.sampleRate, numberOfChannels: channels, description };
    }
    const { width, height } = format() ?? {};
    if (width === undefined || height === undefined) {
      throw new UnitRefusedError("Nothing tells the size of the pictures");
    }
    // Without a description the library takes byte streams and reads the parameter sets in them.
    return { codec, codedWidth: width, codedHeight: height };
  }
}
