import type { AccessUnit, DecoderConfiguration } from "../../../../lib/codec/depacketizer.ts";
import { joined, START_CODE } from "../../../../lib/codec/nal/byte_stream.ts";
import { adtsHeader, AdtsWriter } from "../../../../lib/media/native/adts_writer.ts";
import { AnnexBWriter } from "../../../../lib/media/native/annexb_writer.ts";
import { nativeFileFormat } from "../../../../lib/media/native/choose.ts";
import { codecString } from "../../../../lib/media/native/codec_string.ts";
import { Mp4Writer } from "../../../../lib/media/native/mp4_writer.ts";
import { type NativeWriter, UnitRefusedError } from "../../../../lib/media/native/native_writer.ts";
import { MAX_PAGE_PACKET, oggPage } from "../../../../lib/media/native/ogg_page.ts";
import { OggOpusWriter } from "../../../../lib/media/native/ogg_opus_writer.ts";
import { PlainWriter } from "../../../../lib/media/native/plain_writer.ts";
import { WavWriter } from "../../../../lib/media/native/wav_writer.ts";
import { payloadFormats } from "../../../../lib/codec/registry.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../../support/assert.ts";
import { hex } from "../../../support/golden.ts";
import { SMALL_DISKS, withSmallDisk } from "../../../support/small_disk.ts";
import { ascii } from "../../../support/split.ts";
import { withFolder } from "../frames.ts";

const SPS = hex`6764 0028 acd940780227e5c04400000fa40003a9803c60c658`;
const PPS = hex`68ebe3cb22c0`;
const H264: DecoderConfiguration = { codec: "h264", parameterSets: [SPS, PPS] };
const AAC: DecoderConfiguration = { codec: "aac", audioSpecificConfig: hex`11 90` };

function unitOf(data: Uint8Array[], more: Partial<AccessUnit> = {}): AccessUnit {
  return {
    kind: "audio",
    data,
    bytes: joined(data).length,
    timestamp: 0,
    firstSequence: 0,
    lastSequence: 0,
    marker: true,
    arrivedAt: 0,
    ...more,
  };
}

function picture(keyFrame: boolean, more: Partial<AccessUnit> = {}): AccessUnit {
  const nal = keyFrame ? hex`65 88 80` : hex`41 9a 02`;
  const facts: Partial<AccessUnit> = { kind: "video", keyFrame, parameterSets: false };
  return unitOf([START_CODE, nal], { ...facts, ...more });
}

/** Writes units and reads the file. @returns it and which units are in it */
async function file(
  create: (path: string) => Promise<NativeWriter>,
  units: AccessUnit[],
): Promise<{ bytes: Uint8Array; kept: boolean[] }> {
  let result: { bytes: Uint8Array; kept: boolean[] } | undefined;
  await withFolder(async (folder) => {
    const path = `${folder}/out`;
    const writer = await create(path);
    const kept: boolean[] = [];
    for (const unit of units) kept.push(await writer.write(unit));
    assertEquals(writer.units, kept.filter((one) => one).length);
    await writer.commit();
    result = { bytes: await Deno.readFile(path), kept };
  });
  return result!;
}

Deno.test("a byte stream begins at a key frame, with the parameter sets of the description", async () => {
  const create = (path: string) => AnnexBWriter.create(path, { configuration: () => H264 });
  const own = [START_CODE, SPS, START_CODE, PPS, START_CODE, hex`65 88 81`];
  const { bytes, kept } = await file(create, [
    picture(false),
    picture(true),
    picture(false),
    unitOf(own, { kind: "video", keyFrame: true, parameterSets: true }),
  ]);
  assertEquals(kept, [false, true, true, true]);
  assertEquals(
    bytes,
    joined([
      ...[START_CODE, SPS, START_CODE, PPS, START_CODE, hex`65 88 80`],
      ...[START_CODE, hex`41 9a 02`],
      ...own,
    ]),
  );
});

