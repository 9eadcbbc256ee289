import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { BitReader } from "../../../lib/codec/bit_reader.ts";
import {
  type AudioSpecificConfig,
  makeAudioSpecificConfig,
  parseAudioSpecificConfig,
} from "../../../lib/codec/aac/audio_specific_config.ts";
import {
  parseH264Sps,
  type SequenceParameterSet as H264Sps,
} from "../../../lib/codec/h264/sequence_parameter_set.ts";
import {
  parseH265Sps,
  type SequenceParameterSet as H265Sps,
} from "../../../lib/codec/h265/sequence_parameter_set.ts";
import { readStreamMuxConfig } from "../../../lib/codec/latm/stream_mux_config.ts";
import { withoutEmulationPrevention } from "../../../lib/codec/nal/byte_stream.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { everyPrefix } from "../../support/split.ts";

const H264: Golden<H264Sps>[] = [
  {
    name: "1920x1080 cropped from 1088 lines at 29.97, x264",
    bytes: hex`
      67                   # SPS
      64 00 28             # High, no constraints, level 4.0
      acd940780227e5c044   # 120 x 68 macroblocks, 8 lines cropped
      00000fa4 0003a980    # the clock, with an emulation prevention byte in it
      3c60c658`,
    value: {
      id: 0,
      profileIdc: 100,
      constraints: 0,
      levelIdc: 40,
      chromaFormat: 1,
      bitDepth: 8,
      width: 1920,
      height: 1080,
      progressive: true,
      frameRate: 30000 / 1001,
    },
  },
  {
    name: "Constrained Baseline without VUI",
    bytes: hex`
      67 42 c0 1e   # SPS, Baseline, constraint sets 0 and 1, level 3.0
      da 02 80 f4 40  # 640x480, four reference frames`,
    value: {
      id: 0,
      profileIdc: 66,
      constraints: 0xc0,
      levelIdc: 30,
      chromaFormat: 1,
      bitDepth: 8,
      width: 640,
      height: 480,
      progressive: true,
    },
  },
];

const H265: Golden<H265Sps>[] = [{
  name: "1920x1080 of 10 bits at 29.97, x265",
  bytes: hex`
    42 01                      # SPS
    01 02 2000000300 9000000300000300 78  # Main 10, Main tier, level 4.0
    a003c08010e4d9             # size, 8 lines cropped, 10 bits
    6566924caf016808           # coding tools
    00001f48 0003a98040        # the clock`,
  value: {
    id: 0,
    profileIdc: 2,
    highTier: false,
    levelIdc: 120,
    chromaFormat: 1,
    bitDepth: 10,
    width: 1920,
    height: 1080,
    frameRate: 30000 / 1001,
  },
}];

const AAC: Golden<AudioSpecificConfig>[] = [
  {
    name: "AAC-LC 48 kHz stereo",
    bytes: hex`11 90`,
    value: config(2, 48_000, 2),
  },
  {
    name: "HE-AAC with SBR told first",
    bytes: hex`2b 92 08 00`,
    value: { ...config(2, 22_050, 2), sbr: true, extensionSampleRate: 44_100 },
  },
  {
    name: "AAC-LC with SBR told behind it",
    bytes: hex`13 10 56 e5 98`,
    value: { ...config(2, 24_000, 2), sbr: true, extensionSampleRate: 48_000 },
  },
  {
    name: "a rate without an index, frames of 960 samples",
    bytes: hex`17 80 1f 40 0c`,
    value: { ...config(2, 16_000, 1), frameLength: 960 },
  },
];

function config(objectType: number, sampleRate: number, channels: number): AudioSpecificConfig {
  const core = { objectType, sampleRate, channelConfiguration: channels };
  return { ...core, frameLength: 1024, sbr: false, ps: false };
}

/** Golden values, and that prefixes and random bytes give a value or a MalformedError. */
function parserSuite<T>(
  name: string,
  parse: (bytes: Uint8Array) => T,
  goldens: Golden<T>[],
): void {
  for (const golden of goldens) {
    Deno.test(`${name}: ${golden.name}`, () => {
      const before = golden.bytes.slice();
      assertEquals(parse(golden.bytes), golden.value);
      everyPrefix(golden.bytes, (prefix) => valueOrMalformed(() => parse(prefix)));
      assertEquals(golden.bytes, before);
    });
  }
  Deno.test(`${name}: changed bytes give a value or a MalformedError`, () => {
    const change = fc.tuple(fc.nat(60), fc.nat(255));
    const which = fc.constantFrom(...goldens);
    fc.assert(
      fc.property(which, fc.array(change, { maxLength: 6 }), ({ bytes }, changes) => {
        const changed = bytes.slice();
        for (const [at, value] of changes) changed[at % changed.length] = value;
        valueOrMalformed(() => parse(changed));
      }),
      { numRuns: 500 },
    );
  });
}

function valueOrMalformed(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    assert(error instanceof MalformedError, String(error));
  }
}

parserSuite("H.264 SPS", parseH264Sps, H264);
parserSuite("H.265 SPS", parseH265Sps, H265);
parserSuite("AudioSpecificConfig", parseAudioSpecificConfig, AAC);

