import type { CommandContext } from "../../cmd/command.ts";
import { summariseUnits, unitLines } from "../../cmd/dump_unit_summary.ts";
import { unitFormat } from "../../cmd/dump_unit_formats.ts";
import type { UnitDumpOptions } from "../../cmd/dump_unit_files.ts";
import { UnitDump } from "../../cmd/dump_units.ts";
import type { MediaSession, MediaTrack } from "../../lib/client/media_session.ts";
import type { AccessUnit } from "../../lib/codec/depacketizer.ts";
import { START_CODE } from "../../lib/codec/nal/byte_stream.ts";
import { ReceiveStatistics } from "../../lib/stream/receive_statistics.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { eventually } from "../support/wait.ts";
import { withFolder } from "../lib/media/frames.ts";

function trackOf(name: string, encoding: string, clockRate: number): MediaTrack {
  const statistics = new ReceiveStatistics(clockRate);
  const mediaType = name.split(" ")[0]!;
  return { name, mediaType, encoding, clockRate, statistics, hostDrops: undefined };
}

const VIDEO = trackOf("video", "H264", 90_000);
const AUDIO = trackOf("audio", "PCMU", 8000);

/** A session of which nothing but its tracks is asked. */
function sessionOf(tracks: MediaTrack[]): MediaSession {
  const [{ statistics, hostDrops, encoding }] = tracks as [MediaTrack];
  const never = (): Promise<never> => Promise.reject(new Error("not in this test"));
  return {
    ...{ tracks, statistics, hostDrops, encoding, totalFrames: undefined, transport: "tcp" },
    ...{ ended: new Promise(() => {}), play: never, pause: never, close: never },
  };
}

function contextOf(said: string[]): CommandContext {
  return {
    out: (line) => void said.push(line),
    talk: (line) => void said.push(line),
    progress: () => {},
    neverWait: () => {},
    colour: false,
    signal: new AbortController().signal,
    clock: new FakeClock(),
  };
}

/** A dump of a folder of its own, and what it said. */
async function dumping(
  tracks: MediaTrack[],
  options: Partial<UnitDumpOptions>,
  use: (dump: UnitDump, folder: string, said: string[]) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const said: string[] = [];
    const usual: UnitDumpOptions = {
      ...{ out: `${folder}/all`, format: undefined, earlier: "replace", segment: undefined },
      ...{ frames: undefined, json: false },
    };
    const session = sessionOf(tracks);
    const dump = await UnitDump.open({ ...usual, ...options }, session, contextOf(said));
    await use(dump, folder, said);
  });
}

function picture(index: number, keyFrame: boolean, bytes = 100): AccessUnit {
  const slice = new Uint8Array(bytes - START_CODE.length).fill(index);
  return {
    ...{ kind: "video", data: [START_CODE, slice], bytes, timestamp: 3600 * index },
    ...{ firstSequence: index, lastSequence: index, marker: true, arrivedAt: 40 * index },
    keyFrame,
  };
}

/** The pictures of a byte stream, by the byte they are made of. */
async function picturesIn(path: string): Promise<number[]> {
  const bytes = await Deno.readFile(path);
  return Array.from({ length: bytes.length / 100 }, (_, i) => bytes[i * 100 + 99]!);
}

Deno.test("what the disk is too slow for is left out, up to the next key frame, and told", async () => {
  const options = { mostWaitingBytes: 5000 };
  await dumping([VIDEO], options, async (dump, folder, said) => {
    // Each costs 1124 bytes while it waits: four fit.
    for (let i = 0; i < 6; i++) dump.unit(picture(i, i === 0), undefined);
    // Room again, but what comes now needs what was left out.
    await eventually("four are written", () => dump.kept === 4);
    dump.unit(picture(6, false), undefined);
    dump.unit(picture(7, true), undefined);
    dump.unit(picture(8, false), undefined);
    await dump.commit();
    assertEquals(await picturesIn(`${folder}/all/video.h264`), [0, 1, 2, 3, 7, 8]);
    assertEquals(said, ["units come faster than they can be written: some are left out"]);
    const [tally] = dump.tallies;
    assertEquals([tally!.units, tally!.kept, tally!.leftOut], [9, 6, 3]);
    const received = { session: dump.session, leftOut: 0, impaired: undefined };
    const summary = summariseUnits(received, dump.tallies);
    assertEquals([summary.framesLeftOut, summary.kept, summary.keyFrames], [3, 6, 2]);
    assertStringIncludes(
      unitLines(summary, dump.tallies)[0]!,
      ", 3 left out as they came too fast",
    );
  });
});

