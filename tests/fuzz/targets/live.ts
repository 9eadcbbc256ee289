import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { JpegCutter } from "../../../lib/media/live/jpeg_cutter.ts";
import { boundaryOf, MultipartParser } from "../../../lib/media/live/multipart_parser.ts";
import { tinyJpegs } from "../../lib/media/frames.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { multipartFile } from "../../support/multipart_bytes.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { inPieces } from "../mutate.ts";
import { printable, type Target, valueOr } from "../target.ts";

const FRAMES = tinyJpegs(6);

/** The bodies of the parts, until the end or what is wrong. */
function partsOf(pieces: readonly Uint8Array[]): { bodies: Uint8Array[]; problem: string } {
  const parser = new MultipartParser("frame");
  const bodies: Uint8Array[] = [];
  for (const piece of pieces) {
    parser.push(piece);
    for (let outcome = parser.next(); outcome.kind !== "more"; outcome = parser.next()) {
      if (outcome.kind === "malformed") return { bodies, problem: outcome.error.problem };
      bodies.push(outcome.value.body);
    }
  }
  return { bodies, problem: "" };
}

function checkParts(bytes: Uint8Array, random: Seeded): void {
  const whole = partsOf([bytes]);
  const cut = partsOf(inPieces(bytes, random));
  const held = whole.bodies.reduce((sum, { length }) => sum + length, 0);
  assert(held <= bytes.length, "parts do not overlap");
  assertEquals(cut.bodies.length, whole.bodies.length, "however it is cut");
  cut.bodies.forEach((body, i) => assertEquals(body.length, whole.bodies[i]!.length));
  assertEquals(cut.problem === "", whole.problem === "");
}

function picturesOf(pieces: readonly Uint8Array[], total: number): Uint8Array[] {
  const cutter = new JpegCutter();
  const pictures: Uint8Array[] = [];
  let damages = 0;
  for (const piece of pieces) {
    cutter.push(piece);
    for (let outcome = cutter.next(); outcome.kind !== "more"; outcome = cutter.next()) {
      if (outcome.kind === "value") pictures.push(outcome.value);
      else assert(++damages <= total + 1, "it gets on");
    }
    assert(cutter.held <= total);
  }
  return pictures;
}

function checkCutter(bytes: Uint8Array, random: Seeded): void {
  const whole = picturesOf([bytes], bytes.length);
  const cut = picturesOf(inPieces(bytes, random), bytes.length);
  assertEquals(cut.map(({ length }) => length), whole.map(({ length }) => length));
  for (const picture of whole) {
    assertEquals([picture[0], picture[1]], [0xff, 0xd8]);
    assertEquals([picture.at(-2), picture.at(-1)], [0xff, 0xd9]);
  }
}

export const LIVE_TARGETS: readonly Target[] = [
  {
    name: "multipart-stream",
    seeds: [
      multipartFile(FRAMES),
      multipartFile(FRAMES, { lengths: false, lineEnd: "\n", after: "--frame--\r\n" }),
    ],
    check: checkParts,
  },
  {
    name: "jpeg-stream",
    seeds: [Uint8Array.from(FRAMES.flatMap((jpeg) => [...jpeg]))],
    check: checkCutter,
  },
  {
    name: "boundary",
    seeds: [
      ascii("multipart/x-mixed-replace; boundary=frame"),
      ascii('multipart/x-mixed-replace;boundary="--a b"; x=y'),
    ],
    check: valueOr([MalformedError], (bytes) => boundaryOf(printable(bytes)), (boundary) => {
      assert(boundary !== "" && boundary.length <= 70, boundary);
    }),
  },
];
