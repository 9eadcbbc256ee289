import type { TrackDescription } from "../../../lib/codec/depacketizer.ts";
import {
  contradictions,
  describedFormat,
  describeFormat,
  formatWords,
} from "../../../lib/codec/format.ts";
import { payloadFormat, payloadFormats } from "../../../lib/codec/registry.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const SPS = "Z2QAKKzZQHgCJ+XARAAAD6QAA6mAPGDGWA==";

const WORDS: [track: TrackDescription, words: string][] = [
  [
    { encoding: "H264", clockRate: 90_000, fmtp: `sprop-parameter-sets=${SPS},aOvjyyLA` },
    "H.264 High@4.0 1920x1080 29.97 fps",
  ],
  [
    { encoding: "h264", clockRate: 90_000, fmtp: "profile-level-id=42e01f" },
    "H.264 Constrained Baseline@3.1",
  ],
  [
    { encoding: "H264", clockRate: 90_000, fmtp: "sprop-parameter-sets=!!,;profile-level-id=x" },
    "H.264",
  ],
  [{ encoding: "H264", clockRate: 90_000 }, "H.264"],
  [
    { encoding: "H265", clockRate: 90_000, fmtp: "profile-id=1;level-id=93;tier-flag=1" },
    "H.265 Main@3.1 High tier",
  ],
  [
    { encoding: "MPEG4-GENERIC", clockRate: 48_000, channels: 2, fmtp: "config=1190" },
    "AAC-LC 48 kHz stereo",
  ],
  [{ encoding: "mpeg4-generic", clockRate: 16_000, channels: 1 }, "AAC 16 kHz mono"],
  [
    { encoding: "MP4A-LATM", clockRate: 8000, fmtp: "cpresent=0;config=40002b10" },
    "AAC-LC 8 kHz mono",
  ],
  [
    { encoding: "MP4A-LATM", clockRate: 44_100, fmtp: "cpresent=0;config=40002410adca00" },
    "AAC-LC 44.1 kHz mono",
  ],
  [{ encoding: "PCMU", clockRate: 8000 }, "G.711 µ-law 8 kHz mono"],
  [{ encoding: "L16", clockRate: 44_100, channels: 2 }, "PCM 16-bit 44.1 kHz stereo"],
  [{ encoding: "G726-32", clockRate: 8000 }, "G.726 32 kbit/s 8 kHz mono"],
  [{ encoding: "opus", clockRate: 48_000, channels: 2 }, "Opus 48 kHz"],
  [{ encoding: "MP2T", clockRate: 90_000 }, "MPEG-TS"],
  [{ encoding: "vnd.onvif.metadata", clockRate: 90_000 }, "ONVIF metadata"],
  [{ encoding: "JPEG", clockRate: 90_000 }, "JPEG"],
  [{ encoding: "X-NEW", clockRate: 90_000 }, "X-NEW"],
];

for (const [track, words] of WORDS) {
  Deno.test(`${track.encoding} with ${track.fmtp ?? "no parameters"} is ${words}`, () => {
    assertEquals(describeFormat(track), words);
  });
}

Deno.test("description and stream contradict each other only in what both tell", () => {
  const seen = describedFormat(WORDS[0]![0]);
  assertEquals(contradictions({ codec: "H.264" }, seen), []);
  assertEquals(contradictions(seen, seen), []);
  assertEquals(contradictions({ ...seen, width: 1280, height: 720, frameRate: 25 }, seen), [
    { fact: "size", described: "1280x720", seen: "1920x1080" },
    { fact: "frame rate", described: "25.000", seen: "29.970" },
  ]);
});

Deno.test("a multiplex names what is in it", () => {
  assertEquals(
    formatWords({ codec: "MPEG-TS", streams: ["H.264", "AAC"] }),
    "MPEG-TS (H.264, AAC)",
  );
});

Deno.test("every format is found by its name in any case, and has a depacketizer or says whose", () => {
  for (const format of payloadFormats()) {
    assertEquals(payloadFormat(format.encoding.toLowerCase()), format);
    assert(format.depacketizer !== undefined || format.description.includes("lib/stream/"));
  }
  assertEquals(payloadFormat("X-NEW"), undefined);
});