Deno.test("a number of frames ends it with exactly as many, whatever comes behind", async () => {
  await dumping([VIDEO], { frames: 3 }, async (dump, folder) => {
    for (let i = 0; i < 9; i++) dump.unit(picture(i, i % 4 === 1), undefined);
    assertEquals(await dump.until, "stopped");
    dump.unit(picture(9, true), undefined);
    await dump.commit();
    assertEquals(await picturesIn(`${folder}/all/video.h264`), [1, 2, 3]);
  });
});

Deno.test("sound alone is counted where there are no pictures", async () => {
  await dumping([AUDIO], { frames: 2 }, async (dump, folder) => {
    for (let i = 0; i < 5; i++) {
      const sound = { ...picture(i, false), kind: "audio" as const, duration: 100 };
      dump.unit(sound, undefined);
    }
    assertEquals(await dump.until, "stopped");
    await dump.commit();
    assertEquals((await Deno.stat(`${folder}/all/audio.wav`)).size, 58 + 200);
  });
});

Deno.test("files that cannot be made leave no other behind", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/all/audio.wav`, { recursive: true });
    const options: UnitDumpOptions = {
      ...{ out: `${folder}/all/`, format: undefined, earlier: "replace", segment: undefined },
      ...{ frames: undefined, json: false },
    };
    const session = sessionOf([VIDEO, AUDIO]);
    const opened = await UnitDump.open(options, session, contextOf([])).catch((error) => error);
    assertStringIncludes(opened.message, "audio.wav: this is a folder; name a file");
    const names = await Array.fromAsync(Deno.readDir(`${folder}/all`), ({ name }) => name);
    assertEquals(names, ["audio.wav"]);
  });
});

Deno.test("tracks of one kind have files of their own names", async () => {
  const second = trackOf("audio 2", "L16", 8000);
  await dumping([VIDEO, second], {}, async (dump) => {
    assertEquals(dump.tallies.map(({ out }) => out?.split("/").at(-1)), [
      "video.h264",
      "audio-2.wav",
    ]);
    await dump.abort();
  });
});

Deno.test("one file of two tracks takes the units of both by their names", async () => {
  const aac = trackOf("audio", "MPEG4-GENERIC", 48_000);
  const format = unitFormat("mp4");
  await withFolder(async (folder) => {
    const out = `${folder}/x.mp4`;
    await dumping([VIDEO, aac], { format, out }, async (dump) => {
      dump.unit(picture(0, true), "video");
      dump.unit({ ...picture(0, false), kind: "audio" }, "audio");
      dump.unit(picture(1, false), "other");
      await dump.commit();
      assertEquals(dump.tallies.map(({ units }) => units), [1, 1]);
      // Nothing tells how either was coded.
      assertEquals(dump.refusals?.count, 1);
      assertStringIncludes(dump.refusals!.first, "video: Nothing tells");
      assertEquals(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), []);
    });
  });
});

Deno.test("packets and losses at the end are of all tracks, and each track tells its own losses", async () => {
  const video = trackOf("video", "H264", 90_000);
  const audio = trackOf("audio", "PCMU", 8000);
  // 40 ms from one to the next, 100 bytes each: the sound loses one, and is a packet longer.
  for (const n of [0, 1, 2]) video.statistics.receive(n, 3600 * n, 100, 40 * n);
  for (const n of [0, 1, 3]) audio.statistics.receive(n, 320 * n, 100, 40 * n);
  await dumping([video, audio], {}, async (dump) => {
    const received = { session: dump.session, leftOut: 0, impaired: undefined };
    const summary = summariseUnits(received, dump.tallies);
    assertEquals([summary.packets, summary.lost, summary.bytes], [6, 1, 600]);
    assertEquals([summary.durationSeconds, summary.bitsPerSecond], [0.12, 40_000]);
    assertEquals(summary.tracks.map(({ packets, lost }) => [packets, lost]), [[3, 0], [3, 1]]);
    const [first, second, all] = unitLines(summary, dump.tallies);
    assertStringIncludes(first!, "0 damaged, 0 packets lost; ");
    assertStringIncludes(second!, "0 damaged, 1 packets lost; ");
    assertStringIncludes(all!, "6 packets, 1 lost (14.3 %)");
    await dump.abort();
  });
});

Deno.test("a track that is alone leaves its losses to the line for all", async () => {
  await dumping([VIDEO], {}, async (dump) => {
    const received = { session: dump.session, leftOut: 0, impaired: undefined };
    const lines = unitLines(summariseUnits(received, dump.tallies), dump.tallies);
    assertEquals(lines.map((line) => line.includes("packets lost")), [false, false]);
    await dump.abort();
  });
});
