import { equals } from "@std/bytes/equals";
import type { AccessUnit } from "../codec/depacketizer.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import { type Finding, finding } from "./finding.ts";
import type { Repetition } from "./repetition.ts";
import type { StreamFacts, StreamRule } from "./rule.ts";
import { count, Examples } from "./words.ts";

/** A picture that came this often and for this long is frozen. */
const FROZEN_FRAMES = 5;
const FROZEN_MS = 1000;

/** Pictures in a row that show the same. */
interface Run {
  first: number;
  frames: number;
  since: number;
  until: number;
  /** Whether they are equal byte for byte, and do not only say that nothing has changed. */
  equal: boolean;
}

const NO_RUN: Readonly<Run> = { first: 0, frames: 0, since: 0, until: 0, equal: true };

/** Frames that are broken, and pictures that do not change. */
export class PictureRule implements StreamRule {
  #damages = new Examples();
  #before: Uint8Array | undefined;
  #run: Run = { ...NO_RUN };
  #frozen: Run | undefined;

  frame({ jpeg, damage, firstSequence, arrivedAt }: ReceivedFrame, number: number): void {
    if (jpeg === undefined) {
      this.#damages.add(() => `frame ${number} (from sequence ${firstSequence}): ${damage}`);
      return;
    }
    const isNew = this.#before === undefined || !equals(this.#before, jpeg);
    this.#before = jpeg;
    this.#picture(number, arrivedAt, isNew ? "new" : "equal");
  }

  unit(unit: AccessUnit, number: number, repetition: Repetition): void {
    const { damaged, firstSequence, kind, arrivedAt } = unit;
    if (damaged === undefined) {
      if (kind === "video") this.#picture(number, arrivedAt, repetition);
      return;
    }
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

  #picture(number: number, arrivedAt: number, repetition: Repetition): void {
    if (repetition === "new") {
      this.#run = { ...NO_RUN, first: number, since: arrivedAt };
    }
    this.#run.frames++;
    this.#run.until = arrivedAt;
    if (repetition === "unchanged") this.#run.equal = false;
    if (isFrozen(this.#run) && this.#run.frames > (this.#frozen?.frames ?? 0)) {
      this.#frozen = this.#run;
    }
  }
}

function isFrozen({ frames, since, until }: Run): boolean {
  return frames >= FROZEN_FRAMES && until - since >= FROZEN_MS;
}

function frozen({ first, frames, since, until, equal }: Run): Finding {
  const seconds = ((until - since) / 1000).toFixed(1);
  const which = `frames ${first} to ${first + frames - 1}`;
  if (equal) {
    const message =
      `The same picture came ${frames} times in a row for ${seconds} s: it is frozen, ` +
      "or the server sends a stale one again and again";
    return finding("picture-frozen", message, `${which} are equal byte for byte`);
  }
  const message = `Nothing changed in the picture for ${seconds} s, ${frames} frames in a row: ` +
    "it is frozen, or shows what stands still";
  const evidence = `${which} are as short as those that code no change`;
  // A drawn picture may well stand still; a camera's noise never does.
  return finding("picture-frozen", message, evidence, { level: "info" });
}
