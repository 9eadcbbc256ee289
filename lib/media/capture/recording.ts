import type { MalformedError } from "../../bytes/malformed.ts";
import { CaptureAnalyser } from "./capture_analyser.ts";
import type { RecordingReader } from "./captured_frame.ts";
import { isPcap, PcapReader } from "./pcap.ts";
import { isPcapng, PcapngReader } from "./pcapng_reader.ts";
import { isRtpdump, RtpdumpReader } from "./rtpdump.ts";
import type { CaptureWatcher } from "./session_watcher.ts";

/** Bytes from the beginning of a file by which a recording is told. */
export const RECORDING_SNIFF_BYTES = 16;

/** Formats of recordings. */
export type RecordingFormat = "pcap" | "pcapng" | "rtpdump";

/** Which format of recordings a file begins as; undefined for none. */
export function recordingFormat(head: Uint8Array): RecordingFormat | undefined {
  if (isPcapng(head)) return "pcapng";
  if (isPcap(head)) return "pcap";
  return isRtpdump(head) ? "rtpdump" : undefined;
}

/** A recording on its way through analysis, piece by piece. */
export class Recording {
  readonly analyser: CaptureAnalyser;
  readonly #take: (bytes: Uint8Array) => MalformedError | undefined;
  readonly #reader: RecordingReader<unknown>;
  #damage: MalformedError | undefined;

  constructor(readonly format: RecordingFormat, watcher: CaptureWatcher) {
    const analyser = this.analyser = new CaptureAnalyser(watcher);
    if (format === "rtpdump") {
      const reader = this.#reader = new RtpdumpReader();
      this.#take = (bytes) => takeAll(reader, bytes, (packet) => analyser.dumped(packet));
    } else {
      const reader = this.#reader = format === "pcap" ? new PcapReader() : new PcapngReader();
      this.#take = (bytes) => takeAll(reader, bytes, (frame) => analyser.frame(frame));
    }
  }

  /** Where the file is damaged: nothing behind can be read. */
  get damage(): MalformedError | undefined {
    return this.#damage;
  }

  /** Bytes of a packet that the file's end cuts. */
  get pending(): number {
    return this.#damage === undefined ? this.#reader.pending : 0;
  }

  /** Packets that the recording program says it did not keep up with. */
  get dropped(): number {
    return this.#reader.dropped;
  }

  /**
   * Takes the next piece of the file; it must not be written to again.
   * @returns false when there is no use in reading on
   */
  push(bytes: Uint8Array): boolean {
    this.#damage ??= this.#take(bytes);
    return this.#damage === undefined;
  }

  /** The file has ended. */
  finish(): void {
    this.analyser.finish();
  }
}

function takeAll<T>(
  reader: RecordingReader<T>,
  bytes: Uint8Array,
  take: (value: T) => void,
): MalformedError | undefined {
  reader.push(bytes);
  for (;;) {
    const outcome = reader.next();
    if (outcome.kind === "more") return undefined;
    if (outcome.kind === "malformed") return outcome.error;
    take(outcome.value);
  }
}
