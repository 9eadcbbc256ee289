import { defaultScreen } from "../../cmd/play_screen.ts";
import { parseAddresses } from "../../cmd/play_targets.ts";
import { UsageError } from "../../cmd/exit_status.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

const CHOICES = { dialect: undefined, transport: undefined };

Deno.test("the picture is where a person can see it, and nowhere when none is asked for", () => {
  const cases: [boolean, boolean, boolean, string][] = [
    [false, true, true, "web"],
    [false, true, false, "term"],
    [false, false, true, "none"],
    [false, false, false, "none"],
    [true, true, true, "none"],
    [true, true, false, "none"],
  ];
  for (const [headless, terminal, display, screen] of cases) {
    assertEquals(defaultScreen({ headless, terminal, display }), screen);
  }
});

Deno.test("several URLs are several streams, and four words are one", () => {
  const urls = ["rtsp://a/1", "rtsps://b/2"];
  assertEquals(parseAddresses(urls, CHOICES).map(({ target }) => target.form), ["url", "url"]);
  const [lab, ...rest] = parseAddresses(["localhost", "1", "2", "movie.Mjpeg"], CHOICES);
  assertEquals([lab?.target.form, rest.length], ["lab", 0]);
  assertEquals(parseAddresses([], CHOICES), []);
});

Deno.test("a URL beside other words is refused, and so are too many", () => {
  assertThrows(() => parseAddresses(["rtsp://a/1", "movie"], CHOICES), UsageError);
  assertThrows(() => parseAddresses(["localhost", "5678"], CHOICES), UsageError);
  const many = Array.from({ length: 17 }, (_, i) => `rtsp://host/${i}`);
  assertThrows(() => parseAddresses(many, CHOICES), UsageError, "too many");
  assertEquals(parseAddresses(many.slice(1), CHOICES).length, 16);
});
