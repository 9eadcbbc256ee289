import { UsageError } from "../../../cmd/exit_status.ts";
import { parseImpairment } from "../../../cmd/impair_flag.ts";
import { ExpectationSyntaxError, parseExpectations } from "../../../lib/inspect/expectation.ts";
import { mediaPath } from "../../../lib/media/media_path.ts";
import { isPictureName, sortPictures } from "../../../lib/media/picture_names.ts";
import {
  parsePatternQuery,
  PATTERN_LIMITS,
  patternKey,
} from "../../../lib/media/pattern/pattern_settings.ts";
import { MediaRequestError } from "../../../lib/stream/media_provider.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ascii } from "../../support/split.ts";
import { type Target, text, valueOr } from "../target.ts";

/** A name never leads out of the folder it is looked up in. */
function checkPath(bytes: Uint8Array): void {
  for (const windows of [false, true]) {
    let segments: string[];
    try {
      segments = mediaPath(text(bytes), windows);
    } catch (error) {
      assertEquals((error as Error).name, "MediaNotFoundError");
      continue;
    }
    for (const segment of segments) {
      assert(segment !== "" && segment !== "." && segment !== "..");
      assert(!(windows ? /[\\/\0:]/ : /[/\0]/).test(segment), JSON.stringify(segment));
    }
  }
}

function checkPattern(bytes: Uint8Array): void {
  const settings = parsePatternQuery(text(bytes));
  const { width, height, rate } = settings;
  const { leastSide, mostSide, leastRate, mostRate, pixelsPerSecond } = PATTERN_LIMITS;
  assert(Math.min(width, height) >= leastSide && Math.max(width, height) <= mostSide);
  assert(rate >= leastRate && rate <= mostRate && width * height * rate <= pixelsPerSecond);
  assert(patternKey(settings).length < 200);
}

function checkImpairment(bytes: Uint8Array): void {
  for (const value of Object.values(parseImpairment(text(bytes)) ?? {})) {
    if (typeof value === "number") assert(value >= 0, String(value));
  }
}

/** Every picture's name comes out once, and nothing else. */
function checkNames(bytes: Uint8Array): void {
  const names = text(bytes).split("\n").map((name) => name.slice(0, LONGEST_NAME));
  const { numbered, single } = sortPictures(names);
  assertEquals([...numbered, ...single].sort(), names.filter(isPictureName).sort());
}

/** Characters of a file's name, on every system there is. */
const LONGEST_NAME = 255;

const lines = (...all: string[]): Uint8Array[] => all.map(ascii);

export const WORD_TARGETS: readonly Target[] = [
  {
    name: "media-path",
    seeds: lines(
      ...["movie.Mjpeg", "/a/../b", "%2e%2e%2fx", "a\\..\\b", "C:\\x", "a%00b", "%c0%af"],
    ),
    check: checkPath,
  },
  {
    name: "pattern-query",
    seeds: lines(
      "size=640x480&rate=25&pattern=bars",
      "size=2040x2040&rate=0.5&pattern=dot&colour=%23ff0080&frames=100&clock=off",
      "pattern=ramp&color=red",
    ),
    check: valueOr([MediaRequestError], checkPattern),
  },
  {
    name: "impairment",
    seeds: lines(
      "loss=2%,burst=3,delay=20ms,jitter=5ms,seed=7",
      "reorder=1%,duplicate=1%,corrupt=0.5%,rate=2M,stall=2s/30s",
    ),
    check: valueOr([UsageError], checkImpairment),
  },
  {
    name: "expectations",
    seeds: lines("fps>=10,loss<1%,frames>=50,freeze<2s", "video:packets>0,encoding=JPEG,jitter<5"),
    check: valueOr([ExpectationSyntaxError], (bytes) => parseExpectations(text(bytes))),
  },
  {
    name: "picture-names",
    seeds: lines("frame-0001.jpg\nframe-0002.jpg\nframe-10.png", "a.jpg\nb.jpeg\n1.JPG\n.x.jpg"),
    check: checkNames,
  },
];