Deno.test("a byte stream may begin anywhere when that is asked for", async () => {
  const options = { configuration: () => undefined, fromKeyFrame: false };
  const { bytes } = await file((path) => AnnexBWriter.create(path, options), [picture(false)]);
  assertEquals(bytes, joined([START_CODE, hex`41 9a 02`]));
});

Deno.test("ADTS headers tell what the config does", async () => {
  const create = (path: string) => AdtsWriter.create(path, () => AAC);
  const { bytes, kept } = await file(create, [
    unitOf([hex`aa bb cc`]),
    unitOf([hex`dd`], { damaged: "cut" }),
  ]);
  assertEquals(kept, [true, false]);
  // LC, 48 kHz (index 3), 2 channels, 10 bytes with the header.
  assertEquals(bytes, hex`fff1 4c80 015f fc aabbcc`);
});

Deno.test("what ADTS has no place for is refused by name", () => {
  assertEquals(adtsHeader(hex`11 90`, 8184).length, 7);
  const refused: [config: Uint8Array, bytes: number, problem: string][] = [
    [hex`11 90`, 8185, "ADTS holds no more than 8184"],
    [hex`b9 90`, 10, "object type 23"],
    [hex`17 80 1f 48 08`, 10, "no index for 16016 Hz"],
    [hex`11 80`, 10, "channel configuration 0"],
    [hex`11 94`, 10, "frames of 960 samples"],
  ];
  for (const [config, bytes, problem] of refused) {
    assertThrows(() => adtsHeader(config, bytes), UnitRefusedError, problem);
  }
});

Deno.test("a WAV file has right sizes at the end, and silence for lost packets", async () => {
  const track = { encoding: "PCMU", clockRate: 8000 };
  const { bytes } = await file((path) => WavWriter.create(path, track), [
    unitOf([hex`01 02`], { duration: 2 }),
    unitOf([hex`03 04`], { timestamp: 5, duration: 2, lostBefore: 1 }),
    unitOf([hex`05 06`], { timestamp: 900_000, duration: 2, lostBefore: 1 }),
  ]);
  assertEquals(
    bytes,
    joined([
      ...[ascii("RIFF"), hex`3b000000`, ascii("WAVEfmt "), hex`12000000`],
      hex`0700 0100 401f0000 401f0000 0100 0800 0000`, // µ-law, mono, 8000 Hz
      ...[ascii("fact"), hex`04000000 09000000`, ascii("data"), hex`09000000`],
      hex`0102 ffffff 0304 0506`,
    ]),
  );
});

Deno.test("samples of 16 bits are turned to little-endian, other encodings are refused", async () => {
  const track = { encoding: "L16", clockRate: 44_100, channels: 2 };
  const create = (path: string) => WavWriter.create(path, track);
  const { bytes } = await file(create, [unitOf([hex`0102 0304`], { duration: 1 })]);
  assertEquals(bytes.subarray(58), hex`0201 0403`);
  assertEquals(bytes.subarray(20, 36), hex`0100 0200 44ac0000 10b10200 0400 1000`);
  await withFolder(async (folder) => {
    const refused = { encoding: "G726-32", clockRate: 8000 };
    await assertRejects(
      () => WavWriter.create(`${folder}/a`, refused),
      UnitRefusedError,
      "G726-32",
    );
  });
});

Deno.test("an Ogg page has the lacing and the checksum of RFC 3533", () => {
  const page = oggPage(new Uint8Array(255), { first: true, granule: 1, serial: 2, sequence: 3 });
  assertEquals(
    page.subarray(0, 22),
    hex`4f676753 00 02 0100000000000000 02000000 03000000`,
  );
  assertEquals(page.subarray(26, 29), hex`02 ff 00`);
  assertEquals(oggPage(new Uint8Array(MAX_PAGE_PACKET), page0()).length, 27 + 255 + 65_024);
  assertThrows(() => oggPage(new Uint8Array(MAX_PAGE_PACKET + 1), page0()), RangeError);
});

function page0(): { granule: number; serial: number; sequence: number } {
  return { granule: 0, serial: 0, sequence: 0 };
}

