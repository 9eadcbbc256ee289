import { inspectJpeg } from "../../../../lib/jpeg/inspect.ts";
import { Marker } from "../../../../lib/jpeg/markers.ts";
import { planTranscode } from "../../../../lib/jpeg/transcode.ts";
import { checkMedia, MediaCheck } from "../../../../lib/media/transcode/media_check.ts";
import { transcodeFrame } from "../../../../lib/media/transcode/transcode_frame.ts";
import * as golden from "../../../golden/jpeg_files.ts";
import { assertEquals } from "../../../support/assert.ts";
import { components, livelyBlock, sequentialFile } from "../../jpeg/coefficient_file.ts";
import { concat, segment } from "../../jpeg/pictures.ts";
import { fitFrame, ListSource, optimisedFrame } from "./fakes.ts";

const SIZE = { width: 50, height: 35 };
const FINE = Array.from({ length: 64 }, (_, k) => k + 1);
const COARSE = FINE.map((divisor) => divisor + 40);

function drawn(sampling: string, more: object = {}): Uint8Array<ArrayBuffer> {
  return sequentialFile({ ...SIZE, components: components(sampling, livelyBlock), ...more });
}

/** Cr has a table of its own, which is made the same as that of Cb just before the last scan. */
function tableChangedBetweenScans(): Uint8Array {
  const [y, cb, cr] = components("2x2,1x1,1x1", livelyBlock);
  const jpeg = sequentialFile({
    ...SIZE,
    components: [y!, cb!, { ...cr!, quantizationTable: 2 }],
    tables: [FINE, FINE, COARSE],
    scans: [[0], [1], [2]],
  });
  const lastScan = jpeg.findLastIndex((byte, at) => byte === Marker.SOS && jpeg[at - 1] === 0xff);
  const table = segment(Marker.DQT, 2, ...FINE);
  return concat(jpeg.subarray(0, lastScan - 1), table, jpeg.subarray(lastScan - 1));
}

/** One needs no work, the other cannot be had: there is no decoder for it. */
const { BASELINE, ARITHMETIC, ...RECODED } = golden;

/** Frames that are re-coded, each for another reason. */
const FRAMES: Readonly<Record<string, Uint8Array>> = {
  ...RECODED,
  "optimised": optimisedFrame(1),
  "4:4:4": drawn("1x1,1x1,1x1"),
  "4:2:2 in another layout": drawn("2x2,1x2,1x2"),
  "tables of 16 bits": drawn("2x2,1x1,1x1", { tables: [FINE, FINE], tableBits: 16 }),
  "a table changed between scans": tableChangedBetweenScans(),
};

Deno.test("what is told beforehand is what is done", async (t) => {
  for (const [name, frame] of Object.entries(FRAMES)) {
    await t.step(name, async () => {
      const { steps, lossless } = await transcodeFrame(frame, "rtp");
      const check = new MediaCheck();
      await check.add(frame, 1, 0);
      assertEquals(check.faults, []);
      const told = [...check.work.values()].map(({ steps, lossless }) => ({ steps, lossless }));
      assertEquals(told, [{ steps, lossless }]);
    });
  }
  // Its headers alone say more than has to be done, which is why the scans are read.
  const steps = planTranscode(inspectJpeg(tableChangedBetweenScans())).steps;
  assertEquals(steps, ["scans", "quantization-merged"]);
});

Deno.test("frames of several JPEGs are told apart from those with rubbish behind them", async () => {
  const rubbish = new TextEncoder().encode("padding of a camera");
  const frames = [
    fitFrame(1),
    concat(fitFrame(1), fitFrame(2)),
    concat(fitFrame(1), rubbish),
    concat(optimisedFrame(1), optimisedFrame(2), optimisedFrame(3)),
  ];
  const check = await checkMedia(new ListSource(frames));
  assertEquals([check.several.count, check.several.ranges], [2, [[2, 2], [4, 4]]]);
  assertEquals(check.asIs.ranges, [[1, 3]]);
  assertEquals(check.faults, []);
});

Deno.test("what nobody here can decode is told by its process", async () => {
  const check = await checkMedia(new ListSource([BASELINE, ARITHMETIC], 0));
  assertEquals(check.faults, [{
    frame: 2,
    position: 1,
    problem: "Cannot be decoded: arithmetic coding",
    recovered: false,
  }]);
});
