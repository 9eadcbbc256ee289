import {
  type Comparison,
  ExpectationSyntaxError,
  judgeExpectations,
  type Measure,
  MEASURES,
  parseExpectations,
  resultLine,
  type StreamMeasures,
} from "../../../lib/inspect/expectation.ts";
import { escapeXml, junitXml } from "../../../lib/inspect/junit.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";
import fc from "fast-check";

const READ: [string, Measure, Comparison, number | string, string?][] = [
  ["fps>=10", "fps", ">=", 10],
  ["fps >= 29.97", "fps", ">=", 29.97],
  ["loss<1%", "loss", "<", 1],
  ["loss<=0.5", "loss", "<=", 0.5],
  ["frames>=50", "frames", ">=", 50],
  ["freeze<2s", "freeze", "<", 2000],
  ["jitter<30ms", "jitter", "<", 30],
  ["gap<0.5", "gap", "<", 500],
  ["duration>=1m", "duration", ">=", 60_000],
  ["bitrate>=1M", "bitrate", ">=", 1e6],
  ["bitrate<500kbps", "bitrate", "<", 5e5],
  ["codec=H264", "codec", "=", "H264"],
  ["codec==h264", "codec", "=", "h264"],
  ["codec!=JPEG", "codec", "!=", "JPEG"],
  ["width=1920", "width", "=", 1920],
  ["FPS=>5", "fps", ">=", 5],
  ["lost=0", "lost", "=", 0],
  ["audio:packets>0", "packets", ">", 0, "audio"],
  ["Audio 2: packets>0", "packets", ">", 0, "audio 2"],
  ["all:loss=<3%", "loss", "<=", 3, "all"],
];

for (const [text, measure, comparison, wanted, stream] of READ) {
  Deno.test(`the expectation ${text} is read`, () => {
    const read = { text, stream, measure, comparison, wanted };
    assertEquals(parseExpectations(text), [read]);
    assertEquals(parseExpectations(`lost=0, ${text}`)[1], read);
  });
}

const REFUSED: [string, string][] = [
  ["", "nothing is expected"],
  ["fps>=10,,lost=0", "expectation 2 is empty: two commas in a row?"],
  ["fsp>=10", 'unknown name "fsp" in "fsp>=10" (did you mean fps?'],
  ["bitrat>1M", "did you mean bitrate?"],
  ["lost=0,los<1%", "did you mean lost?"],
  [">=10", '">=10" names nothing'],
  ["fps", '"fps" compares with nothing; write for example fps>=10'],
  ["codec", "codec=H264"],
  ["fps>=ten", '"fps>=ten": "ten" is not a number'],
  ["fps>=", '"" is not a number'],
  ["frames>=1.5", "not a whole number"],
  ["loss<1000%", "not a share (like 1% or 0.5%)"],
  ["freeze<2 weeks", '"2 weeks" is not a time (like 500ms'],
  ["bitrate>1T", "not a rate in bits a second"],
  ["codec>=H264", "codec is a word, which only = and != compare"],
  ["codec=<b>", "codec is a word"],
  ["fps>=1e9", '"1e9" is not a number'],
  [Array(101).fill("lost=0").join(","), "more than 100 expectations"],
];

for (const [text, words] of REFUSED) {
  Deno.test(`the expectation ${JSON.stringify(text).slice(0, 40)} is refused with a reason`, () => {
    assertThrows(() => parseExpectations(text), ExpectationSyntaxError, words);
  });
}

const VIDEO: StreamMeasures = {
  name: "video",
  values: {
    ...{ fps: 24.98, frames: 125, loss: 0.4, lost: 2, jitter: 3.25, freeze: 2400, gap: 480 },
    ...{ bitrate: 2_345_678, codec: "H264", width: 1920, duration: 5001 },
  },
};
const AUDIO: StreamMeasures = { name: "audio", values: { packets: 250, loss: 2, codec: "PCMU" } };

