import { MalformedError } from "../../bytes/malformed.ts";
import type {
  DecoderConfiguration,
  Depacketizer,
  EmitUnit,
  FrameType,
  SequencedPacket,
  StreamFormat,
} from "../depacketizer.ts";
import {
  GapMeter,
  MAX_UNIT_LENGTH,
  MAX_UNIT_PIECES,
  packets,
  UnitBuilder,
} from "../unit_builder.ts";
import { joined, START_CODE } from "./byte_stream.ts";
import type { NalFacts, NalFormat, NalPart } from "./nal_format.ts";

/** A NAL unit that comes in pieces. */
interface OpenFragment {
  pieces: Uint8Array[];
  bytes: number;
  parameterSet: boolean;
}

/** What is known of the picture under way. */
interface Picture {
  found: boolean;
  keyFrame: boolean;
  frameType: FrameType | undefined;
  parameterSets: Uint8Array[];
}

/** Of a picture's slices the one that depends on most says what the picture is. */
const DEPENDENCE: readonly FrameType[] = ["IDR", "I", "P", "B"];

/**
 * Puts pictures together from NAL units (RFC 6184 section 7, RFC 7798 section 6). A picture ends with
 * the marker or where the timestamp changes; NAL units that belong to no picture go with the next
 * one, whatever their timestamp: cameras give parameter sets a marker or a time of their own.
 */
export class NalDepacketizer implements Depacketizer {
  readonly #gaps = new GapMeter();
  #unit: UnitBuilder | undefined;
  #picture: Picture = noPicture();
  #fragment: OpenFragment | undefined;
  /** The timestamp of a picture that began before us. */
  #joining: number | undefined;

  constructor(readonly format: NalFormat, readonly emit: EmitUnit) {}

  get seen(): StreamFormat | undefined {
    return this.format.seen;
  }

  get configuration(): DecoderConfiguration | undefined {
    const { codec, parameterSets } = this.format;
    return parameterSets.length === 0 ? undefined : { codec, parameterSets };
  }

  push(incoming: SequencedPacket): void {
    const { packet, sequence } = incoming;
    const { lost, first } = this.#gaps.arrival(sequence);
    if (lost > 0) this.#miss(lost, sequence);
    if (this.#unit !== undefined && packet.timestamp !== this.#unit.timestamp) {
      if (!this.#picture.found && !this.#unit.damaged) {
        this.#unit.describe({ timestamp: packet.timestamp });
      } else this.#end();
    }
    if (packet.payload.length === 0) return;
    const parts = this.#read(packet.payload);
    if (this.#unit === undefined) {
      if (!this.#begin(incoming, parts, lost, first)) return;
    } else this.#unit.extend(incoming);
    if (parts instanceof MalformedError) {
      this.#fragment = undefined;
      this.#unit!.damage(`Packet ${sequence & 0xffff}: ${parts.message}`);
    } else for (const part of parts) this.#add(part);
    if (packet.marker && (this.#picture.found || this.#unit!.damaged)) this.#end();
  }

  discontinuity(): void {
    this.#gaps.reset();
    this.#forget();
    this.#joining = undefined;
  }

  flush(): void {
    if (this.#unit !== undefined && (this.#picture.found || this.#unit.damaged)) this.#end();
    this.#forget();
  }

  #read(payload: Uint8Array): NalPart[] | MalformedError {
    try {
      return this.format.parts(payload);
    } catch (error) {
      if (error instanceof MalformedError) return error;
      throw error;
    }
  }

  /** @returns whether a unit has begun */
  #begin(
    incoming: SequencedPacket,
    parts: NalPart[] | MalformedError,
    lost: number,
    first: boolean,
  ): boolean {
    const { timestamp } = incoming.packet;
    const begins = parts instanceof MalformedError || this.#begins(parts);
    if (first && !begins) this.#joining = timestamp;
    if (this.#joining !== undefined) {
      if (this.#joining === timestamp) return false;
      this.#joining = undefined;
    }
    this.#unit = new UnitBuilder("video", incoming, lost);
    if (lost > 0 && !begins) this.#unit.damage(`Its beginning is missing: ${packets(lost)} lost`);
    return true;
  }

  #begins(parts: NalPart[]): boolean {
    const part = parts[0]!;
    if (part.kind === "fragment" && !part.start) return false;
    return this.#factsOf(part).begins;
  }

  #factsOf(part: NalPart): NalFacts {
    if (part.kind === "fragment") return this.format.facts(part.header, part.body);
    const { headerLength } = this.format;
    return this.format.facts(part.nal.subarray(0, headerLength), part.nal.subarray(headerLength));
  }

  #miss(lost: number, before: number): void {
    this.#fragment = undefined;
    this.#unit?.damage(`${packets(lost)} lost before ${before & 0xffff}`);
  }

