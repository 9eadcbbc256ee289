// How clients spell the URLs they were given: interop facts, section 1.5.
import { assertEquals } from "../../../support/assert.ts";
import { withServer } from "../../../support/rtsp_server.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const TCP = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";

/** Every way the aggregate and the track are named; `H` stands for the server's host and port. */
const SPELLINGS: { name: string; setup: string; play: string }[] = [
  { name: "as told", setup: "rtsp://H/movie.Mjpeg/track1", play: "rtsp://H/movie.Mjpeg/" },
  {
    name: "no slash at the end (VLC's roll-over)",
    setup: "rtsp://H/movie.Mjpeg/track1",
    play: "rtsp://H/movie.Mjpeg",
  },
  {
    name: "two slashes (a control of /track1, appended)",
    setup: "rtsp://H/movie.Mjpeg//track1",
    play: "rtsp://H/movie.Mjpeg//",
  },
  {
    name: "a slash behind the track",
    setup: "rtsp://H/movie.Mjpeg/track1/",
    play: "rtsp://H/movie.Mjpeg/track1/",
  },
  {
    name: "the track's URL for everything",
    setup: "rtsp://H/movie.Mjpeg/track1",
    play: "rtsp://H/movie.Mjpeg/track1",
  },
  {
    name: "the base for everything (no control)",
    setup: "rtsp://H/movie.Mjpeg/",
    play: "rtsp://H/movie.Mjpeg/",
  },
  {
    name: "another host",
    setup: "rtsp://10.1.2.3/movie.Mjpeg/track1",
    play: "rtsp://10.1.2.3/movie.Mjpeg/",
  },
  {
    name: "another port (VLC's :554)",
    setup: "rtsp://H/movie.Mjpeg/track1",
    play: "rtsp://127.0.0.1:554/movie.Mjpeg/",
  },
  { name: "no scheme and host", setup: "/movie.Mjpeg/track1", play: "/movie.Mjpeg/" },
  {
    name: "a query, the track behind it (gortsplib)",
    setup: "rtsp://H/movie.Mjpeg?q=1/track1",
    play: "rtsp://H/movie.Mjpeg?q=1/",
  },
  {
    name: "a query, the track before it",
    setup: "rtsp://H/movie.Mjpeg/track1?q=1",
    play: "rtsp://H/movie.Mjpeg?q=1",
  },
  {
    name: "credentials (openRTSP)",
    setup: "rtsp://user:pass@H/movie.Mjpeg/track1",
    play: "rtsp://user:pass@H/movie.Mjpeg/",
  },
  {
    name: "escaped characters",
    setup: "rtsp://H/movie%2EMjpeg/track1",
    play: "rtsp://H/movie.Mjpeg/",
  },
  {
    name: "the name in lower case, as the built-in clip allows",
    setup: "rtsp://H/MOVIE.mjpeg/track1",
    play: "rtsp://H/MOVIE.mjpeg/",
  },
];

for (const { name, setup, play } of SPELLINGS) {
  Deno.test(`SETUP, PLAY and TEARDOWN with ${name}`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const spell = (url: string): string => url.replace("H", `127.0.0.1:${test.port}`);
      // The first request of a connection with a bare path would be a lab client's.
      await peer.request("OPTIONS", "*");
      const { status, headers } = await peer.request("SETUP", spell(setup), { headers: [TCP] });
      assertEquals(status, 200, "SETUP");
      const session = `Session: ${headers.get("Session")!.split(";")[0]}`;
      for (const method of ["PLAY", "PAUSE", "GET_PARAMETER", "TEARDOWN"]) {
        const response = await peer.request(method, spell(play), { headers: [session] });
        assertEquals(response.status, 200, method);
      }
    }));
}

Deno.test("a session is played by any spelling of its file, also * and the server's own URL", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { header } = await test.setUp(peer);
    for (const uri of ["*", test.url(""), test.url("movie%2eMjpeg"), test.url("./movie.Mjpeg")]) {
      const response = await peer.request("PAUSE", uri, { headers: [header] });
      assertEquals(response.status, 200, uri);
    }
  }));

Deno.test("a name with folders and blanks, escaped or not, keeps its spelling in what we answer", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    for (const url of [test.url("folder/my%20movie.mjpeg"), test.url("folder/my movie.mjpeg")]) {
      const { status, headers } = await peer.request("DESCRIBE", url);
      assertEquals([status, headers.get("Content-Base")], [200, `${url}/`]);
    }
  }));

Deno.test("Content-Base and RTP-Info build on the URL as the client wrote it", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const base = "rtsp://camera.example:8554/movie.Mjpeg";
    const { headers } = await peer.request("DESCRIBE", `${base}//`);
    assertEquals(headers.get("Content-Base"), `${base}/`);
    const { header } = await test.setUp(peer, undefined, { url: `${base}/track1` });
    const play = await peer.request("PLAY", `${base}/`, { headers: [header] });
    assertEquals(play.headers.get("RTP-Info")!.split(";")[0], `url=${base}/track1`);
  }));

Deno.test("where there is a query the track is told by its whole URL (rtspsrc)", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { body } = await peer.request("DESCRIBE", `${test.url()}?q=1`);
    assertEquals(text(body).includes(`a=control:${test.url()}?q=1/track1\r\n`), true);
    const plain = await peer.request("DESCRIBE", test.url());
    assertEquals(text(plain.body).includes("a=control:track1\r\n"), true);
  }));

Deno.test("a query stays in Content-Base, the slash behind it as gortsplib does", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { headers } = await peer.request("DESCRIBE", `${test.url()}?q=1`);
    assertEquals(headers.get("Content-Base"), `${test.url()}?q=1/`);
  }));

Deno.test("credentials in a URL are in no reply and no event", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const url = `rtsp://user:se/cret@127.0.0.1:${test.port}/movie.Mjpeg`.replace(
      "se/cret",
      "secret",
    );
    await peer.request("DESCRIBE", url);
    const session = await test.setUp(peer, undefined, { url: `${url}/track1` });
    await peer.request("PLAY", url, { headers: [session.header] });
    await peer.request("DESCRIBE", url.replace("movie", "none"));
    const said = peer.received.map((bytes) => new TextDecoder().decode(bytes)).join("");
    assertEquals(said.includes("secret"), false, said);
    assertEquals(JSON.stringify(test.events).includes("secret"), false);
  }));
