import { UsageError } from "../../cmd/exit_status.ts";
import { parseFlags } from "../../cmd/flags.ts";
import { SERVE_FLAGS } from "../../cmd/serve_flags.ts";
import { MOST_SOURCES, originName, parseSources } from "../../cmd/serve_source_settings.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

Deno.test("--source may be given again and again", () => {
  const { flags } = parseFlags(["--source", "a=-", "--source=b=http://c/"], SERVE_FLAGS);
  assertEquals(flags.source, ["a=-", "b=http://c/"]);
  assertEquals(parseFlags([], SERVE_FLAGS).flags.source, undefined);
});

Deno.test("origins are told apart, and shown without their passwords", () => {
  const settings = parseSources([
    "in=-",
    "door=http://me:a%3Ab@192.0.2.7:81/v.mjpg?q=1#x",
    "yard=rtsp://me:pw@192.0.2.8/s1",
  ]);
  assertEquals(settings[1], {
    name: "door",
    origin: {
      kind: "http",
      url: "http://192.0.2.7:81/v.mjpg?q=1",
      credentials: { username: "me", password: "a:b" },
    },
  });
  assertEquals(settings.map(({ origin }) => originName(origin)), [
    "standard input",
    "http://192.0.2.7:81/v.mjpg?q=1",
    "rtsp://192.0.2.8/s1",
  ]);
});

Deno.test("names are checked, and there are only so many", () => {
  const name = "n".repeat(64);
  assertEquals(parseSources([`${name}=-`])[0]!.name, name);
  assertThrows(() => parseSources([`${name}n=-`]), UsageError, "is no name");
  assertThrows(() => parseSources(["a=http://b/", "a=-"]), UsageError, "two are called a");
  const many = Array.from({ length: MOST_SOURCES }, (_, i) => `s${i}=http://c/`);
  assertEquals(parseSources(many).length, MOST_SOURCES);
  assertThrows(() => parseSources([...many, "x=-"]), UsageError, "more than 64");
});
