import type { PacketizedFrame } from "../../jpeg/packetize.ts";
import type { ImpairmentCounts } from "../../stream/impairment.ts";
import { writeFrameHeader } from "../frame_headers.ts";
import type { Departure, FrameHeader, MediaPath } from "../paths/media_path.ts";
import type { ImpairedLine } from "./impaired_line.ts";
import type { Impairments } from "./impairments.ts";

/** What becomes of packets that are under way when a path is closed. */
export type Remains = "arrive in time" | "arrive at once" | "are gone";

/** A path that can be given single packets. */
export interface PacketPath extends MediaPath {
  readonly remains: Remains;
  /**
   * Sends an RTP packet.
   * @returns false when it was left out because the peer is behind
   */
  sendPacket(bytes: Uint8Array<ArrayBuffer>): boolean;
}

/** A path with a stretch of bad network before it. */
export class ImpairedPath implements MediaPath {
  readonly name: string;
  readonly gap = 0;
  readonly slow: string;
  readonly #line: ImpairedLine;

  constructor(readonly path: PacketPath, impairments: Impairments) {
    this.name = `${path.name}, impaired`;
    this.slow = path.slow;
    this.#line = impairments.line({
      deliver: (kind, bytes) => {
        const own = new Uint8Array(bytes);
        if (kind === "rtcp") path.sendControl(own);
        else if (!path.sendPacket(own)) this.#line.counts.overflowed++;
      },
      onClosed: () => path.close(),
    });
  }

  get impaired(): Readonly<ImpairmentCounts> {
    return this.#line.counts;
  }

  sendFrame(frame: PacketizedFrame, header: FrameHeader): Departure {
    for (let i = 0; i < frame.packetCount; i++) this.#line.push("rtp", packetOf(frame, header, i));
    return "leaving";
  }

  sendControl(bytes: Uint8Array<ArrayBuffer>): boolean {
    this.#line.push("rtcp", new Uint8Array(bytes));
    return false;
  }

  close(): void {
    const { remains } = this.path;
    if (remains === "arrive in time") this.#line.finish();
    else if (remains === "arrive at once") this.#line.flush();
    else this.#line.close();
  }
}

/** A packet of a frame, in memory of its own. */
function packetOf(
  frame: PacketizedFrame,
  header: FrameHeader,
  index: number,
): Uint8Array<ArrayBuffer> {
  const at = frame.offsets[index]!;
  const packet = new Uint8Array(frame.buffer.subarray(at, at + frame.lengths[index]!));
  writeFrameHeader(packet, 0, frame, header, index);
  return packet;
}
