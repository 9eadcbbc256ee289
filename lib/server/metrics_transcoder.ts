import type { TranscodeJob, Transcoder, TranscodeRequest } from "../media/transcode/transcoder.ts";
import type { ServerMetrics } from "./metrics.ts";

/** A transcoder whose work is counted. */
export class CountingTranscoder implements Transcoder {
  constructor(readonly transcoder: Transcoder, readonly metrics: ServerMetrics) {}

  get crowded(): boolean {
    return this.transcoder.crowded;
  }

  transcode(request: TranscodeRequest): TranscodeJob {
    const job = this.transcoder.transcode(request);
    const { metrics } = this;
    job.result.then((frame) => {
      if (frame === undefined) return;
      metrics.framesTranscoded++;
      if (frame.lossless) metrics.framesTranscodedLossless++;
    }, () => {}); // whoever asked for it is told
    return job;
  }

  close(): void {
    this.transcoder.close();
  }
}
