import { RTP_HEADER_LENGTH } from "../../rtp/header.ts";
import { ImpairedLink } from "../../stream/impaired_link.ts";
import {
  flipBit,
  type ImpairmentCounts,
  ImpairmentModel,
  type ImpairmentSettings,
  noCounts,
  type PacketFate,
} from "../../stream/impairment.ts";
import type { Clock, Timer } from "../clock.ts";

/** What a packet is; each kind has fates of its own. */
export type PacketKind = "rtp" | "rtcp";

/** Bytes that may be on their way at once; what comes on top is lost. */
export const MOST_BYTES_UNDER_WAY = 16 * 1024 * 1024;
/** How long a packet is held back at most for others to overtake it, in ms. */
export const LONGEST_HOLD_MS = 200;
/** Bytes at the start of an RTCP packet that are left alone: its header and its source's number. */
const RTCP_HEADER_LENGTH = 8;

/** What a line is made of. */
export interface ImpairedLineOptions {
  settings: ImpairmentSettings;
  /** Which of the lines under one seed it is: each has its own fate. */
  stream: number;
  clock: Clock;
  /** Takes what arrives. */
  deliver: (kind: PacketKind, bytes: Uint8Array) => void;
  /** Called once, when nothing is under way any more and nothing will be. */
  onClosed?: () => void;
}

interface Packet {
  readonly kind: PacketKind;
  readonly bytes: Uint8Array;
  readonly fate: PacketFate;
}

/** A packet that others are to overtake. */
interface HeldPacket extends Packet {
  left: number;
  overtaken: boolean;
  readonly until: number;
}

interface Traveller {
  readonly kind: PacketKind;
  readonly bytes: Uint8Array;
  readonly arrivesAt: number;
}

/**
 * A stretch of bad network that the packets of one stream go through: lost, late, overtaken, twice,
 * damaged, as its settings say. One timer serves all that is under way; what is to arrive at once
 * does so before {@linkcode push} returns.
 */
export class ImpairedLine {
  readonly counts: ImpairmentCounts = noCounts();
  readonly #models: Readonly<Record<PacketKind, ImpairmentModel>>;
  readonly #link: ImpairedLink;
  #underWay: Traveller[] = [];
  #bytesUnderWay = 0;
  #held: HeldPacket[] = [];
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #state: "open" | "finishing" | "closed" = "open";
  #hurried = false;

  constructor(readonly options: ImpairedLineOptions) {
    const { settings, stream } = options;
    this.#link = new ImpairedLink(settings);
    // RTCP goes by the clock and not by packets: what it meets must not change what RTP does.
    this.#models = {
      rtp: new ImpairmentModel(settings, 2 * stream),
      rtcp: new ImpairmentModel(settings, 2 * stream + 1),
    };
  }

  /** Sends a packet on its way. @param bytes the line's own from now on */
  push(kind: PacketKind, bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    const fate = this.#models[kind].next();
    const packet = { kind, bytes, fate };
    if (kind === "rtcp") this.#pushControl(packet);
    else this.#pushMedia(packet);
    this.#deliverDue();
  }

  /** No more comes; what is under way arrives in its time. */
  finish(): void {
    if (this.#state !== "open") return;
    this.#releaseHeld();
    this.#state = "finishing";
    this.#deliverDue();
  }

  /** From now on nothing is late: what is under way arrives at once, and so does what comes. */
  hurry(): void {
    if (this.#state === "closed") return;
    this.#hurried = true;
    this.#deliverDue();
  }

  /** No more comes, and what is under way arrives at once. */
  flush(): void {
    this.hurry();
    this.close();
  }

  /** Nothing arrives any more. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#timer?.cancel();
    this.#underWay = [];
    this.#held = [];
    this.options.onClosed?.();
  }

  #pushControl(packet: Packet): void {
    this.counts.controlPackets++;
    // A BYE would end the stream for its receiver before the last packets come.
    this.#releaseHeld();
    if (packet.fate.lost || !this.#send(packet, RTCP_HEADER_LENGTH)) this.counts.controlLost++;
  }

  #pushMedia(packet: Packet): void {
    this.counts.packets++;
    const { lost, overtakenBy } = packet.fate;
    if (lost) {
      this.counts.lost++;
      return;
    }
    if (overtakenBy > 0) {
      const until = this.options.clock.now() + LONGEST_HOLD_MS;
      this.#held.push({ ...packet, left: overtakenBy, overtaken: false, until });
      return;
    }
    if (this.#sendMedia(packet)) this.#overtake();
  }

  /** A packet has passed all that are held. */
  #overtake(): void {
    if (this.#held.length === 0) return;
    for (const held of this.#held) {
      held.left--;
      held.overtaken = true;
    }
    this.#release((held) => held.left === 0);
  }

  #releaseHeld(): void {
    this.#release(() => true);
  }

  #release(isDue: (held: HeldPacket) => boolean): void {
    if (this.#held.length === 0) return;
    const due = this.#held.filter(isDue);
    this.#held = this.#held.filter((held) => !due.includes(held));
    for (const held of due) {
      if (this.#sendMedia(held) && held.overtaken) this.counts.reordered++;
    }
  }

  #sendMedia(packet: Packet): boolean {
    const sent = this.#send(packet, RTP_HEADER_LENGTH);
    if (!sent) this.counts.overflowed++;
    return sent;
  }

  /** @returns whether it will arrive */
  #send({ kind, bytes, fate }: Packet, headerLength: number): boolean {
    const { flipAt, duplicated, jitterMs } = fate;
    const flipped = flipAt === undefined ? undefined : flipBit(bytes, headerLength, flipAt);
    const carried = flipped ?? bytes;
    const first = this.#carry(kind, carried, jitterMs);
    const second = duplicated && this.#carry(kind, carried, jitterMs);
    if (kind === "rtp" && first && second) this.counts.duplicated++;
    if (kind === "rtp" && flipped !== undefined && (first || second)) this.counts.corrupted++;
    return first || second;
  }

  #carry(kind: PacketKind, bytes: Uint8Array, jitterMs: number): boolean {
    if (this.#bytesUnderWay + bytes.length > MOST_BYTES_UNDER_WAY) return false;
    const arrivesAt = this.#link.take(this.options.clock.now(), bytes.length, jitterMs);
    if (arrivesAt === undefined) return false;
    this.#underWay.push({ kind, bytes, arrivesAt });
    this.#bytesUnderWay += bytes.length;
    return true;
  }

  /** Lets arrive what is due, and sees to the rest later. */
  #deliverDue(): void {
    const now = this.#hurried ? Infinity : this.options.clock.now();
    this.#release((held) => held.until <= now);
    const late = this.#underWay.findIndex(({ arrivesAt }) => arrivesAt > now);
    const count = late < 0 ? this.#underWay.length : late;
    for (const { kind, bytes } of this.#underWay.splice(0, count)) {
      if (this.#state === "closed") return;
      this.#bytesUnderWay -= bytes.length;
      this.options.deliver(kind, bytes);
    }
    if (this.#state === "finishing" && this.#underWay.length === 0) this.close();
    else this.#setTimer();
  }

  #setTimer(): void {
    if (this.#state === "closed") return;
    const next = Math.min(
      this.#underWay[0]?.arrivesAt ?? Infinity,
      // The first held has been held longest.
      this.#held[0]?.until ?? Infinity,
    );
    // Set for earlier, it looks again then.
    if (next >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = next;
    const { clock } = this.options;
    this.#timer = clock.setTimer(next - clock.now(), () => {
      this.#timerAt = Infinity;
      this.#timer = undefined;
      this.#deliverDue();
    });
  }
}
