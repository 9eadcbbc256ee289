import { isSdp } from "../../sdp/media_type.ts";
import type { ObservedMessage, ObservedRtcp } from "../../stream/observation.ts";
import type { ReceivedFrame } from "../../stream/received_frame.ts";
import { headerOf } from "../exchange.ts";
import type { InspectedPacket } from "../rule.ts";
import type { Conclusion } from "../session_inspector.ts";
import { Stillness } from "../stillness.ts";
import { StreamInspector } from "../stream_inspector.ts";
import { MessageLog } from "./message_log.ts";
import { PacketPicks } from "./packet_picks.ts";
import { PicturePicks } from "./picture_picks.ts";
import { Series } from "./series.ts";

/** What is kept of one stream while it is watched. */
export interface StreamRecord {
  inspector: StreamInspector;
  series: Series;
  stillness: Stillness;
  /** Units that showed something new, up to the last packet. */
  newFrames: number;
}

/** What a record keeps. */
export interface RecordOptions {
  /** Whether a few of the pictures are kept. */
  pictures?: boolean;
}

/**
 * Keeps of a session what a report shows and expectations are about: bounded, however long it lasts.
 * It is told what `SessionInspector` makes of everything.
 */
export class SessionRecord {
  readonly messages = new MessageLog();
  readonly packets = new PacketPicks();
  readonly pictures: PicturePicks | undefined;
  /** RTCP packets by type. */
  readonly rtcpCounts = new Map<string, number>();
  description: readonly string[] = [];
  conclusion: Conclusion | undefined;
  /** The session description as it came; undefined where none did. */
  sdp: string | undefined;
  readonly #streams = new Map<string, StreamRecord>();
  #playedAt: number | undefined;

  constructor({ pictures = false }: RecordOptions = {}) {
    this.pictures = pictures ? new PicturePicks() : undefined;
  }

  /** In order of their first packet. */
  get streams(): StreamRecord[] {
    return [...this.#streams.values()];
  }

  /** When PLAY was asked for first, in ms since the Unix epoch. */
  get playedAt(): number | undefined {
    return this.#playedAt;
  }

  message(message: ObservedMessage): void {
    this.messages.add(message);
    if (message.method === "PLAY") this.#playedAt ??= message.time;
    if (message.direction === "in" && isSdp(headerOf(message, "content-type"), message.body)) {
      this.sdp ??= message.body;
    }
  }

  packet(packet: InspectedPacket): void {
    this.packets.add(packet);
    const record = this.#recordOf(packet);
    if (record === undefined) return;
    const { inspector, series, stillness } = record;
    const { statistics: { lost }, frames, newFrames } = inspector;
    series.add(packet.time, packet.size, { lost, frames, jitterMs: packet.jitterMs });
    stillness.packet(packet.time);
    // Pictures of JPEG tell of themselves in `frame`, with their bytes.
    if (newFrames > record.newFrames) stillness.frame(packet.time);
    record.newFrames = newFrames;
  }

  rtcp({ packet: { type } }: ObservedRtcp): void {
    const name = String(type);
    this.rtcpCounts.set(name, (this.rtcpCounts.get(name) ?? 0) + 1);
  }

  /** @param stream the one it is of; the one that has pictures where undefined */
  frame(frame: ReceivedFrame, stream?: string): void {
    if (frame.jpeg === undefined) return;
    const own = stream === undefined ? this.#pictured : this.#streams.get(stream);
    own?.stillness.frame(frame.arrivedAt, frame.jpeg);
    this.pictures?.add(frame.jpeg, frame.arrivedAt);
  }

  /** The stream that has pictures of JPEG. */
  get #pictured(): StreamRecord | undefined {
    return this.streams.find(({ inspector }) => isJpeg(inspector));
  }

  #recordOf({ stream }: InspectedPacket): StreamRecord | undefined {
    const known = this.#streams.get(stream.name);
    if (known !== undefined || !(stream instanceof StreamInspector)) return known;
    const record = {
      ...{ inspector: stream, series: new Series(), stillness: new Stillness() },
      newFrames: 0,
    };
    this.#streams.set(stream.name, record);
    return record;
  }
}

/** Of course-lab servers nobody says what they send: it is JPEG. */
function isJpeg({ format: { encoding } }: StreamInspector): boolean {
  return /^(?:JPEG)?$/i.test(encoding);
}
