import { DumpOutput, type SegmentLimit } from "../../cmd/dump_output.ts";
import type { UnitFile, UnitTrack } from "../../cmd/dump_unit_formats.ts";
import { type Fate, UnitKeeper } from "../../cmd/dump_unit_keeper.ts";
import type { AccessUnit } from "../../lib/codec/depacketizer.ts";
import { UnitRefusedError } from "../../lib/media/native/native_writer.ts";
import { assertEquals } from "../support/assert.ts";

const VIDEO: UnitTrack = { name: "video", mediaType: "video", encoding: "H264", clockRate: 90_000 };
const AUDIO: UnitTrack = { name: "audio", mediaType: "audio", encoding: "PCMU", clockRate: 8000 };

/** A file that notes what is asked of it. */
class NotedFile implements UnitFile {
  units = 0;
  bytes = 0;
  readonly written: [track: number, seconds: number][] = [];
  readonly ended: number[] = [];
  state: "open" | "committed" | "aborted" = "open";

  constructor(readonly path: string) {}

  write(unit: AccessUnit, track: number, seconds: number): Promise<boolean> {
    if (unit.bytes > 1000) return Promise.reject(new UnitRefusedError("It is too long"));
    if (unit.bytes === 0) return Promise.resolve(false);
    this.units++;
    this.bytes += unit.bytes;
    this.written.push([track, Math.round(seconds * 1000) / 1000]);
    return Promise.resolve(true);
  }

  endTrack(track: number): void {
    this.ended.push(track);
  }

  commit(): Promise<void> {
    this.state = "committed";
    return Promise.resolve();
  }

  abort(): Promise<void> {
    this.state = "aborted";
    return Promise.resolve();
  }
}

/** A keeper, its files, and what it said. */
interface Kept {
  keeper: UnitKeeper;
  files: NotedFile[];
  said: string[];
  /** Gives it a unit that came when it is presented. */
  take: (track: number, at: number, more?: Partial<AccessUnit>) => Promise<Fate>;
}

async function keeping(tracks: UnitTrack[], segment?: SegmentLimit): Promise<Kept> {
  const files: NotedFile[] = [];
  const said: string[] = [];
  const talk = (line: string): void => void said.push(line);
  const create = (path: string): Promise<UnitFile> => {
    files.push(new NotedFile(path));
    return Promise.resolve(files.at(-1)!);
  };
  const output = await DumpOutput.create({
    path: "no-such-folder/x.bin",
    format: { folder: false, extension: "bin", create },
    ...{ earlier: "replace", segment, writer: { talk } },
  });
  const keeper = await UnitKeeper.open({ output, tracks, talk });
  const take: Kept["take"] = (track, at, more = {}) => {
    const duration = tracks[track] === AUDIO ? { duration: 160 } : {};
    return keeper.take({ ...unit(at), ...duration, ...more }, track, at);
  };
  return { keeper, files, said, take };
}

function unit(arrivedAt: number): AccessUnit {
  const place = { firstSequence: 0, lastSequence: 0, marker: true };
  return { kind: "data", data: [], bytes: 100, timestamp: 0, ...place, arrivedAt };
}

const KEY = { keyFrame: true };
const DELTA = { keyFrame: false };

Deno.test("sound waits for the first picture, from which times are counted", async () => {
  const { files, take, keeper } = await keeping([VIDEO, AUDIO]);
  assertEquals(await take(1, 1000), "left out");
  assertEquals(await take(0, 1020, { ...DELTA, bytes: 0 }), "left out");
  assertEquals(await take(1, 1020), "left out");
  assertEquals(await take(0, 1060, KEY), "kept");
  assertEquals([await take(1, 1040), await take(1, 1060)], ["left out", "kept"]);
  assertEquals(await take(0, 1100, DELTA), "kept");
  await keeper.commit();
  assertEquals(files.map(({ written, state }) => [written, state]), [
    [[[0, 0], [1, 0], [0, 0.04]], "committed"],
  ]);
  assertEquals(keeper.kept, 3);
});

Deno.test("sound goes on without pictures where none come", async () => {
  const { files, take, said } = await keeping([VIDEO, AUDIO]);
  assertEquals([await take(1, 0), await take(1, 9999)], ["left out", "left out"]);
  assertEquals(await take(1, 10_000), "kept");
  assertEquals(files[0]!.ended, [0]);
  assertEquals(said, ['nothing came of "video" for 10 s; the file goes on without it']);
  assertEquals(await take(0, 10_010, KEY), "left out");
});

Deno.test("a track that falls silent holds the other up no longer than so long", async () => {
  const { files, take } = await keeping([VIDEO, AUDIO]);
  await take(0, 0, KEY);
  await take(1, 0);
  for (let at = 1000; at < 10_000; at += 1000) await take(0, at, DELTA);
  assertEquals(files[0]!.ended, []);
  await take(0, 10_000, DELTA);
  assertEquals(files[0]!.ended, [1]);
  assertEquals([await take(1, 10_001), await take(0, 10_040, DELTA)], ["left out", "kept"]);
});

Deno.test("segments begin with key frames, and sound goes on without a hole", async () => {
  const { files, take, keeper } = await keeping([VIDEO, AUDIO], { ms: 1000 });
  await take(0, 0, KEY);
  await take(1, 0);
  await take(0, 960, DELTA);
  await take(0, 1000, DELTA);
  await take(1, 990);
  await take(0, 1040, KEY);
  assertEquals(await take(1, 1010), "kept");
  await keeper.commit();
  assertEquals(files.map(({ path }) => path), [
    "no-such-folder/x-000001.bin",
    "no-such-folder/x-000002.bin",
  ]);
  assertEquals(files.map(({ written }) => written), [
    [[0, 0], [1, 0], [0, 0.96], [0, 1], [1, 0.99]],
    [[0, 0.03], [1, 0]],
  ]);
  assertEquals(files.map(({ state }) => state), ["committed", "committed"]);
});

Deno.test("segments of sound alone, and of size, begin with any unit that is too much", async () => {
  const { files, take } = await keeping([AUDIO], { bytes: 250 });
  for (let i = 0; i < 5; i++) await take(0, 20 * i);
  assertEquals(files.map(({ units }) => units), [2, 2, 1]);
});

Deno.test("what the format cannot hold is counted, with the first reason", async () => {
  const { take, keeper } = await keeping([VIDEO]);
  assertEquals(await take(0, 0, { ...KEY, bytes: 1001 }), "refused");
  assertEquals(await take(0, 40, KEY), "kept");
  assertEquals([keeper.refused, keeper.refusal, keeper.kept], [1, "video: It is too long", 1]);
});

Deno.test("a file without units is given up", async () => {
  const { files, keeper } = await keeping([VIDEO]);
  await keeper.commit();
  assertEquals(files[0]!.state, "aborted");
});
