import { leftOutOf, selectTracks } from "../../cmd/dump_tracks.ts";
import { dumpFormat } from "../../cmd/dump_formats.ts";
import { UsageError } from "../../cmd/exit_status.ts";
import { NoMediaError } from "../../lib/client/errors.ts";
import type { OfferedTrack } from "../../lib/client/media_session.ts";
import { assertEquals, assertMatch, assertThrows } from "../support/assert.ts";

function offered(name: string, encoding: string): OfferedTrack {
  return { name, mediaType: name.split(" ")[0]!, format: { encoding, clockRate: 90_000 } };
}

const H264 = offered("video", "H264");
const JPEG = offered("video", "JPEG");
const AAC = offered("audio", "MPEG4-GENERIC");
const PCMU = offered("audio 2", "PCMU");
const METADATA = offered("application", "VND.ONVIF.METADATA");
const UNKNOWN = offered("application 2", "X-OTHER");

/** What is offered, the output's name and `--track`, and what is dumped. */
const CHOSEN: {
  offers: OfferedTrack[];
  out: string;
  track?: string;
  kind: string;
  tracks: string[];
}[] = [
  { offers: [JPEG, AAC], out: "a", kind: "frames", tracks: ["video"] },
  { offers: [JPEG, AAC], out: "a.avi", kind: "frames", tracks: ["video"] },
  { offers: [JPEG, AAC], out: "a.aac", kind: "units", tracks: ["audio"] },
  { offers: [JPEG, AAC], out: "a", track: "audio", kind: "units", tracks: ["audio"] },
  {
    offers: [H264, AAC, PCMU, METADATA, UNKNOWN],
    out: "a",
    kind: "units",
    tracks: ["video", "audio", "audio 2", "application"],
  },
  { offers: [H264, AAC], out: "a.h264", kind: "units", tracks: ["video"] },
  { offers: [H264, AAC, PCMU], out: "a.mp4", kind: "units", tracks: ["video", "audio"] },
  { offers: [H264, PCMU], out: "a.mp4", kind: "units", tracks: ["video"] },
  { offers: [AAC], out: "a.mp4", kind: "units", tracks: ["audio"] },
  { offers: [H264, PCMU], out: "a.wav", track: "Audio 2", kind: "units", tracks: ["audio 2"] },
  { offers: [H264, METADATA], out: "a.xml", kind: "units", tracks: ["application"] },
  { offers: [UNKNOWN, AAC], out: "a.pcapng", kind: "packets", tracks: ["application 2", "audio"] },
  { offers: [JPEG, AAC], out: "a.rtpdump", track: "audio", kind: "packets", tracks: ["audio"] },
];

for (const { offers, out, track, kind, tracks } of CHOSEN) {
  const names = offers.map(({ format }) => format.encoding).join(" + ");
  Deno.test(`of ${names} goes into ${out}: ${tracks.join(", ")} (--track ${track})`, () => {
    const chosen = dumpFormat(undefined, out);
    const selection = selectTracks(offers, { chosen, track });
    assertEquals([selection.kind, selection.tracks.map(({ name }) => name)], [kind, tracks]);
  });
}

/** What cannot be dumped, and what the person is told. */
const REFUSED: { offers: OfferedTrack[]; out: string; track?: string; says: string }[] = [
  {
    offers: [H264, AAC],
    out: "a.wav",
    says: "--format wav does not fit: the server offers video (H.264), audio (AAC 90 kHz) (what " +
      "fits video: h264, mp4; audio: aac, mp4)",
  },
  { offers: [H264], out: "a.avi", says: "--format avi does not fit" },
  {
    offers: [JPEG],
    out: "a.mp4",
    says: "fits video: jpg, png, mjpeg, lab, avi, gif)",
  },
  { offers: [UNKNOWN], out: "a.ts", says: "fits application 2: pcapng)" },
  { offers: [H264, AAC], out: "a", track: "audio 2", says: "--track audio 2: there is none" },
];

for (const { offers, out, track, says } of REFUSED) {
  Deno.test(`of ${offers.map(({ name }) => name).join(" + ")} nothing goes into ${out}`, () => {
    const chosen = dumpFormat(undefined, out);
    assertThrows(() => selectTracks(offers, { chosen, track }), UsageError, says);
  });
}

Deno.test("a stream without a file format is no media where no format was asked for", () => {
  const chosen = dumpFormat(undefined, "a");
  const select = (): unknown => selectTracks([UNKNOWN], { chosen, track: undefined });
  assertThrows(select, NoMediaError, "--out NAME.pcapng keeps packets");
});

Deno.test("what a file leaves out is said, and nothing where it takes all", () => {
  const told = (offers: OfferedTrack[], out: string): string | undefined => {
    const selection = selectTracks(offers, {
      chosen: dumpFormat(undefined, out),
      track: undefined,
    });
    return leftOutOf(offers, selection);
  };
  assertMatch(told([H264, PCMU], "a.mp4")!, /^only video goes into the file, not audio 2 \(G.711 /);
  assertMatch(
    told([H264, AAC], "a.rtpdump")!,
    /^only video .* \(NAME.pcapng as --out takes all\)$/,
  );
  assertMatch(told([JPEG, AAC], "a.aac")!, /^only audio .* \(NAME.pcapng as --out takes all\)$/);
  assertEquals(told([H264, AAC], "a.pcapng"), undefined);
  assertEquals(told([H264, AAC], "a.mp4"), undefined);
  assertEquals(told([H264, UNKNOWN], "a"), undefined);
  assertEquals(told([JPEG, AAC], "a"), undefined);
});
