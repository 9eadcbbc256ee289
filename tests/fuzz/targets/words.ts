import { UsageError } from "../../../cmd/exit_status.ts";
import { parseImpairment } from "../../../cmd/impair_flag.ts";
import { ExpectationSyntaxError, parseExpectations } from "../../../lib/inspect/expectation.ts";
import { Redactor } from "../../../lib/inspect/redaction.ts";
import { mediaPath } from "../../../lib/media/media_path.ts";
import { isPictureName, sortPictures } from "../../../lib/media/picture_names.ts";
import {
  parsePatternQuery,
  PATTERN_LIMITS,
  patternKey,
} from "../../../lib/media/pattern/pattern_settings.ts";
import { MediaRequestError } from "../../../lib/stream/media_provider.ts";
import { parseDrawn } from "../../../lib/ui/web/frame_message.ts";
import { isNamedHost } from "../../../lib/ui/web/named_host.ts";
import { parseFromPage } from "../../../lib/ui/web/page_messages.ts";
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

const SECRET = "S3cretWord";

/** A secret that is known is nowhere in what is shown, whatever stands around it. */
function checkRedaction(bytes: Uint8Array): void {
  for (const anonymous of [false, true]) {
    const redactor = new Redactor({ anonymous });
    redactor.secret("password", SECRET);
    const said = text(bytes);
    const shown = redactor.text(said);
    assert(!shown.includes(SECRET), "the secret is hidden");
    // A placeholder for each character that stood for something, at most.
    assert(shown.length <= MOST_REDACTED * (said.length + 1), `${shown.length} characters`);
  }
}

const MOST_REDACTED = 32;

/** What a page says is one of the things a page may say, within their bounds. */
function checkPage(bytes: Uint8Array): void {
  const said = parseFromPage(text(bytes));
  if (said !== undefined) assert(Number.isInteger(said.player) && said.player >= 0);
  parseDrawn(bytes.slice().buffer);
}

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
    name: "redaction",
    seeds: lines(
      `rtsp://bob:${SECRET}@192.0.2.1:554/user=admin_password=${SECRET}_channel=1?token=abc123`,
      `k=clear:${SECRET}\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}|2^20\n`,
      "s/n: AB12CD34EF56 [2001:db8::9] 192.0.2.7 00:11:22:33:44:55 bob@example.org",
    ),
    check: checkRedaction,
  },
  {
    name: "page-messages",
    seeds: lines(
      '{"type":"act","player":0,"action":"play"}',
      '{"type":"seek","player":1,"seconds":2.5}',
      '{"type":"open","player":0,"form":{"address":"h","port":"554"},"user":"","password":"x"}',
      '{"type":"files","player":0,"address":"h","port":"1"}',
      "\u0002\u0001\0\0\0\0\0\u0007",
    ),
    check: checkPage,
  },
  {
    name: "host-header",
    seeds: lines("localhost:8080", "127.0.0.1:8080", "[::1]:8080", "evil.example:8080"),
    check: (bytes) => {
      const host = text(bytes);
      if (isNamedHost(host, "127.0.0.1", 8080)) {
        assert(["127.0.0.1:8080", "localhost:8080"].includes(host), host);
      }
      if (isNamedHost(host, "0.0.0.0", 8080)) {
        assert(/^(?:localhost|[\d.]+|\[[\d:a-f.]+\]):8080$/i.test(host), host);
      }
    },
  },
  {
    name: "picture-names",
    seeds: lines("frame-0001.jpg\nframe-0002.jpg\nframe-10.png", "a.jpg\nb.jpeg\n1.JPG\n.x.jpg"),
    check: checkNames,
  },
];
