import type { AccessUnit } from "../../../lib/codec/depacketizer.ts";
import { type Repetition, RepetitionWatcher } from "../../../lib/inspect/repetition.ts";
import { assertEquals } from "../../support/assert.ts";

const VGA = { codec: "H.264", width: 640, height: 360 };
const FULL_HD = { codec: "H.264", width: 1920, height: 1080 };

/** A unit of so many bytes, all the same: `fill` tells it from others. */
function unit(bytes: number, fill: number, parts: Partial<AccessUnit> = {}): AccessUnit {
  return {
    ...{ kind: "video", data: [new Uint8Array(bytes).fill(fill)], bytes, timestamp: 0 },
    ...{ firstSequence: 1, lastSequence: 1, marker: true, arrivedAt: 0, keyFrame: false },
    ...parts,
  } as AccessUnit;
}

function told(units: AccessUnit[], seen = VGA, encoding = "H264"): Repetition[] {
  const watcher = new RepetitionWatcher(encoding);
  return units.map((each) => watcher.next(each, seen));
}

Deno.test("a unit that is sent again is the same, whatever its length", () => {
  const units = [unit(5000, 1), unit(5000, 1), unit(5000, 2), unit(5001, 2)];
  assertEquals(told(units), ["new", "equal", "new", "new"]);
  assertEquals(told(units, VGA, "VP8"), ["new", "equal", "new", "new"]);
});

Deno.test("a unit as short as x264 codes no change shows nothing new, and x265's, too", () => {
  // As measured: 24 and 79 bytes by x264, 54 and 128 by x265; 51 for a small square that moves.
  assertEquals(told([unit(900, 1), unit(24, 2), unit(51, 3)]), ["new", "unchanged", "new"]);
  assertEquals(told([unit(900, 1), unit(79, 2)], FULL_HD), ["new", "unchanged"]);
  assertEquals(told([unit(900, 1), unit(79, 2)]), ["new", "new"]);
  assertEquals(told([unit(900, 1), unit(54, 2)], VGA, "H265"), ["new", "unchanged"]);
  assertEquals(told([unit(900, 1), unit(128, 2)], FULL_HD, "H265"), ["new", "unchanged"]);
});

Deno.test("a key frame amid them shows the same while it is about as long as the one before", () => {
  const key = (bytes: number, fill: number): AccessUnit => unit(bytes, fill, { keyFrame: true });
  const units = [key(9000, 1), unit(24, 2), key(9100, 3), unit(23, 4), key(12_000, 5)];
  assertEquals(told(units), ["new", "unchanged", "unchanged", "unchanged", "new"]);
  assertEquals(told([key(9000, 1), unit(500, 2), key(9000, 3)]), ["new", "new", "new"]);
});

Deno.test("sound repeats itself and is no picture", () => {
  const sound: Partial<AccessUnit> = { kind: "audio" };
  assertEquals(told([unit(9, 1, sound), unit(9, 1, sound)], VGA, "PCMU"), ["new", "new"]);
});
