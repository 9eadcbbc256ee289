import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import {
  type PictureNeeds,
  pictureNeeds,
  type Work,
  worstNeeds,
} from "../../../../lib/ui/dashboard/file_needs.ts";
import { assertEquals, assertThrows } from "../../../support/assert.ts";
import { clipFrames, progressiveFrame } from "../../../support/clips.ts";

Deno.test("what RFC 2435 carries needs nothing, what it does not is named", () => {
  const [plain] = clipFrames({ frames: 1, width: 128, height: 96 });
  assertEquals(pictureNeeds(plain!), {
    width: 128,
    height: 96,
    rtp: { work: "none", steps: [] },
    lab: "fits",
  });
  const { rtp } = pictureNeeds(progressiveFrame());
  assertEquals(rtp.work === "none", false);
  assertEquals(rtp.steps.length > 0, true);
});

Deno.test("frames are told from 20,469 and from 65,496 bytes on that lab clients get otherwise", () => {
  const [plain] = clipFrames({ frames: 1, width: 32, height: 16 });
  const ofLength = (length: number): string => {
    const padded = new Uint8Array(length);
    padded.set(plain!);
    return pictureNeeds(padded).lab;
  };
  assertEquals([20_468, 20_469, 65_495, 65_496].map(ofLength), [
    "fits",
    "over-classic",
    "over-classic",
    "shrunk",
  ]);
});

Deno.test("what is no picture is malformed", () => {
  assertThrows(() => pictureNeeds(new TextEncoder().encode("no picture")), MalformedError);
});

Deno.test("of several pictures the one that takes the most counts", () => {
  const needs = (work: Work, lab: PictureNeeds["lab"], ...steps: string[]): PictureNeeds => {
    return { width: 8, height: 8, rtp: { work, steps }, lab };
  };
  const all = [needs("none", "shrunk"), needs("lossy", "fits", "a", "b"), needs("none", "fits")];
  assertEquals(worstNeeds(all), needs("lossy", "shrunk", "a", "b"));
  assertEquals(worstNeeds([needs("pixels", "fits", "a")]), needs("pixels", "fits", "a"));
});
