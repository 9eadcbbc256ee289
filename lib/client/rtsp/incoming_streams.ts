import type { Clock } from "../../net/clock.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import type { MediaTrack } from "../media_session.ts";
import type { Observer } from "../observer.ts";
import type { RtspLink } from "./link.ts";
import { MediaIntake } from "./media_intake.ts";
import type { MediaTransport } from "./media_transport.ts";

/** What the streams need from outside. */
export interface IncomingOptions {
  clock: Clock;
  observer: Observer;
  /** Called when a source says that it has ended. */
  onGoodbye: () => void;
}

interface IncomingStream {
  readonly intake: MediaIntake;
  /** Another one after a fallback to TCP. */
  transport: MediaTransport;
}

/** How long a stream must be silent to have ended with one that said so, in ms. */
const ENDED_WITH_ANOTHER_MS = 1000;

/** The streams of a session on their way in, played and paused together. */
export class IncomingStreams {
  readonly #streams: [IncomingStream, ...IncomingStream[]];

  /** @param link whose streams they are; {@linkcode follow} begins to receive */
  constructor(link: RtspLink, options: IncomingOptions) {
    const several = link.streams.length > 1;
    const [main, ...others] = link.streams.map(({ track, transport, ssrc }) => {
      const stream = several ? track.name : undefined;
      return { intake: new MediaIntake(track, { ...options, ssrc, stream }), transport };
    });
    this.#streams = [main!, ...others];
  }

  /** Takes what a link's streams bring from now on, each by its name. */
  follow(link: RtspLink): void {
    for (const stream of this.#streams) {
      const linked = link.streams.find(({ track }) => track.name === stream.intake.track.name);
      if (linked === undefined) continue;
      stream.transport = linked.transport;
      linked.feed.lead(stream.intake);
    }
  }

  /** What comes of the stream that matters most. */
  get main(): MediaIntake {
    return this.#streams[0].intake;
  }

  get tracks(): MediaTrack[] {
    return this.#streams.map(({ intake, transport }) => ({
      name: intake.track.name,
      mediaType: intake.track.media.type,
      ...intake.track.format,
      statistics: intake.receiver.statistics,
      hostDrops: transport.hostDrops,
      depacketizer: intake.units,
    }));
  }

  /** Of all streams. */
  get packets(): number {
    return this.#streams.reduce((sum, { intake }) => sum + intake.receiver.statistics.packets, 0);
  }

  /** When the last packet of any came, or when the first could have, in ms on the clock. */
  get lastPacketAt(): number {
    return Math.max(...this.#streams.map(({ intake }) => intake.lastPacketAt));
  }

  /**
   * Whether the sources have said goodbye: all of them, or one, and the others are silent since a
   * second.
   */
  hasSaidGoodbye(now: number): boolean {
    const active = this.#streams.filter(({ intake }) => {
      return intake.saidGoodbye || intake.receiver.statistics.packets > 0;
    });
    return active.some(({ intake }) => intake.saidGoodbye) && active.every(({ intake }) => {
      return intake.saidGoodbye || now - intake.lastPacketAt >= ENDED_WITH_ANOTHER_MS;
    });
  }

  /** Opens the ways in, and lets packets count from now on. @param start in seconds */
  begin(start: number | undefined): void {
    for (const { intake, transport } of this.#streams) {
      transport.punch();
      // Packets may come before the reply: they count as soon as PLAY is on its way.
      intake.begin(start);
    }
  }

  /** Notes the reply to PLAY. */
  accepted(reply: RtspResponse, now: number): void {
    for (const { intake } of this.#streams) {
      intake.progress.accepted(reply);
      // Servers take their time to seek: what is waited for begins with the reply.
      intake.lastPacketAt = now;
    }
  }

  pause(): void {
    for (const { intake } of this.#streams) intake.pause();
  }

  end(): void {
    for (const { intake } of this.#streams) intake.end();
  }

  /** Gives up what has been waited for long enough, and sends the reports that are due. */
  attend(now: number): void {
    for (const { intake, transport } of this.#streams) {
      intake.receiver.expire();
      const report = intake.reports.due(now);
      if (report !== undefined) transport.sendControl(report);
    }
  }

  /** Says that we leave. */
  sendGoodbye(now: number): void {
    for (const { intake, transport } of this.#streams) {
      const bye = intake.reports.bye(now);
      if (bye !== undefined) transport.sendControl(bye);
    }
  }
}
