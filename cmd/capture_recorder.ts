import type { Observer } from "../lib/client/observer.ts";
import type { PacketRecorder } from "../lib/media/capture/packet_recorder.ts";
import { PcapngRecorder } from "../lib/media/capture/pcapng_recorder.ts";
import { RtpdumpRecorder } from "../lib/media/capture/rtpdump_recorder.ts";
import { reasonOf } from "../lib/net/errors.ts";
import type { PacketPlace } from "../lib/stream/receive_statistics.ts";
import type { CommandContext } from "./command.ts";
import { LocalError } from "./exit_status.ts";

/** Formats of recordings that can be written. */
export const RECORDERS = { pcapng: PcapngRecorder, rtpdump: RtpdumpRecorder } as const;

/** What a packet's remark says of its place among the others, where that is worth a word. */
const PLACES: Partial<Record<PacketPlace, string>> = {
  gap: "sequence-gap: packets before this one have not come (yet)",
  reordered: "sequence-reordered: this packet came after later ones",
  duplicate: "sequence-duplicate: this packet had come before",
  jump: "the sequence number jumps here",
};

/** A recording of what a command sees on the network, from its first packet to its last. */
export class CaptureRecorder {
  private constructor(
    readonly flag: string,
    readonly path: string,
    readonly recorder: PacketRecorder,
  ) {}

  /**
   * @param flag the one by which the file was named, for errors
   * @throws {LocalError} when the file cannot be made
   */
  static async create(
    format: keyof typeof RECORDERS,
    flag: string,
    path: string,
  ): Promise<CaptureRecorder> {
    try {
      return new CaptureRecorder(flag, path, await RECORDERS[format].create(path));
    } catch (error) {
      throw new LocalError(`${flag} ${path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** An observer that records, and then hands on to another. */
  observer(next: Observer = {}): Observer {
    const { recorder } = this;
    return {
      ...next,
      datagram: (datagram) => {
        recorder.datagram(datagram);
        next.datagram?.(datagram);
      },
      chunk: (chunk) => {
        recorder.chunk(chunk);
        next.chunk?.(chunk);
      },
      packet: (packet) => {
        const remark = PLACES[packet.counted.place];
        if (remark !== undefined) recorder.remark(`rtspkit: ${remark}`);
        next.packet?.(packet);
      },
      frame: (frame, stream) => {
        const { damage, firstSequence: first, lastSequence: last } = frame;
        if (damage !== undefined) {
          recorder.remark(`rtspkit: frame-damaged: packets ${first} to ${last}: ${damage}`);
        }
        next.frame?.(frame, stream);
      },
      stray: (stray) => {
        recorder.remark(`rtspkit: stray-datagram: ${stray.problem}`);
        next.stray?.(stray);
      },
      ...noting(recorder, next),
    };
  }

  /**
   * Ends the file, whatever has happened before: what is in it is complete.
   * @throws {LocalError} when it could not be written
   */
  async close(context: Pick<CommandContext, "talk">): Promise<void> {
    const { flag, path, recorder } = this;
    try {
      await recorder.close();
    } catch (error) {
      const kept = "what was written before is kept, as a whole";
      throw new LocalError(`${flag} ${path}: ${reasonOf(error)} (${kept})`, { cause: error });
    }
    if (recorder.leftOut === 0) return;
    context.talk(`${flag} ${path}: ${recorder.leftOut} packet(s) left out, the disk is too slow`);
  }
}

/** Only for who takes notes: whoever does not has them told otherwise. */
function noting(recorder: PacketRecorder, { note }: Observer): Pick<Observer, "note"> {
  if (note === undefined) return {};
  return {
    note: (noted) => {
      recorder.remark(`rtspkit: ${noted.code}: ${noted.message}`);
      note(noted);
    },
  };
}