Deno.test("Opus files count their samples over lost packets, and end with the last page", async () => {
  const { bytes, kept } = await file((path) => OggOpusWriter.create(path), [
    unitOf([hex`fc 01`], { duration: 960 }),
    unitOf([hex`fc 02`], { timestamp: 1920, duration: 960, lostBefore: 1 }),
  ]);
  assertEquals(kept, [true, true]);
  const last = bytes.subarray(bytes.length - 30);
  assertEquals(last.subarray(4, 14), hex`00 04 400b000000000000`);
  assertEquals(last.subarray(26), hex`01 02 fc 02`);
});

Deno.test("plain files hold header, units and separators", async () => {
  const options = { header: hex`01`, separator: hex`0a` };
  const { bytes, kept } = await file((path) => PlainWriter.create(path, options), [
    unitOf([hex`02`, hex`03`]),
    unitOf([hex`ee`], { damaged: "cut" }),
    unitOf([hex`04`]),
  ]);
  assertEquals(kept, [true, false, true]);
  assertEquals(bytes, hex`01 0203 0a 04 0a`);
});

Deno.test("a file that is given up leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const configuration = (): DecoderConfiguration => AAC;
    const track = {
      codec: "aac" as const,
      clockRate: 48_000,
      configuration,
      format: () => undefined,
    };
    const writers = [
      await AdtsWriter.create(`${folder}/a`, configuration),
      await WavWriter.create(`${folder}/b`, { encoding: "PCMU", clockRate: 8000 }),
      await OggOpusWriter.create(`${folder}/c`),
      await Mp4Writer.create(`${folder}/d`, [track]),
    ];
    for (const writer of writers) {
      await writer.write(unitOf([hex`fc 01`], { duration: 960 }));
      await writer.abort();
    }
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

Deno.test("an MP4 file is fragmented, and what is on disk before its end are whole fragments", async () => {
  await withFolder(async (folder) => {
    const writer = await Mp4Writer.create(`${folder}/out.mp4`, [{
      codec: "aac",
      clockRate: 48_000,
      configuration: () => AAC,
      format: () => undefined,
    }]);
    for (let i = 0; i < 200; i++) {
      const frame = unitOf([new Uint8Array(100)], { timestamp: i * 1024, duration: 1024 });
      assert(await writer.write(frame));
    }
    const [part] = await Array.fromAsync(Deno.readDir(folder));
    const early = boxes(await Deno.readFile(`${folder}/${part!.name}`));
    assertEquals(early.slice(0, 4), ["ftyp", "moov", "moof", "mdat"]);
    await writer.commit();
    const names = boxes(await Deno.readFile(`${folder}/out.mp4`));
    assertEquals(names.slice(0, early.length), early);
    assert(names.length > early.length && writer.units === 200);
  });
});

/** The names of the boxes of an MP4 file, which must fill it. */
function boxes(bytes: Uint8Array): string[] {
  const names: string[] = [];
  const view = new DataView(bytes.buffer);
  let at = 0;
  while (at < bytes.length) {
    names.push(new TextDecoder().decode(bytes.subarray(at + 4, at + 8)));
    at += view.getUint32(at);
  }
  assertEquals(at, bytes.length, "the last box is whole");
  return names;
}

Deno.test("MP4: pictures before the first key frame are left out, unknown sizes refused", async () => {
  await withFolder(async (folder) => {
    const track = { codec: "h264" as const, clockRate: 90_000, configuration: () => H264 };
    const writer = await Mp4Writer.create(`${folder}/a`, [{ ...track, format: () => undefined }]);
    assertEquals(await writer.write(picture(false)), false);
    await assertRejects(
      () => writer.write(picture(true)),
      UnitRefusedError,
      "size of the pictures",
    );
    await writer.abort();
  });
});

Deno.test("MP4: what waits for the end of a fragment is bounded", async () => {
  await withFolder(async (folder) => {
    const configuration = (): DecoderConfiguration => AAC;
    const track = {
      codec: "aac" as const,
      clockRate: 48_000,
      configuration,
      format: () => undefined,
    };
    const writer = await Mp4Writer.create(`${folder}/a`, [track], 100);
    assertEquals(await writer.write(unitOf([new Uint8Array(100)], { duration: 1024 })), true);
    const more = unitOf([hex`01`], { timestamp: 1024, duration: 1024 });
    await assertRejects(() => writer.write(more), UnitRefusedError, "100 bytes have come");
    await writer.commit();
    assertEquals(boxes(await Deno.readFile(`${folder}/a`)).slice(0, 3), ["ftyp", "moov", "moof"]);
  });
});

Deno.test("codings have the names of RFC 6381", () => {
  assertEquals(codecString(H264), "avc1.640028");
  assertEquals(codecString(AAC), "mp4a.40.2");
  const sps = hex`42 01 01 02 2000000300 9000000300000300 78 a003c080`;
  assertEquals(codecString({ codec: "h265", parameterSets: [sps] }), "hev1.2.4.L120.90");
  const none: DecoderConfiguration = { codec: "h264", parameterSets: [] };
  assertThrows(() => codecString(none), UnitRefusedError, "No sequence parameter set");
});

Deno.test("every payload format that is put together here has a file, but L20", () => {
  const without = payloadFormats().filter(({ encoding }) =>
    nativeFileFormat(encoding) === undefined
  );
  assertEquals(without.map(({ encoding }) => encoding), ["JPEG", "L20"]);
});

Deno.test("MP4: a track that is ended holds no other up, and takes no more", async () => {
  await withFolder(async (folder) => {
    const track = {
      codec: "aac" as const,
      clockRate: 48_000,
      configuration: (): DecoderConfiguration => AAC,
      format: () => undefined,
    };
    const writer = await Mp4Writer.create(`${folder}/out.mp4`, [track, track]);
    const frame = (i: number): AccessUnit => {
      return unitOf([new Uint8Array(100)], { timestamp: i * 1024, duration: 1024 });
    };
    for (let i = 0; i < 200; i++) await writer.write(frame(i));
    assertEquals(writer.bytes <= 28, true, "all waits for the other track");
    writer.endTrack(1);
    assertEquals(await writer.write(frame(0), 1), false);
    for (let i = 200; i < 300; i++) await writer.write(frame(i));
    assert(writer.bytes > 20_000, String(writer.bytes));
    await writer.commit();
    assertEquals(boxes(await Deno.readFile(`${folder}/out.mp4`)).includes("moof"), true);
  });
});

Deno.test({
  name: "files on a disk that gets full keep the units before, whole",
  ignore: !SMALL_DISKS,
  fn: async () => {
    const pcm = { encoding: "PCMU", clockRate: 8000 };
    const track = {
      codec: "aac" as const,
      clockRate: 48_000,
      configuration: (): DecoderConfiguration => AAC,
      format: () => undefined,
    };
    const makers: ((path: string) => Promise<NativeWriter>)[] = [
      (path) => WavWriter.create(path, pcm),
      (path) => OggOpusWriter.create(path),
      (path) => AdtsWriter.create(path, () => AAC),
      (path) => Mp4Writer.create(path, [track]),
    ];
    for (const make of makers) {
      await withSmallDisk(64 * 1024, async (disk) => {
        const writer = await make(`${disk}/out`);
        const write = async (): Promise<void> => {
          for (let i = 0; i < 1000; i++) {
            const unit = unitOf([new Uint8Array(1000).fill(0xfc)], {
              ...{ timestamp: i * 1024, duration: 1024 },
            });
            await writer.write(unit);
          }
        };
        await assertRejects(write, Error, "No space left");
        await writer.commit().catch(() => {});
        assertEquals((await Array.fromAsync(Deno.readDir(disk))).map(({ name }) => name), ["out"]);
        const bytes = await Deno.readFile(`${disk}/out`);
        assert(bytes.length > 30_000, String(bytes.length));
        if (bytes[0] === 0x52) {
          const said = new DataView(bytes.buffer).getUint32(54, true);
          assertEquals(said, bytes.length - 58);
          assertEquals(said % 1000, 0, "whole units");
        }
      });
    }
  },
});
