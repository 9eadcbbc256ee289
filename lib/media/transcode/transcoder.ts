import type { FrameAnswer } from "../../stream/frame_source.ts";
import type { Carrier } from "../../stream/media_provider.ts";

/** A frame made fit for a carrier. */
export interface TranscodedFrame {
  /** A JPEG file, in memory of its own. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** What was done to it, in a few words each. */
  readonly steps: readonly string[];
  /** Whether the picture is the same, sample by sample. */
  readonly lossless: boolean;
}

/** A frame to be made fit. */
export interface TranscodeRequest {
  /** The frame; asked when its turn comes, so that what waits takes no memory. */
  readonly load: () => FrameAnswer | Promise<FrameAnswer>;
  readonly carrier: Carrier;
  /** Whether somebody waits for it now; those go first. */
  readonly urgent: boolean;
}

/** A request under way. */
export interface TranscodeJob {
  /**
   * The frame; undefined when there was none to load.
   * @throws {MalformedError} (as a rejection) when it is damaged, naming the byte in it
   * @throws {TranscoderClosedError} (as a rejection) after {@linkcode Transcoder.close}
   * @throws what loading it threw
   */
  readonly result: Promise<TranscodedFrame | undefined>;
  /** Somebody waits for it now. */
  hurry(): void;
}

/** What makes frames fit, elsewhere than on the thread that sends. */
export interface Transcoder {
  /** Whether so much waits that nothing should be asked for ahead of its time. */
  readonly crowded: boolean;
  transcode(request: TranscodeRequest): TranscodeJob;
  /** Ends its threads; what is under way fails. */
  close(): void;
}

/** A transcoder was closed while something was asked of it. */
export class TranscoderClosedError extends Error {
  constructor() {
    super("The transcoder has been closed");
    this.name = "TranscoderClosedError";
  }
}
