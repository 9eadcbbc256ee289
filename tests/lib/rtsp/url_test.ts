import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  formatUrl,
  parseRequestUri,
  parseUrl,
  resolveControl,
  type RtspScheme,
  type RtspUrl,
  withoutCredentials,
} from "../../../lib/rtsp/url.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";

const URLS: { name: string; text: string; url: RtspUrl; written?: string; noted?: true }[] = [
  {
    name: "a plain URL",
    text: "rtsp://example.com/media/movie.Mjpeg",
    url: { scheme: "rtsp", host: "example.com", port: 554, path: "/media/movie.Mjpeg" },
  },
  {
    name: "a port",
    text: "rtsp://127.0.0.1:8554/a",
    url: { scheme: "rtsp", host: "127.0.0.1", port: 8554, path: "/a" },
  },
  {
    name: "the default port that VLC adds",
    text: "rtsp://h:554/a",
    url: { scheme: "rtsp", host: "h", port: 554, path: "/a" },
    written: "rtsp://h/a",
  },
  {
    name: "an empty port",
    text: "rtsp://h:/a",
    url: { scheme: "rtsp", host: "h", port: 554, path: "/a" },
    written: "rtsp://h/a",
  },
  {
    name: "rtsps with its own default port",
    text: "RTSPS://h/",
    url: { scheme: "rtsps", host: "h", port: 322, path: "/" },
    written: "rtsps://h/",
  },
  {
    name: "rtsps on the port of rtsp",
    text: "rtsps://h:554/",
    url: { scheme: "rtsps", host: "h", port: 554, path: "/" },
  },
  {
    name: "rtspu without path",
    text: "rtspu://h",
    url: { scheme: "rtspu", host: "h", port: 554, path: "" },
  },
  {
    name: "an IPv6 address",
    text: "rtsp://[2001:db8::1]:8554/a",
    url: { scheme: "rtsp", host: "2001:db8::1", port: 8554, path: "/a" },
  },
  {
    name: "an IPv6 address with a zone and no port",
    text: "rtsp://[fe80::1%eth0]/a",
    url: { scheme: "rtsp", host: "fe80::1%eth0", port: 554, path: "/a" },
  },
  {
    name: "user and password",
    text: "rtsp://admin:secret@h/a",
    url: {
      scheme: "rtsp",
      username: "admin",
      password: "secret",
      host: "h",
      port: 554,
      path: "/a",
    },
  },
  {
    name: "a user alone and an @ in the path",
    text: "rtsp://admin@h/a@b",
    url: { scheme: "rtsp", username: "admin", host: "h", port: 554, path: "/a@b" },
  },
  {
    name: "an escaped password with a colon in it",
    text: "rtsp://u:a%40b:c@[::1]/",
    url: { scheme: "rtsp", username: "u", password: "a@b:c", host: "::1", port: 554, path: "/" },
    written: "rtsp://u:a%40b%3Ac@[::1]/",
  },
  {
    name: "a password as people type it",
    text: "rtsp://u:p@s#w!50%o^?@h:8554/a?b=c",
    url: {
      scheme: "rtsp",
      username: "u",
      password: "p@s#w!50%o^?",
      host: "h",
      port: 8554,
      path: "/a",
      query: "b=c",
    },
    written: "rtsp://u:p%40s%23w!50%25o%5E%3F@h:8554/a?b=c",
    noted: true,
  },
  {
    name: "a query, and a slash in it as gortsplib's Content-Base has",
    text: "rtsp://h/p?q=1/trackID=0",
    url: { scheme: "rtsp", host: "h", port: 554, path: "/p", query: "q=1/trackID=0" },
  },
  {
    name: "a query right after the host",
    text: "rtsp://h?x=a/b",
    url: { scheme: "rtsp", host: "h", port: 554, path: "", query: "x=a/b" },
  },
  {
    name: "an empty query",
    text: "rtsp://h/a?",
    url: { scheme: "rtsp", host: "h", port: 554, path: "/a", query: "" },
  },
  {
    name: "spaces in the path as people type them",
    text: "rtsp://h/a b?c d",
    url: { scheme: "rtsp", host: "h", port: 554, path: "/a b", query: "c d" },
    written: "rtsp://h/a%20b?c%20d",
  },
  {
    name: "tabs in the path, as in a header line",
    text: "rtsp://h/a\tb?c\td",
    url: { scheme: "rtsp", host: "h", port: 554, path: "/a\tb", query: "c\td" },
    written: "rtsp://h/a%09b?c%09d",
  },
];

for (const row of URLS) {
  Deno.test(`reads a URL with ${row.name}`, () => {
    const noted: string[] = [];
    assertEquals(parseUrl(row.text, (code, detail) => noted.push(`${code} ${detail}`)), row.url);
    assertEquals(noted.length, row.noted ? 1 : 0);
    assert(!noted.join().includes("p@s"), "A password is never shown");
  });
  Deno.test(`writes a URL with ${row.name}`, () => {
    assertEquals(formatUrl(row.url), row.written ?? row.text);
  });
}

const MALFORMED: [text: string, problem: string][] = [
  ["", "does not begin with rtsp://"],
  ["h/a", "does not begin with rtsp://"],
  ["http://h/a", "does not begin with rtsp://"],
  ["rtsp:/h", "does not begin with rtsp://"],
  ["toString://h/", "does not begin with rtsp://"],
  ["rtsp://", "is not a host"],
  ["rtsp:///a", "is not a host"],
  ["rtsp://u@/a", "is not a host"],
  ["rtsp://a b/", "is not a host"],
  ["rtsp://::1/a", "is not a host"],
  ["rtsp://[::1/a", "is not a host"],
  ["rtsp://[h]/a", "is not a host"],
  ["rtsp://[::1]x/a", "is not a host"],
  ["rtsp://h:0/", "Port is not 1 to 65535"],
  ["rtsp://h:65536/", "Port is not 1 to 65535"],
  ["rtsp://h:8a/", "Port is not 1 to 65535"],
  ["rtsp://h/a\r\nX: y", "has a control character"],
];

