import type { AccessUnit } from "../codec/depacketizer.ts";
import { sameBytes } from "../jpeg/huffman.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import { type Finding, finding } from "./finding.ts";
import type { StreamFacts, StreamRule } from "./rule.ts";
import { count, Examples } from "./words.ts";

/** A picture that came this often and for this long is frozen. */
const FROZEN_FRAMES = 5;
const FROZEN_MS = 1000;

interface Run {
  first: number;
  frames: number;
  since: number;
  until: number;
}

/** Frames that are broken, and pictures that do not change. */
export class PictureRule implements StreamRule {
  #damages = new Examples();
  #before: Uint8Array | undefined;
  #run: Run = { first: 0, frames: 0, since: 0, until: 0 };
  #frozen: Run | undefined;

  frame({ jpeg, damage, firstSequence, arrivedAt }: ReceivedFrame, number: number): void {
    if (jpeg === undefined) {
      this.#damages.add(() => `frame ${number} (from sequence ${firstSequence}): ${damage}`);
      return;
    }
    if (this.#before === undefined || !sameBytes(this.#before, jpeg)) {
      this.#run = { first: number, frames: 0, since: arrivedAt, until: arrivedAt };
    }
    this.#before = jpeg;
    this.#run.frames++;
    this.#run.until = arrivedAt;
    if (isFrozen(this.#run) && this.#run.frames > (this.#frozen?.frames ?? 0)) {
      this.#frozen = this.#run;
    }
  }

  unit({ damaged, firstSequence }: AccessUnit, number: number): void {
    if (damaged === undefined) return;
    this.#damages.add(() => {
      return `frame ${number} (from sequence ${firstSequence & 0xffff}): ${damaged}`;
    });
  }

  conclude({ frames, damagedFrames }: StreamFacts): Finding[] {
    const findings: Finding[] = [];
    if (damagedFrames > 0) {
      const message = `${count(damagedFrames, "frame")} of ${
        frames + damagedFrames
      } cannot be shown`;
      findings.push(finding("frame-damaged", message, this.#damages.text));
    }
    if (this.#frozen !== undefined) findings.push(frozen(this.#frozen));
    return findings;
  }
}

function isFrozen({ frames, since, until }: Run): boolean {
  return frames >= FROZEN_FRAMES && until - since >= FROZEN_MS;
}

function frozen({ first, frames, since, until }: Run): Finding {
  const seconds = ((until - since) / 1000).toFixed(1);
  const message =
    `The same picture came ${frames} times in a row for ${seconds} s: it is frozen, ` +
    "or the server sends a stale one again and again";
  return finding(
    "picture-frozen",
    message,
    `frames ${first} to ${first + frames - 1} are equal byte for byte`,
  );
}
