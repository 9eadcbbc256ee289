import type { Contradiction } from "../codec/format.ts";
import { contradictions, describedFormat } from "../codec/format.ts";
import { type Finding, finding } from "./finding.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { count, Examples } from "./words.ts";

/** Frames a second may be off by this much. */
const FRAME_RATE_TOLERANCE = 0.2;
const FEWER_FRAMES = "Compare with the camera's setting: in the dark many lower it (slow shutter)";
/** Of fewer frames, or in less time, a rate cannot be told. */
const LEAST_FRAMES = 20;
const LEAST_MEASURED_MS = 1500;
/** Of so many packets in a hundred of a foreign type the description is not to blame. */
const MOST_FOREIGN = 10;

/** Whether the stream is what the session description says. */
export class FormatRule implements StreamRule {
  #packets = 0;
  #foreign = new Examples();
  #foreignTypes = new Set<number>();
  #sizes = new Set<string>();
  #described: ReadonlyMap<number, unknown> | undefined;

  constructor(described: ReadonlyMap<number, unknown> | undefined) {
    this.#described = described;
  }

  packet({ packet, number, jpeg }: InspectedPacket): void {
    this.#packets++;
    const described = this.#described;
    if (described !== undefined && described.size > 0 && !described.has(packet.payloadType)) {
      this.#foreignTypes.add(packet.payloadType);
      this.#foreign.add(() => `packet ${number} has ${packet.payloadType}`);
    }
    if (jpeg !== undefined && jpeg.fragmentOffset === 0 && this.#sizes.size < 2) {
      this.#sizes.add(`${jpeg.width}x${jpeg.height}`);
    }
  }

  conclude(facts: StreamFacts): Finding[] {
    const { described, seen, format } = facts;
    if (described === undefined) return [];
    const found = seen === undefined ? [] : contradictions(describedFormat(format), seen);
    return [
      this.#payloadType(described.formats),
      this.#jpegSize(facts) ?? size(found),
      profile(found),
      frameRate(facts),
    ].filter((each) => each !== undefined);
  }

  #payloadType(formats: ReadonlyMap<number, unknown>): Finding | undefined {
    const foreign = this.#foreign.count;
    if (foreign === 0) return undefined;
    const types = [...this.#foreignTypes].join(", ");
    if (100 * foreign <= MOST_FOREIGN * this.#packets) {
      const message = `${count(foreign, "packet")} of payload type ${types} among those described`;
      return finding("payload-type-mixed", message, this.#foreign.text);
    }
    const message = `The description names payload type ${[...formats.keys()].join(", ")}, and ` +
      `packets have ${types}`;
    return finding("sdp-payload-type", message, this.#foreign.text);
  }

  #jpegSize({ described }: StreamFacts): Finding | undefined {
    const size = described?.size;
    const [came = "0x0", ...others] = this.#sizes;
    if (size === undefined || came.startsWith("0x") || others.length > 0) return undefined;
    // RFC 2435 has sizes in units of 8.
    const rounded = `${8 * Math.ceil(size.width / 8)}x${8 * Math.ceil(size.height / 8)}`;
    if (came === rounded) return undefined;
    return finding("sdp-size", ...told("size", `${size.width}x${size.height}`, came));
  }
}

function size(found: readonly Contradiction[]): Finding | undefined {
  const size = found.find(({ fact }) => fact === "size");
  return size && finding("sdp-size", ...told("size", size.described, size.seen));
}

function profile(found: readonly Contradiction[]): Finding | undefined {
  const others = found.filter(({ fact }) => fact !== "size" && fact !== "frame rate");
  if (others.length === 0) return undefined;
  const [first] = others;
  const [message] = told(first!.fact, first!.described, first!.seen);
  const evidence = others.map(({ fact, described, seen }) => `${fact} ${described}, but ${seen}`);
  // Encoders state a level that is enough; a lower one keeps nobody from decoding.
  const onlyLevel = others.every(({ fact }) => fact === "level");
  const parts = onlyLevel ? { level: "info" as const } : {};
  return finding("sdp-profile", message, evidence.join("; "), parts);
}

/** Frames a second as described, or as the stream itself says; undefined where nobody does. */
export function statedFrameRate(
  { described, format, seen }: Pick<StreamFacts, "described" | "format" | "seen">,
): number | undefined {
  return described?.frameRate ?? describedFormat(format).frameRate ?? seen?.frameRate;
}

function frameRate(facts: StreamFacts): Finding | undefined {
  const stated = statedFrameRate(facts);
  const { mediaFps, mediaFrames, frames, span } = facts.clock;
  if (stated === undefined || mediaFps === undefined) return undefined;
  if (mediaFrames < LEAST_FRAMES || span.milliseconds < LEAST_MEASURED_MS) return undefined;
  if (Math.abs(mediaFps / stated - 1) <= FRAME_RATE_TOLERANCE) return undefined;
  const evidence = `${count(frames, "frame")} in ${(span.milliseconds / 1000).toFixed(1)} s`;
  const came = mediaFps.toFixed(1);
  if (mediaFps > stated) {
    const message = `${came} frames a second come, more than the ${round(stated)} described`;
    return finding("sdp-frame-rate", message, evidence);
  }
  // What is stated is the most that comes (RFC 8866, section 6.13): cameras send fewer in the dark,
  // GStreamer states 100 for an AVI file of 50.
  const message = `${came} frames a second come, and up to ${round(stated)} are described`;
  return finding("sdp-frame-rate", message, evidence, { level: "info", advice: FEWER_FRAMES });
}

function told(fact: string, described: string, seen: string): [message: string, evidence: string] {
  return [
    `The description states ${fact} ${described}, and the stream has ${seen}`,
    `${fact} ${described} described, ${seen} in the stream`,
  ];
}

function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