  #add(part: NalPart): void {
    if (part.kind === "whole") {
      this.#closeFragment();
      const facts = this.#factsOf(part);
      this.#note(facts);
      this.#append([part.nal], facts.parameterSet);
      return;
    }
    if (part.start) this.#openFragment(part);
    else this.#continueFragment(part.body);
    if (!part.end || this.#fragment === undefined) return;
    const { pieces, parameterSet } = this.#fragment;
    this.#fragment = undefined;
    this.#append(pieces, parameterSet);
  }

  #openFragment(part: NalPart & { kind: "fragment" }): void {
    this.#closeFragment();
    const facts = this.#factsOf(part);
    this.#note(facts);
    const { header, body } = part;
    this.#fragment = {
      pieces: [header, body],
      bytes: header.length + body.length,
      parameterSet: facts.parameterSet,
    };
  }

  #continueFragment(body: Uint8Array): void {
    const fragment = this.#fragment;
    if (fragment === undefined) {
      this.#picture.found = true;
      this.#unit!.damage("A fragment continues a NAL unit that has not begun");
      return;
    }
    fragment.pieces.push(body);
    fragment.bytes += body.length;
    if (fragment.bytes <= MAX_UNIT_LENGTH && fragment.pieces.length < MAX_UNIT_PIECES) return;
    this.#fragment = undefined;
    this.#unit!.damage(`A NAL unit is longer than ${MAX_UNIT_LENGTH} bytes`);
  }

  /** A fragmented NAL unit that another follows must have ended before. */
  #closeFragment(): void {
    if (this.#fragment === undefined) return;
    this.#fragment = undefined;
    this.#unit!.damage("A fragmented NAL unit has no last fragment");
  }

  #note({ picture, keyFrame, frameType }: NalFacts): void {
    if (!picture) return;
    const now = this.#picture;
    now.found = true;
    now.keyFrame ||= keyFrame;
    if (frameType === undefined) return;
    if (
      now.frameType === undefined ||
      DEPENDENCE.indexOf(frameType) > DEPENDENCE.indexOf(now.frameType)
    ) now.frameType = frameType;
  }

  #append(pieces: Uint8Array[], parameterSet: boolean): void {
    const unit = this.#unit!;
    if (parameterSet) {
      const nal = pieces.length === 1 ? pieces[0]! : joined(pieces);
      this.format.learn(nal);
      this.#picture.parameterSets.push(nal);
    }
    if (!unit.append(START_CODE)) return;
    for (const piece of pieces) if (!unit.append(piece)) return;
  }

  #end(): void {
    this.#closeFragment();
    const unit = this.#unit!;
    const { found, keyFrame, frameType, parameterSets } = this.#picture;
    if (found) unit.describe({ keyFrame });
    if (frameType !== undefined) unit.describe({ frameType });
    unit.describe({ parameterSets: this.format.complete(parameterSets) });
    this.#forget();
    unit.finish(this.emit);
  }

  #forget(): void {
    this.#unit = undefined;
    this.#fragment = undefined;
    this.#picture = noPicture();
  }
}

function noPicture(): Picture {
  return { found: false, keyFrame: false, frameType: undefined, parameterSets: [] };
}
