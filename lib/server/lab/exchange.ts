import type { LabReply } from "../../rtsp/lab/reply.ts";
import type { LabRequest } from "../../rtsp/lab/request.ts";
import type { Conversation } from "./conversation.ts";

/** What a lab method answers: a status, and what belongs behind the three fixed lines. */
export interface LabAnswer {
  status: number;
  /** Lines behind Session and Frames. */
  lines?: string[];
  /** Whether this reply's fourth line must be something else than `Frames:`. */
  withoutFrames?: boolean;
  /** Whether {@linkcode lines} follow CSeq at once. */
  withoutSession?: boolean;
  /** Done when the reply is on its way: a stream starts after the word that it does. */
  afterReply?: () => void;
}

/** One file per method exports one of these. */
export type LabHandler = (
  conversation: Conversation,
  request: LabRequest,
) => LabAnswer | Promise<LabAnswer>;

export type { LabReply };