const JUDGED: [string, string[]][] = [
  ["fps>=10", ["holds  video: fps>=10, measured 24.98"]],
  ["fps>=25", ["fails  video: fps>=25, measured 24.98"]],
  ["loss<1%", ["holds  video: loss<1%, measured 0.4%"]],
  ["lost=0", ["fails  video: lost=0, measured 2"]],
  ["freeze<2s", ["fails  video: freeze<2s, measured 2.4s"]],
  ["gap<500ms", ["holds  video: gap<500ms, measured 480ms"]],
  ["jitter<3ms", ["fails  video: jitter<3ms, measured 3.3ms"]],
  ["bitrate>=3M", ["fails  video: bitrate>=3M, measured 2.346M"]],
  ["codec=h264", ["holds  video: codec=h264, measured H264"]],
  ["codec!=H264", ["fails  video: codec!=H264, measured H264"]],
  ["frames!=125", ["fails  video: frames!=125, measured 125"]],
  ["frames>125", ["fails  video: frames>125, measured 125"]],
  ["frames<=125", ["holds  video: frames<=125, measured 125"]],
  ["height=1080", ["fails  video: height=1080, measured not known"]],
  ["audio:packets>0", ["holds  audio: audio:packets>0, measured 250"]],
  ["audio2:packets>0", ['fails  audio2:packets>0, measured no stream "audio2" came']],
  ["all:loss<1%", [
    "holds  video: all:loss<1%, measured 0.4%",
    "fails  audio: all:loss<1%, measured 2%",
  ]],
];

for (const [text, lines] of JUDGED) {
  Deno.test(`the expectation ${text} is judged by what was measured`, () => {
    const results = judgeExpectations(parseExpectations(text), [VIDEO, AUDIO]);
    assertEquals(results.map(resultLine), lines);
  });
}

Deno.test("an expectation fails where no stream came", () => {
  const results = judgeExpectations(parseExpectations("fps>=1,all:lost=0"), []);
  assertEquals(results.map(({ holds, measured }) => [holds, measured]), [
    [false, "no stream came"],
    [false, "no stream came"],
  ]);
});

Deno.test("any text is either expectations that each are in it, or refused with a sentence", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(...Object.keys(MEASURES), ">=", "=", "<", "1", "2s", "%", ",", ":", "all"),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    const text = pieces.join("");
    try {
      for (const { text: own } of parseExpectations(text)) assert(text.includes(own));
    } catch (error) {
      assert(error instanceof ExpectationSyntaxError, String(error));
      assert(error.message.length > 10);
    }
  }));
});

Deno.test("JUnit has a case per expectation, a failure for each that fails", () => {
  const results = judgeExpectations(parseExpectations("fps>=25,lost=2"), [VIDEO]);
  const run = {
    name: 'rtsp://h/a&b"',
    time: Date.UTC(2030, 0, 2, 3, 4, 5),
    seconds: 5.25,
    results,
  };
  assertEquals(
    junitXml(run),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" time="5.250">
  <testsuite name="rtsp://h/a&#38;b&#34;" tests="2" failures="1" errors="0" time="5.250" skipped="0" timestamp="2030-01-02T03:04:05">
    <testcase classname="rtspkit.probe.video" name="fps&#62;=25">
      <failure type="expectation" message="expected fps&#62;=25, measured 24.98"/>
    </testcase>
    <testcase classname="rtspkit.probe.video" name="lost=2"/>
  </testsuite>
</testsuites>
`,
  );
});

Deno.test("JUnit of a run that failed says why", () => {
  const xml = junitXml({ name: "x", time: 0, seconds: 1, results: [], error: "refused <now>" });
  assertStringIncludes(xml, '<error message="refused &#60;now&#62;"/>');
  assertStringIncludes(xml, 'tests="1" failures="0" errors="1"');
});

Deno.test("no text breaks out of XML", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const escaped = escapeXml(text);
    assert(!/[<>"'\0]/.test(escaped), escaped);
    assert(!/&(?!#\d+;)/.test(escaped), escaped);
  }));
});
