import {
  checkFrameIndex,
  FrameDamagedError,
  SourceClosedError,
} from "../../../lib/stream/frame_source.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

Deno.test("frame indices are whole numbers from 0", () => {
  for (const index of [0, 1, 2 ** 40]) checkFrameIndex(index);
  for (const index of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => checkFrameIndex(index), RangeError, `not ${index}`);
  }
});

Deno.test("errors say where a frame is and what is wrong", () => {
  const error = new FrameDamagedError(7, 1234, "Only 5 of 60 bytes are left in the file");
  assertEquals(error.message, "Frame 7 at byte 1234: Only 5 of 60 bytes are left in the file");
  assertEquals([error.name, error.frame, error.position], ["FrameDamagedError", 7, 1234]);
  assertEquals(new SourceClosedError().name, "SourceClosedError");
});
