import type { FrameType, StreamFormat } from "../depacketizer.ts";

/** What a payload holds: NAL units whole, or one piece of one. */
export type NalPart =
  | { kind: "whole"; nal: Uint8Array }
  | {
    kind: "fragment";
    /** Whether it is the first, the last. */
    start: boolean;
    end: boolean;
    /** The header the NAL unit has when it is whole. */
    header: Uint8Array;
    body: Uint8Array;
  };

/** What the beginning of a NAL unit tells. */
export interface NalFacts {
  /** Whether it holds (part of) the coded picture. */
  picture: boolean;
  /** Whether nothing of the same picture's coded data can have been before it. */
  begins: boolean;
  /** Whether decoding can begin with its picture. */
  keyFrame: boolean;
  frameType?: FrameType;
  /** Whether it is a sequence, picture or video parameter set. */
  parameterSet: boolean;
}

/** What differs between H.264 and H.265. One object serves one stream: it learns parameter sets. */
export interface NalFormat {
  readonly codec: "h264" | "h265";
  /** Bytes of a NAL unit's header. */
  readonly headerLength: number;
  /** @throws {MalformedError} when the payload breaks the payload format */
  parts(payload: Uint8Array): NalPart[];
  /**
   * @param header of the NAL unit
   * @param body what follows it, or the beginning of that
   */
  facts(header: Uint8Array, body: Uint8Array): NalFacts;
  /** Keeps a whole parameter set. */
  learn(nal: Uint8Array): void;
  /** Whether these NAL units hold one parameter set of each kind. */
  complete(parameterSets: readonly Uint8Array[]): boolean;
  /** Those kept, in the order a decoder needs them. */
  readonly parameterSets: readonly Uint8Array[];
  /** What the parameter sets tell. */
  readonly seen: StreamFormat | undefined;
}