Deno.test("an SPS that crops all of the picture is refused", () => {
  // 640x480 with frame_cropping_flag, and 320 pairs of columns cropped.
  const bits = "01000010 11000000 00011110" + // profile, constraints, level
    "1" + "1" + "1" + "1" + "00101" + "0" + // id, frame numbers, order, references, gaps
    "00000101000" + "000011110" + "1" + "1" + "1" + // 40 and 30 macroblocks, frames, 8x8, cropping
    "00000000101000001" + "1" + "1" + "1" + "0" + "1";
  const digits = bits.replace(/ /g, "").padEnd(112, "0").match(/.{8}/g)!;
  const nal = Uint8Array.of(0x67, ...digits.map((byte) => parseInt(byte, 2)));
  const { problem } = assertThrows(() => parseH264Sps(nal), MalformedError);
  assertEquals(problem, "Crops 640x0 off 640x480");
});

Deno.test("a config is made for known rates and channels, and for no others", () => {
  assertEquals(makeAudioSpecificConfig(48_000, 2), hex`11 90`);
  assertEquals(parseAudioSpecificConfig(makeAudioSpecificConfig(8000, 1)), config(2, 8000, 1));
  assertThrows(() => makeAudioSpecificConfig(47_000, 2), RangeError, "no index for 47000 Hz");
  assertThrows(() => makeAudioSpecificConfig(48_000, 9), RangeError, "for 9 channels");
});

Deno.test("a config of 256 bytes is read, one of 257 is not", () => {
  const long = new Uint8Array(257);
  long.set(hex`11 90`);
  assertEquals(parseAudioSpecificConfig(long.subarray(0, 256)).sampleRate, 48_000);
  assertThrows(() => parseAudioSpecificConfig(long), MalformedError, "It has 257 bytes");
});

Deno.test("a StreamMuxConfig is read in its common form, other forms are named", () => {
  const read = (bytes: Uint8Array, described = false): number => {
    return readStreamMuxConfig(new BitReader(bytes, "StreamMuxConfig"), described).config
      .sampleRate;
  };
  assertEquals(read(hex`40 00 23 20 3f c0`), 48_000);
  assertEquals(read(hex`40 00 2b 10`, true), 8000);
  assertThrows(() => read(hex`40 00 2b 10`), MalformedError, "Needs 3 more bits");
  assertThrows(() => read(hex`c0 00 23 20 3f c0`), MalformedError, "audioMuxVersion 1");
  assertThrows(() => read(hex`00 00 23 20 3f c0`), MalformedError, "different framing");
  assertThrows(() => read(hex`40 10 23 20 3f c0`), MalformedError, "2 programs and 1 layers");
  assertThrows(() => read(hex`40 00 23 22 3f c0`, true), MalformedError, "frameLengthType 1");
});

Deno.test("a described StreamMuxConfig may announce SBR behind its config, as libavcodec does", () => {
  const read = (bytes: Uint8Array): [Uint8Array, AudioSpecificConfig] => {
    const mux = readStreamMuxConfig(new BitReader(bytes, "StreamMuxConfig"), true);
    assertEquals([mux.subFrames, mux.otherDataBits], [1, 0]);
    return [mux.audioSpecificConfig, mux.config];
  };
  // avenc_aac ! rtpmp4apay: no SBR.
  assertEquals(read(hex`40 00 24 10 ad ca 00`), [hex`12 08 56 e5 00`, config(2, 44_100, 1)]);
  // The same with SBR of 44.1 kHz upon 22.05 kHz, whole and followed by what belongs there.
  const he = { ...config(2, 22_050, 1), sbr: true, extensionSampleRate: 44_100 };
  assertEquals(read(hex`40 00 27 10 ad cb 40`), [hex`13 88 56 e5 a0`, he]);
  assertEquals(read(hex`40 00 27 10 ad cb 41 fe 00`), [hex`13 88 56 e5 a0`, he]);
});

Deno.test("Exp-Golomb codes are read as tabled in H.264, section 9.1", () => {
  const reader = new BitReader(hex`a6 42 98 e2 04 8a`, "test"); // 1 010 011 00100 00101 …
  assertEquals(Array.from({ length: 9 }, () => reader.ue()), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const signed = new BitReader(hex`a6 42 98 e2 04 8a`, "test");
  assertEquals(Array.from({ length: 5 }, () => signed.se()), [0, 1, -1, 2, -2]);
  const long = new BitReader(hex`00 00 00 00 ff ff ff ff ff`, "test");
  assertThrows(() => long.ue(), MalformedError, "above 32 bits");
  assertThrows(() => new BitReader(hex`40`, "test").ue(0), MalformedError, "at most 0 is allowed");
});

Deno.test("bytes that keep start codes away are taken out, others stay", () => {
  assertEquals(
    withoutEmulationPrevention(hex`00 00 03 01 00 00 03 00 00 03`),
    hex`000001 0000 0000`,
  );
  assertEquals(withoutEmulationPrevention(hex`03 00 03 00 00 04`), hex`03 00 03 00 00 04`);
});
