import { baseUrl, controlUrl } from "../../../../lib/client/rtsp/base_url.ts";
import { parseUrl } from "../../../../lib/rtsp/url.ts";
import { assertEquals } from "../../../support/assert.ts";

const ASKED = "rtsp://me:secret@cam.example:8554/live/main?q=1";
const OWN = "rtsp://cam.example:8554/live/main?q=1";

const CASES: [what: string, stated: string | undefined, base: string][] = [
  ["nothing stated", undefined, OWN],
  ["nothing but blanks", "  ", OWN],
  ["as gst-rtsp-server and live555 state it", `${OWN}/`, `${OWN}/`],
  ["without a slash at its end", "rtsp://cam.example:8554/live", "rtsp://cam.example:8554/live"],
  ["a host that cannot be reached", "rtsp://10.0.0.1/live/", "rtsp://10.0.0.1/live/"],
  ["blanks around it", " rtsp://h/live/ ", "rtsp://h/live/"],
  ["the scheme twice", "rtsp://rtsp://cam.example/live/", "rtsp://cam.example/live/"],
  ["the scheme twice in capitals", "RTSP://rtsp://cam.example/live/", "rtsp://cam.example/live/"],
  ["no scheme, our host", "cam.example/live/", "rtsp://cam.example/live/"],
  ["no scheme, an address", "192.0.2.9/live/", "rtsp://192.0.2.9/live/"],
  ["no scheme, an address and a port", "192.0.2.9:554/live/", "rtsp://192.0.2.9:554/live/"],
  ["no scheme, a name and a port", "camera:554/live/", "rtsp://camera:554/live/"],
  ["no scheme, an IPv6 address", "[2001:db8::9]/live/", "rtsp://[2001:db8::9]/live/"],
  ["slashes and no scheme", "//192.0.2.9/live/", "rtsp://192.0.2.9/live/"],
  ["a path alone", "/live/main/", "rtsp://cam.example:8554/live/main/"],
  ["a name alone", "main/", "rtsp://cam.example:8554/live/main/"],
  [
    "a file's name, as a lab server states it",
    "movie.Mjpeg",
    "rtsp://cam.example:8554/live/movie.Mjpeg",
  ],
  ["credentials in it", "rtsp://u:p@cam.example/live/", "rtsp://cam.example/live/"],
  ["another protocol", "http://cam.example/live/", OWN],
];

for (const [what, stated, base] of CASES) {
  Deno.test(`the base of control names with ${what}`, () => {
    assertEquals(baseUrl(stated, parseUrl(ASKED)), base);
  });
}

Deno.test("a base without scheme takes that of the URL", () => {
  const url = parseUrl("rtsps://cam.example/live");
  assertEquals(baseUrl("cam.example/live/", url), "rtsps://cam.example/live/");
  assertEquals(baseUrl("/live/", url), "rtsps://cam.example/live/");
});

Deno.test("blanks and control characters in a control name are escaped", () => {
  const base = "rtsp://cam.example/my movie/";
  assertEquals(controlUrl(base, "track1"), "rtsp://cam.example/my%20movie/track1");
  assertEquals(
    controlUrl(base, "a b\t\u0000\u0085"),
    "rtsp://cam.example/my%20movie/a%20b%09%00%C2%85",
  );
  assertEquals(controlUrl("rtsp://h/ü/", "tück"), "rtsp://h/ü/tück");
});