for (const [text, problem] of MALFORMED) {
  Deno.test(`refuses the URL ${JSON.stringify(text)}`, () => {
    assertThrows(() => parseUrl(text), MalformedError, problem);
  });
}

Deno.test("a URL may be 2048 characters long and no longer", () => {
  const url = `rtsp://h/${"a".repeat(2048 - 9)}`;
  assertEquals(parseUrl(url).path.length, 2048 - 8);
  assertThrows(() => parseUrl(`${url}a`), MalformedError, "longer than 2048");
});

Deno.test("errors never show a password", () => {
  for (const text of ["rtsp://u:hidden@ /", "http://u:hid@den@h", "rtsp://u:hidden/x@h"]) {
    const { message } = assertThrows(() => parseUrl(text), MalformedError);
    assert(!message.includes("hid"), message);
  }
});

Deno.test("credentials can be left out", () => {
  const url = parseUrl("rtsp://u:p@h:1/a?b");
  assertEquals(formatUrl(withoutCredentials(url)), "rtsp://h:1/a?b");
  assertEquals(url.password, "p");
});

Deno.test("any URL that can be written is read back", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  const urls = fc.record({
    scheme: fc.constantFrom<RtspScheme>("rtsp", "rtspu", "rtsps"),
    username: text,
    password: text,
    host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
    port: fc.integer({ min: 1, max: 65_535 }),
    path: fc.webPath().map((path) => `/${path}`),
    query: fc.webQueryParameters(),
  }, { requiredKeys: ["scheme", "host", "port", "path"] })
    .filter((url) => url.password === undefined || url.username !== undefined);
  fc.assert(fc.property(urls, (url) => assertEquals(parseUrl(formatUrl(url)), url)));
});

Deno.test("any text is a URL or malformed", () => {
  const text = fc.oneof(fc.string(), fc.string().map((tail) => `rtsp://${tail}`));
  fc.assert(fc.property(text, (candidate) => {
    try {
      const url = parseUrl(candidate);
      assertEquals(parseUrl(formatUrl(url)).host, url.host);
    } catch (error) {
      assert(error instanceof MalformedError, String(error));
    }
  }));
});

Deno.test("a request URI is matched by path and query only", () => {
  assertEquals(parseRequestUri("*"), { path: "*" });
  assertEquals(parseRequestUri("rtsp://10.0.0.1:9/a/b?c=d"), { path: "/a/b", query: "c=d" });
  assertEquals(parseRequestUri("rtsp://user:pass@h/a"), { path: "/a" });
  assertEquals(parseRequestUri("rtsp://h"), { path: "" });
  assertEquals(parseRequestUri("/a/track1?x"), { path: "/a/track1", query: "x" });
  assertThrows(() => parseRequestUri("movie.Mjpeg"), MalformedError, '"movie.Mjpeg" does not');
  assertThrows(() => parseRequestUri("/a\u0000"), MalformedError, "control character");
});

const CONTROLS: [base: string, control: string | undefined, append: string, resolve: string][] = [
  ["rtsp://h/m/", "trackID=0", "rtsp://h/m/trackID=0", "rtsp://h/m/trackID=0"],
  ["rtsp://h/m", "trackID=0", "rtsp://h/m/trackID=0", "rtsp://h/trackID=0"],
  ["rtsp://h/m/", "/trackID=0", "rtsp://h/m//trackID=0", "rtsp://h/trackID=0"],
  ["rtsp://h/m/", "*", "rtsp://h/m/", "rtsp://h/m/"],
  ["rtsp://h/m/", undefined, "rtsp://h/m/", "rtsp://h/m/"],
  ["rtsp://h/m/", "", "rtsp://h/m/", "rtsp://h/m/"],
  ["rtsp://h/m/", "rtsp://other/x", "rtsp://other/x", "rtsp://other/x"],
  ["rtsp://h", "track1", "rtsp://h/track1", "rtsp://h/track1"],
  ["rtsp://h/p?q=1/", "trackID=0", "rtsp://h/p?q=1/trackID=0", "rtsp://h/trackID=0"],
  ["rtsp://h/a/b/", "../c", "rtsp://h/a/b/../c", "rtsp://h/a/c"],
  ["rtsp://h/a/b/", "./c/..", "rtsp://h/a/b/./c/..", "rtsp://h/a/b/"],
  ["rtsp://h/a/b", "?x=1", "rtsp://h/a/b/?x=1", "rtsp://h/a/b?x=1"],
  ["rtsp://h/a/b", "c?x=1", "rtsp://h/a/b/c?x=1", "rtsp://h/a/c?x=1"],
  ["rtsp://h/a/b", "//g/c", "rtsp://h/a/b///g/c", "rtsp://g/c"],
];

for (const [base, control, appended, resolved] of CONTROLS) {
  Deno.test(`control ${JSON.stringify(control)} on ${base}`, () => {
    assertEquals(resolveControl(base, control), appended);
    assertEquals(resolveControl(base, control, "append"), appended);
    assertEquals(resolveControl(base, control, "resolve"), resolved);
  });
}

Deno.test("the position in a URL error points at the host", () => {
  const { message } = assertThrows(() => parseUrl("rtsp://user@a b/"), MalformedError);
  assertStringIncludes(message, "at byte 12");
});
