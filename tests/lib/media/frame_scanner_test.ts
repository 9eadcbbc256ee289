import {
  FIRST_FRAME_WITHIN,
  FrameFindings,
  MAX_FAULTS_IN_A_ROW,
  MAX_FAULTS_KEPT,
  MAX_FRAMES,
  MIN_BYTES_A_FRAME,
} from "../../../lib/media/frame_scanner.ts";
import { FrameIndex } from "../../../lib/media/frame_index.ts";
import { MAX_JPEG_BYTES } from "../../../lib/media/jpeg_end.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("an index grows and keeps positions past 4 GiB", () => {
  const index = new FrameIndex();
  for (let i = 0; i < 10_000; i++) index.push(i * 1_000_003, i);
  assertEquals(index.count, 10_000);
  for (const i of [0, 255, 256, 257, 9_999]) {
    assertEquals([index.position(i), index.length(i)], [i * 1_000_003, i]);
  }
});

Deno.test("frames are numbered with the damaged ones", () => {
  const findings = new FrameFindings();
  findings.accept(5, 10);
  findings.reject(15, "No");
  findings.note(20, "Hm");
  findings.recover(30, "Well", { position: 35, length: 5 });
  findings.reject(40, "No");
  assertEquals(findings.faults.map(({ frame, recovered }) => [frame, recovered]), [
    [2, false],
    [3, true],
    [3, true],
    [4, false],
  ]);
  assertEquals(findings.index.count, 2);
});

Deno.test("faults are kept up to a ceiling", () => {
  const findings = new FrameFindings();
  for (let i = 0; i < MAX_FAULTS_KEPT + 1; i++) findings.note(i, "Hm");
  assertEquals(findings.faults.length, MAX_FAULTS_KEPT);
  assertEquals(findings.faults.at(-1)?.position, MAX_FAULTS_KEPT - 1);
});

Deno.test("a file is given up after so many damaged frames in a row, not in all", () => {
  const findings = new FrameFindings();
  findings.accept(5, 10);
  for (let i = 1; i < MAX_FAULTS_IN_A_ROW; i++) findings.reject(i, "No");
  assertEquals(findings.hopeless(0), false);
  findings.accept(5, 10);
  for (let i = 1; i < MAX_FAULTS_IN_A_ROW; i++) findings.reject(i, "No");
  assertEquals(findings.hopeless(0), false);
  findings.reject(0, "No");
  assertEquals(findings.hopeless(0), true);
});

Deno.test("a file is given up when no frame begins early enough", () => {
  const findings = new FrameFindings();
  assertEquals(findings.hopeless(FIRST_FRAME_WITHIN), false);
  assertEquals(findings.hopeless(FIRST_FRAME_WITHIN + 1), true);
  findings.accept(5, 10);
  assertEquals(findings.hopeless(FIRST_FRAME_WITHIN + 1), false);
});

Deno.test("an index of the file places frames, told apart from what cannot be", () => {
  const findings = new FrameFindings();
  findings.place(10, 0, 100);
  findings.place(10, 90, 100);
  findings.place(11, 90, 100);
  findings.place(200, 90, 100);
  findings.place(0, MAX_JPEG_BYTES, 2 ** 32);
  findings.place(0, MAX_JPEG_BYTES + 1, 2 ** 32);
  findings.place(50, 0, 100);
  const { index } = findings;
  assertEquals(
    Array.from({ length: index.count }, (_, i) => [index.position(i), index.length(i)]),
    [
      [10, 90],
      [0, MAX_JPEG_BYTES],
      [0, MAX_JPEG_BYTES],
    ],
  );
  assertEquals(findings.faults.map(({ frame, position, problem }) => [frame, position, problem]), [
    [1, 10, "An empty frame repeats the one before, and there is none"],
    [3, 11, "The frame has 90 bytes, only 89 are left in the file"],
    [4, 200, "The frame has 90 bytes, only 0 are left in the file"],
    [6, 0, `The frame has ${MAX_JPEG_BYTES + 1} bytes, more than ${MAX_JPEG_BYTES}`],
  ]);
});

Deno.test("a file has no more frames than an index may hold", () => {
  const findings = new FrameFindings(3);
  for (let i = 0; i < 2; i++) findings.accept(i, 10);
  assertEquals([findings.exhausted, findings.hopeless(0)], [false, false]);
  findings.accept(2, 10);
  assertEquals([findings.exhausted, findings.hopeless(0)], [true, true]);
  const most = new FrameFindings();
  const size = MIN_BYTES_A_FRAME * MAX_FRAMES;
  for (let i = 0; i < MAX_FRAMES; i++) most.place(8, i === 0 ? 10 : 0, size);
  assertEquals([most.exhausted, most.index.count], [true, MAX_FRAMES]);
});

Deno.test("a frame that an index places before the beginning of the file is rejected", () => {
  const findings = new FrameFindings();
  findings.place(-1, 10, 100);
  findings.place(-1, 0, 100);
  assertEquals(findings.index.count, 0);
  const problem = "An index places the frame at -1, before the beginning of the file";
  assertEquals(findings.faults, [
    { frame: 1, position: 0, problem, recovered: false },
    { frame: 2, position: 0, problem, recovered: false },
  ]);
});

Deno.test("an index that states more frames than the file has room for ends there", () => {
  const findings = new FrameFindings();
  const size = 10 * MIN_BYTES_A_FRAME;
  for (let i = 0; i <= 10; i++) findings.place(2, i === 0 ? 10 : 0, size);
  assertEquals([findings.exhausted, findings.faults, findings.index.count], [false, [], 11]);
  findings.place(2, 0, size);
  assertEquals([findings.exhausted, findings.index.count], [true, 11]);
  const problem = "An index states more frames than 20 bytes have room for";
  assertEquals(findings.faults, [{ frame: 12, position: 2, problem, recovered: false }]);
});
