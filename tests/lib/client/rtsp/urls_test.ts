// Which URLs requests name (RFC 2326, appendix C.1.1 and C.3), seen on the wire.
import { type Script, sdp } from "../../../support/scripted_server.ts";
import { onStage } from "../../../support/viewer.ts";
import { assertEquals } from "../../../support/assert.ts";

interface Case {
  name: string;
  /** `HOST` stands for the server's own host and port. */
  base?: string;
  /** Other headers of the description, instead of Content-Base. */
  headers?: Record<string, string>;
  session?: string[];
  media?: string[];
  path?: string;
  setup: string;
  /** What PLAY and TEARDOWN name. */
  aggregate: string;
}

const CASES: Case[] = [
  {
    name: "a relative control is behind the Content-Base",
    base: "rtsp://HOST/movie/",
    media: ["a=control:track1"],
    setup: "rtsp://HOST/movie/track1",
    aggregate: "rtsp://HOST/movie/",
  },
  {
    name: "a Content-Base without slash gets one, as ffmpeg and live555 do it",
    base: "rtsp://HOST/movie",
    media: ["a=control:trackID=0"],
    setup: "rtsp://HOST/movie/trackID=0",
    aggregate: "rtsp://HOST/movie",
  },
  {
    name: "without Content-Base the URL itself is the base",
    media: ["a=control:stream=0"],
    setup: "rtsp://HOST/movie/stream=0",
    aggregate: "rtsp://HOST/movie",
  },
  {
    name: "Content-Location stands in for Content-Base",
    headers: { "Content-Location": "rtsp://HOST/moved/" },
    media: ["a=control:track1"],
    setup: "rtsp://HOST/moved/track1",
    aggregate: "rtsp://HOST/moved/",
  },
  {
    name: "absolute controls are taken as they are",
    base: "rtsp://HOST/movie/",
    session: ["a=control:rtsp://HOST/all"],
    media: ["a=control:rtsp://HOST/one/video?x=1"],
    setup: "rtsp://HOST/one/video?x=1",
    aggregate: "rtsp://HOST/all",
  },
  {
    name: "a control of * is the base",
    base: "rtsp://HOST/movie/",
    session: ["a=control:*"],
    media: ["a=control:*"],
    setup: "rtsp://HOST/movie/",
    aggregate: "rtsp://HOST/movie/",
  },
  {
    name: "without any control everything names the base",
    base: "rtsp://HOST/movie/",
    setup: "rtsp://HOST/movie/",
    aggregate: "rtsp://HOST/movie/",
  },
  {
    name: "a host that cannot be reached is named to the one that stated it",
    base: "rtsp://10.255.255.1:9999/movie/",
    media: ["a=control:track1"],
    setup: "rtsp://10.255.255.1:9999/movie/track1",
    aggregate: "rtsp://10.255.255.1:9999/movie/",
  },
  {
    name: "a Content-Base without scheme is completed (Anjvision)",
    base: "HOST/movie/",
    media: ["a=control:track1"],
    setup: "rtsp://HOST/movie/track1",
    aggregate: "rtsp://HOST/movie/",
  },
  {
    name: "a Content-Base with the scheme twice is mended (minisatip#18)",
    base: "rtsp://rtsp://HOST/movie/",
    media: ["a=control:track1"],
    setup: "rtsp://HOST/movie/track1",
    aggregate: "rtsp://HOST/movie/",
  },
  {
    name: "a Content-Base of a path alone is on the same server",
    base: "/movie/",
    media: ["a=control:track1"],
    setup: "rtsp://HOST/movie/track1",
    aggregate: "rtsp://HOST/movie/",
  },
  {
    name: "a query stays where the base has it, in front of the track (MediaMTX)",
    base: "rtsp://HOST/movie?q=1/",
    media: ["a=control:trackID=0"],
    path: "movie?q=1",
    setup: "rtsp://HOST/movie?q=1/trackID=0",
    aggregate: "rtsp://HOST/movie?q=1/",
  },
];

for (const { name, base, headers = {}, session = [], media = [], path, ...expected } of CASES) {
  Deno.test(name, async () => {
    const script: Script = {
      answers: {
        DESCRIBE: (_request, { server }) => {
          const here = (text: string): string =>
            text.replaceAll("HOST", `127.0.0.1:${server.port}`);
          const stated = Object.entries(headers).map(([name, value]) => [name, here(value)]);
          return {
            headers: {
              "Content-Base": base === undefined ? undefined : here(base),
              ...Object.fromEntries(stated),
            },
            body: here(sdp(...session, "m=video 0 RTP/AVP 26", ...media)),
          };
        },
      },
    };
    await onStage(script, async (stage) => {
      const { server } = stage;
      const session = await stage.play({}, server.url(path));
      await session.pause();
      await session.close();
      const here = (text: string): string => text.replaceAll("HOST", `127.0.0.1:${server.port}`);
      const aggregate = here(expected.aggregate);
      assertEquals(server.requests.map(({ method, uri }) => [method, uri]), [
        ["OPTIONS", server.url(path)],
        ["DESCRIBE", server.url(path)],
        ["SETUP", here(expected.setup)],
        ["PLAY", aggregate],
        ["PAUSE", aggregate],
        ["TEARDOWN", aggregate],
      ]);
    });
  });
}

Deno.test("name and password of a URL are in no request line", async () => {
  await onStage({}, async (stage) => {
    const { server } = stage;
    await stage.play({}, server.url("movie", "me:secret@"));
    for (const { uri } of server.requests) assertEquals(uri.includes("@"), false, uri);
  });
});
