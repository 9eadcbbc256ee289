import type { AccessUnit } from "../codec/depacketizer.ts";

/** What a stream's units amount to. */
export class UnitTally {
  keyFrames = 0;
  /** Bytes of whole units. */
  bytes = 0;
  /** Whether units tell if they are key frames. */
  tellsKeyFrames = false;
  #lastKey: { number: number; time: number } | undefined;
  #frames = 0;
  #milliseconds = 0;

  /** Whole units from key frame to key frame, on average; undefined for fewer than two. */
  get keyFrameInterval(): { frames: number; seconds: number } | undefined {
    const intervals = this.keyFrames - 1;
    if (intervals < 1) return undefined;
    return { frames: this.#frames / intervals, seconds: this.#milliseconds / 1000 / intervals };
  }

  /** @param number of the unit in order of arrival, damaged ones counted */
  add({ keyFrame, bytes, arrivedAt }: AccessUnit, number: number): void {
    this.bytes += bytes;
    if (keyFrame === undefined) return;
    this.tellsKeyFrames = true;
    if (!keyFrame) return;
    this.keyFrames++;
    if (this.#lastKey !== undefined) {
      this.#frames += number - this.#lastKey.number;
      this.#milliseconds += arrivedAt - this.#lastKey.time;
    }
    this.#lastKey = { number, time: arrivedAt };
  }
}
