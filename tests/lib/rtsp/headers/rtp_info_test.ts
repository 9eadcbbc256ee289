import fc from "fast-check";
import {
  formatRtpInfo,
  parseRtpInfo,
  type RtpInfoEntry,
} from "../../../../lib/rtsp/headers/rtp_info.ts";
import { assertEquals } from "../../../support/assert.ts";
import { testField } from "./field_suite.ts";

const parameter = fc.record({
  name: fc.stringMatching(/^x[a-z]{0,5}$/),
  value: fc.stringMatching(/^[0-9A-Fa-f]{1,8}$/),
});
const entry: fc.Arbitrary<RtpInfoEntry> = fc.tuple(
  fc.record({
    url: fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.constant("track1"))
      .filter((url) => !/[;,]$|[;,](seq|rtptime|ssrc|url)=/i.test(url)),
    seq: fc.nat(65_535),
    rtptime: fc.nat(0xffffffff),
  }, { requiredKeys: ["url"] }),
  fc.array(parameter, { minLength: 1, maxLength: 2 }),
  fc.boolean(),
).map(([start, other, extended]) => extended && "seq" in start ? { ...start, other } : start);

testField<RtpInfoEntry[]>({
  name: "RTP-Info",
  parse: parseRtpInfo,
  format: formatRtpInfo,
  golden: [
    {
      name: "semicolons alone say nothing",
      text: ";",
      value: [],
      written: "",
      tolerances: ["rtp-info-without-url", "empty-parameter"],
    },
    {
      name: "one stream",
      text: "url=rtsp://h/test/stream=0;seq=12907;rtptime=721075",
      value: [{ url: "rtsp://h/test/stream=0", seq: 12_907, rtptime: 721_075 }],
    },
    {
      name: "gst-rtsp-server's comma and space",
      text: "url=rtsp://h/m/stream=0;seq=1;rtptime=2, url=rtsp://h/m/stream=1;seq=3;rtptime=4",
      value: [
        { url: "rtsp://h/m/stream=0", seq: 1, rtptime: 2 },
        { url: "rtsp://h/m/stream=1", seq: 3, rtptime: 4 },
      ],
      written: "url=rtsp://h/m/stream=0;seq=1;rtptime=2,url=rtsp://h/m/stream=1;seq=3;rtptime=4",
    },
    {
      name: "live555's comma, a track never set up",
      text: "url=rtsp://h/m/track1;seq=5;rtptime=6,url=rtsp://h/m/track2;seq=0;rtptime=0",
      value: [
        { url: "rtsp://h/m/track1", seq: 5, rtptime: 6 },
        { url: "rtsp://h/m/track2", seq: 0, rtptime: 0 },
      ],
    },
    {
      name: "the trailing semicolon of Laureii",
      text: "url=rtsp://h/m;seq=1;rtptime=2;",
      value: [{ url: "rtsp://h/m", seq: 1, rtptime: 2 }],
      written: "url=rtsp://h/m;seq=1;rtptime=2",
      tolerances: ["empty-parameter"],
    },
    {
      name: "a trailing semicolon after the url",
      text: "url=rtsp://h/m;",
      value: [{ url: "rtsp://h/m" }],
      written: "url=rtsp://h/m",
      tolerances: ["empty-parameter"],
    },
    {
      name: "a url alone, as gortsplib sends",
      text: "url=trackID=0",
      value: [{ url: "trackID=0" }],
    },
    {
      name: "missing parts and any order",
      text: "url=a;rtptime=7,url=b;seq=8",
      value: [{ url: "a", rtptime: 7 }, { url: "b", seq: 8 }],
    },
    {
      name: "a quoted url",
      text: 'url="rtsp://h/m";seq=1',
      value: [{ url: "rtsp://h/m", seq: 1 }],
      written: "url=rtsp://h/m;seq=1",
      tolerances: ["quoted-url"],
    },
    {
      name: "no url",
      text: "seq=1;rtptime=2",
      value: [{ seq: 1, rtptime: 2 }],
      tolerances: ["rtp-info-without-url"],
    },
    {
      name: "a url with commas and semicolons of its own",
      text: "url=rtsp://h/a,b;c=d?e=1,2;f;seq=1,url=x,y;rtptime=2",
      value: [{ url: "rtsp://h/a,b;c=d?e=1,2;f", seq: 1 }, { url: "x,y", rtptime: 2 }],
    },
    {
      name: "the SSRC of Reolink",
      text: "url=x;seq=1;rtptime=2;ssrc=4D3C2B1A;flag",
      value: [{
        url: "x",
        seq: 1,
        rtptime: 2,
        other: [{ name: "ssrc", value: "4D3C2B1A" }, { name: "flag" }],
      }],
    },
    {
      name: "the outermost numbers",
      text: "url=x;seq=65535;rtptime=4294967295",
      value: [{ url: "x", seq: 65_535, rtptime: 4_294_967_295 }],
    },
    {
      name: "numbers one past the outermost",
      text: "url=x;seq=65536;rtptime=4294967296",
      value: [{ url: "x" }],
      written: "url=x",
      tolerances: ["rtp-info-ignored"],
    },
    {
      name: "negative and missing numbers",
      text: "url=x;rtptime=-5;seq=",
      value: [{ url: "x" }],
      written: "url=x",
      tolerances: ["rtp-info-ignored"],
    },
    {
      name: "blanks and capitals",
      text: "URL = x ; Seq = 1 ; RTPTIME = 2 ,",
      value: [{ url: "x", seq: 1, rtptime: 2 }],
      written: "url=x;seq=1;rtptime=2",
    },
    { name: "nothing", text: "", value: [] },
  ],
  malformed: [
    ["url=x;seq=1;a b=c", 'Name "a b" is not a token', 12],
    ["rtsp://h/m", "is not a token", 0],
    [Array(65).fill("url=x").join(","), "More than 64 entries", 384],
  ],
  arbitrary: fc.array(entry, { maxLength: 4 }),
});

Deno.test("RTP-Info takes as many entries as its limit", () => {
  assertEquals(parseRtpInfo(Array(64).fill("url=x").join(",")).length, 64);
});
