// What goes wrong between servers and the clients there are, by number. Each trap that concerns a
// server has a test here named after it; those of authentication (11 to 13) stand in
// authenticator_test.ts, those of multicast in rtsp/multicast_test.ts.
import { parseTransport } from "../../../lib/rtsp/headers/transport.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { type JpegPayload, parseJpegPayload } from "../../../lib/jpeg/rtp_payload.ts";
import { parseSdp } from "../../../lib/sdp/parse.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { clipFrames, type ClipOptions } from "../../support/clips.ts";
import { LabClient } from "../../support/lab_client.ts";
import { framesOf, stepsOf } from "../../support/rtp_frames.ts";
import { requestText, type RtspPeer } from "../../support/rtsp_peer.ts";
import {
  pass,
  type TestServer,
  withRealTimeServer,
  withServer,
} from "../../support/rtsp_server.ts";
import { join, labFile } from "../media/frames.ts";

const TCP = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The Transport reply to a SETUP with this Transport. */
async function transportReply(test: TestServer, value: string): Promise<string> {
  const peer = await test.connect();
  const { headers } = await peer.request("SETUP", test.url(), {
    headers: [`Transport: ${value}`],
  });
  return headers.get("Transport")!;
}

/** The RFC 2435 payloads of all frames of a clip, as they come over TCP. */
async function payloadsOf(
  test: TestServer,
  { frames }: ClipOptions,
): Promise<{ first: JpegPayload[]; all: Uint8Array[] }> {
  const peer = await test.connect();
  const url = test.url("clip.mjpeg");
  const { header } = await test.setUp(peer, undefined, { url });
  await peer.request("PLAY", url, { headers: [header] });
  await test.until("session-playing");
  await pass(test.clock, 50 * frames);
  const all = (await peer.frames(frames)).map(({ payload }) => payload);
  const first = all.map(parseJpegPayload).filter(({ fragmentOffset }) => fragmentOffset === 0);
  return { first, all };
}

function withClip(
  options: ClipOptions,
  body: (test: TestServer, source: Uint8Array[]) => Promise<void>,
): Promise<void> {
  const source = clipFrames(options);
  return withServer({ files: { "clip.mjpeg": labFile(source) } }, (test) => body(test, source));
}

/** A client that has seen the first frames of a session over TCP. */
async function watching(test: TestServer): Promise<{ peer: RtspPeer; header: string }> {
  const peer = await test.connect();
  const session = await test.setUp(peer);
  await test.play(peer, session);
  await pass(test.clock, 100);
  await peer.frames(3);
  return { peer, header: session.header };
}

Deno.test("trap 1: a lab client's request ends with the segment, no blank line is waited for", () =>
  withRealTimeServer({}, async (test) => {
    const lab = await LabClient.connect(test.port);
    try {
      assertEquals((await lab.request("SETUP")).status, 200);
    } finally {
      lab.close();
    }
  }));

Deno.test("trap 2: a standard client that writes LF alone is answered with CRLF", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    await peer.send(`DESCRIBE ${test.url()} RTSP/1.0\nCSeq: 1\n\n`);
    assertEquals((await peer.response()).status, 200);
    const reply = text(join(...peer.received));
    assertEquals(reply.replaceAll("\r\n", "").includes("\n"), false, reply);
  }));

Deno.test("trap 3: no blank after ; in the Transport reply", () =>
  withServer({}, async (test) => {
    for (const wish of ["RTP/AVP; unicast; client_port=9000-9001", "RTP/AVP/TCP; unicast"]) {
      const reply = await transportReply(test, wish);
      assertEquals(/\s/.test(reply), false, reply);
    }
  }));

Deno.test("trap 4: unicast is said in the Transport reply, also when it was not asked", () =>
  withServer({}, async (test) => {
    for (const wish of ["RTP/AVP;client_port=9000-9001", "RTP/AVP/TCP;interleaved=0-1"]) {
      const reply = await transportReply(test, wish);
      assertEquals(reply.split(";")[1], "unicast", reply);
    }
  }));

Deno.test("trap 5: interleaved is told with both channels", () =>
  withServer({}, async (test) => {
    for (const wish of ["", ";interleaved=0", ";interleaved=0-1"]) {
      assertMatch(await transportReply(test, `RTP/AVP/TCP;unicast${wish}`), /;interleaved=0-1;/);
    }
  }));

Deno.test("trap 6: a UDP SETUP that cannot be had is answered 461, not with TCP", () =>
  withServer({ transport: "tcp" }, async (test) => {
    const peer = await test.connect();
    const headers = ["Transport: RTP/AVP;unicast;client_port=9000-9001"];
    const { status } = await peer.request("SETUP", test.url(), { headers });
    assertEquals(status, 461);
    const next = await peer.request("SETUP", test.url(), { headers: [TCP] });
    assertEquals(next.status, 200, "the next SETUP on the same connection");
  }));

Deno.test("trap 7: OPTIONS is answered 200 for a path that does not exist", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    assertEquals((await peer.request("OPTIONS", test.url("none"))).status, 200);
  }));

Deno.test("trap 8: Content-Base ends with a slash, so that RFC 3986 keeps its last part", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { headers, body } = await peer.request("DESCRIBE", test.url());
    const control = parseSdp(text(body)).media[0]!.attributes.find(({ name }) => {
      return name === "control";
    })!.value!;
    const url = new URL(control, headers.get("Content-Base")!.replace("rtsp:", "http:")).href;
    assertEquals(url.replace("http:", "rtsp:"), `${test.url()}/track1`);
    assertEquals(
      (await peer.request("SETUP", test.url() + "/track1", { headers: [TCP] })).status,
      200,
    );
  }));

Deno.test("trap 9: hosts in requests are not compared with the address listened on", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    for (const host of ["10.0.0.9", "camera.example:8554", "[2001:db8::1]:554"]) {
      const { status } = await peer.request("DESCRIBE", `rtsp://${host}/movie.Mjpeg`);
      assertEquals(status, 200, host);
    }
  }));

Deno.test("trap 10: the SETUP URL need not be base plus control to the letter", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    for (
      const path of [
        "movie.Mjpeg//track1",
        "movie.Mjpeg?q=1/track1",
        "movie.Mjpeg",
        "/movie.Mjpeg/track1",
      ]
    ) {
      const { status } = await peer.request("SETUP", test.url(path), { headers: [TCP] });
      assertEquals(status, 200, path);
    }
    // rtspsrc, when it lost the last part: a clean refusal makes it append instead.
    const lost = await peer.request("SETUP", test.url("track1"), { headers: [TCP] });
    assertEquals(lost.status, 404);
  }));

Deno.test("trap 14: a session over TCP lives without RTSP requests", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.clock.advance(600_000);
    assertEquals((await test.ask(peer, "PLAY", session)).status, 200);
  }));

Deno.test("trap 15: a session over TCP lives without RTCP while frames are sent", () =>
  withServer({ loop: true, sessionTimeout: 2 }, async (test) => {
    const { peer } = await watching(test);
    await pass(test.clock, 5000);
    assertEquals(test.server.sessionCount, 1);
    await peer.frames(100);
  }));

Deno.test("trap 16: every method in Public works as a keep-alive", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer, test.receiver());
    const { headers } = await peer.request("OPTIONS", test.url());
    const methods = headers.get("Public")!.split(", ");
    assert(methods.includes("GET_PARAMETER") && methods.includes("OPTIONS"));
    for (const method of ["OPTIONS", "GET_PARAMETER", "SET_PARAMETER"]) {
      for (const uri of [test.url(), `${test.url()}/`, "*"]) {
        const { status } = await peer.request(method, uri, { headers: [session.header] });
        assertEquals(status, 200, `${method} ${uri}`);
      }
    }
  }));

Deno.test("trap 17: a keep-alive is answered without a body", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const { headers, body } = await test.ask(peer, "GET_PARAMETER", session);
    assertEquals([headers.get("Content-Length"), body.length], [undefined, 0]);
  }));

Deno.test("trap 18: a Session echoed with its timeout is understood", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { id } = await test.setUp(peer);
    for (const value of [`${id};timeout=60`, `${id}; timeout=60`, ` ${id} `]) {
      const { status } = await peer.request("PAUSE", test.url(), {
        headers: [`Session: ${value}`],
      });
      assertEquals(status, 200, value);
    }
  }));

Deno.test("trap 19: the timeout is told, and ;timeout= follows the identifier directly", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { response, id } = await test.setUp(peer);
    assertEquals(response.headers.get("Session"), `${id};timeout=60`);
  }));

Deno.test("trap 20: the first CSeq may be 0, 2 or anything, and go backwards", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    for (const cseq of [0, 2, 4294967295, 1]) {
      await peer.send(requestText("OPTIONS", "*", cseq));
      const { status, headers } = await peer.response();
      assertEquals([status, headers.get("CSeq")], [200, String(cseq)]);
    }
  }));

Deno.test("trap 21: stray datagrams on the RTP and RTCP ports harm nobody", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    const ports = parseTransport(session.response.headers.get("Transport")!)[0]!.serverPort!;
    const strays = [
      Uint8Array.of(0xce, 0xfa, 0xed, 0xfe), // live555
      Uint8Array.from({ length: 200 }, (_, i) => i * 73), // rtspsrc
      Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), // ffmpeg, RTP
      Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 0), // ffmpeg, RTCP
      Uint8Array.of(0x81, 200, 0xff, 0xff),
      new Uint8Array(0),
    ];
    for (const stray of strays) {
      await receiver.pair.rtp.send(stray, { hostname: "127.0.0.1", port: ports.first });
      await receiver.pair.rtcp.send(stray, { hostname: "127.0.0.1", port: ports.last! });
    }
    await test.play(peer, session);
    await pass(test.clock, 100);
    framesOf(await receiver.frames(3));
    assertEquals([test.told("error"), test.told("session-warning")], [[], []]);
  }));

Deno.test("trap 22: RTP and RTCP come from the ports that server_port names", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    await test.play(peer, session);
    await pass(test.clock, 100);
    await receiver.frames(3);
    const { serverPort } = parseTransport(session.response.headers.get("Transport")!)[0]!;
    assertEquals([...receiver.sources], [serverPort!.first]);
  }));

Deno.test("trap 23: no RTP packet is larger than 1,472 bytes", () =>
  withClip({ frames: 2, width: 640, height: 480, quality: 95 }, async (test, source) => {
    const { all } = await payloadsOf(test, { frames: source.length });
    assert(all.length > 40, "frames of many packets");
    for (const payload of all) assert(12 + payload.length <= 1412, `${payload.length}`);
  }));

Deno.test("trap 24: the payload type is 26, in the SDP and in every packet", () =>
  withServer({}, async (test) => {
    const { peer } = await watching(test);
    assertEquals(new Set((await peer.rtp(1)).map(({ payloadType }) => payloadType)), new Set([26]));
    const { body } = await peer.request("DESCRIBE", test.url());
    assertEquals(parseSdp(text(body)).media[0]!.formats, ["26"]);
  }));

Deno.test("trap 25: types 64 and 65 are used for pictures with restart markers only", async () => {
  for (const [restartInterval, type] of [[0, 1], [3, 65]] as const) {
    await withClip({ frames: 1, restartInterval }, async (test) => {
      const { first } = await payloadsOf(test, { frames: 1 });
      assertEquals(first[0]!.type, type);
    });
  }
});

Deno.test("trap 26: quantization tables go with every frame", () =>
  withClip({ frames: 3 }, async (test) => {
    const { first } = await payloadsOf(test, { frames: 3 });
    const tables = first.map(({ q, quantization }) => [q, quantization?.tables.length]);
    assertEquals(tables, [[255, 128], [255, 128], [255, 128]]);
  }));

Deno.test("trap 27: a JPEG with one table for all components is sent with two", () => {
  const [jpeg] = clipFrames({ frames: 1 });
  const one = withOneTable(jpeg!);
  assertEquals(inspectJpeg(one).components.map((c) => c.quantizationTable), [0, 0, 0]);
  return withServer({ files: { "clip.mjpeg": labFile([one]) } }, async (test) => {
    const { first } = await payloadsOf(test, { frames: 1 });
    const { tables } = first[0]!.quantization!;
    assertEquals(tables.length, 128);
    assertEquals(tables.slice(0, 64), tables.slice(64));
  });
});

Deno.test("trap 28: a JPEG with Huffman tables of its own is refused by name before it is sent", () => {
  const [jpeg] = clipFrames({ frames: 1 });
  const own = jpeg!.slice();
  // The first symbol of the first table: another code for the same lengths.
  const at = own.findIndex((byte, i) => byte === 0xff && own[i + 1] === 0xc4) + 5 + 16;
  [own[at], own[at + 1]] = [own[at + 1]!, own[at]!];
  return withServer({ files: { "clip.mjpeg": labFile([own]) } }, async (test) => {
    const peer = await test.connect();
    const { status, body } = await peer.request("DESCRIBE", test.url("clip.mjpeg"));
    assertEquals(status, 415);
    assertMatch(text(body), /Huffman tables other than those of ITU-T T\.81 Annex K/);
  });
});

Deno.test("trap 29: a restart interval makes a type of 64 and more", () =>
  withClip({ frames: 1, subsampling: "4:2:2", restartInterval: 2 }, async (test) => {
    const { first } = await payloadsOf(test, { frames: 1 });
    assertEquals([first[0]!.type, first[0]!.restart!.interval], [64, 2]);
  }));

Deno.test("trap 30: the restart header is in every packet", () =>
  withClip({ frames: 1, width: 640, height: 480, restartInterval: 5 }, async (test) => {
    const { all } = await payloadsOf(test, { frames: 1 });
    assert(all.length > 5);
    for (const payload of all) {
      assertEquals([...payload.subarray(8, 12)], [0, 5, 0xff, 0xff], "interval 5, F L, 0x3FFF");
    }
  }));

Deno.test("trap 31: a width above 2,040 pixels does not overflow its byte", () =>
  withClip({ frames: 1, width: 2560, height: 16 }, async (test) => {
    const { all } = await payloadsOf(test, { frames: 1 });
    for (const payload of all) assertEquals([payload[6], payload[7]], [0, 0]);
  }));

Deno.test("trap 32: a frame with size 0 in its header has its size in the SDP", () =>
  withClip({ frames: 1, width: 16, height: 2160 }, async (test) => {
    const peer = await test.connect();
    const { body } = await peer.request("DESCRIBE", test.url("clip.mjpeg"));
    assert(text(body).includes("\r\na=x-dimensions:16,2160\r\n"));
  }));

Deno.test("trap 33: odd sizes are rounded up", () =>
  withClip({ frames: 1, width: 322, height: 242 }, async (test) => {
    const { first } = await payloadsOf(test, { frames: 1 });
    assertEquals([first[0]!.width, first[0]!.height], [328, 248]);
  }));

Deno.test("trap 34: the fragment offset counts bytes of the scan, and nothing else", () =>
  withClip({ frames: 1, width: 640, height: 480 }, async (test, source) => {
    const { all } = await payloadsOf(test, { frames: 1 });
    const { scanStart, scanEnd } = inspectJpeg(source[0]!);
    let offset = 0;
    for (const payload of all.map(parseJpegPayload)) {
      assertEquals(payload.fragmentOffset, offset);
      offset += payload.data.length;
    }
    assertEquals(offset, scanEnd - scanStart + 2, "the scan and EOI");
  }));

Deno.test("trap 35: EOI is sent behind the scan", () =>
  withClip({ frames: 3 }, async (test) => {
    const peer = await test.connect();
    const url = test.url("clip.mjpeg");
    const { header } = await test.setUp(peer, undefined, { url });
    await peer.request("PLAY", url, { headers: [header] });
    await test.until("session-playing");
    await pass(test.clock, 150);
    const last = (await peer.frames(3)).filter(({ marker }) => marker);
    for (const { payload } of last) assertEquals([...payload.subarray(-2)], [0xff, 0xd9]);
  }));

Deno.test("trap 36: timestamps grow with every frame, at 90 kHz", () =>
  withServer({ fps: 100 }, async (test) => {
    const { peer } = await watching(test);
    assertEquals(new Set(stepsOf(framesOf(await peer.frames(11)))), new Set([900]));
  }));

Deno.test("trap 37: the end of a file is told by BYE, over UDP and TCP", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    await test.play(peer, await test.setUp(peer, receiver), "Range: npt=2.9-");
    await test.play(peer, await test.setUp(peer), "Range: npt=2.9-");
    await pass(test.clock, 100);
    for (const compounds of [await receiver.rtcp(2), await peer.rtcp(2)]) {
      assertEquals(compounds[1]!.at(-1)!.type, "BYE");
    }
  }));

Deno.test("trap 38: a client that hangs up behind its TEARDOWN is no error", () =>
  withServer({}, async (test) => {
    for (let i = 0; i < 10; i++) {
      const { peer, header } = await watching(test);
      await peer.send(requestText("TEARDOWN", test.url(), 9, { headers: [header] }));
      await peer.close();
      await test.until("disconnected", i + 1);
    }
    assertEquals([test.server.sessionCount, test.told("error")], [0, []]);
  }));

Deno.test("trap 39: a session over UDP outlives its TCP connection and is torn down from another", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    await test.play(peer, session);
    await pass(test.clock, 50);
    await peer.close();
    await test.until("disconnected");
    await pass(test.clock, 100);
    await receiver.frames(4);
    const again = await test.connect();
    assertEquals((await test.ask(again, "TEARDOWN", session)).status, 200);
    assertEquals(test.server.sessionCount, 0);
  }));

Deno.test("trap 40: SETUP and PLAY need no OPTIONS and no DESCRIBE before", () =>
  withServer({}, async (test) => {
    const { peer } = await watching(test);
    assertEquals(peer.untaken, 0);
  }));

Deno.test("trap 41: the port in m=video is 0", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { body } = await peer.request("DESCRIBE", test.url());
    assertEquals(parseSdp(text(body)).media[0]!.port, 0);
  }));

Deno.test("trap 42: the address in c= is 0.0.0.0", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { body } = await peer.request("DESCRIBE", test.url());
    assertEquals(parseSdp(text(body)).connection!.address, "0.0.0.0");
  }));

Deno.test("trap 43: Content-Length counts the SDP's bytes, not its characters", () => {
  const name = "Größe – 映画.mjpeg";
  return withServer({ files: { [name]: labFile(clipFrames({ frames: 1 })) } }, async (test) => {
    const peer = await test.connect();
    const { status, headers, body } = await peer.request(
      "DESCRIBE",
      test.url(encodeURIComponent(name)),
    );
    assertEquals([status, headers.get("Content-Length")], [200, String(body.length)]);
    assertEquals((await peer.request("OPTIONS", "*")).status, 200, "still in step");
  });
});

Deno.test("trap 44: RTSP/1.4, stray CRLF, LF alone and lower case are answered, not punished", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const url = test.url();
    const statuses = [];
    for (
      const request of [
        `OPTIONS ${url} RTSP/1.4\r\nCSeq: 1\r\n\r\n`,
        `\r\n\r\nOPTIONS ${url} RTSP/1.0\r\nCSeq: 2\r\n\r\n`,
        `OPTIONS ${url} RTSP/1.0\nCSeq: 3\n\n`,
        `options ${url} RTSP/1.0\r\nCSeq: 4\r\n\r\n`,
        `OPTIONS ${url} RTSP/1.0\r\ncseq:5\r\n\r\n`,
      ]
    ) {
      await peer.send(request);
      statuses.push((await peer.response()).status);
    }
    assertEquals(statuses, [505, 200, 200, 501, 200]);
  }));

Deno.test("trap 46: RTP-Info has an absolute URL and the numbers of the very first packet", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const { headers } = await test.play(peer, session);
    await test.clock.advance(0);
    const { sequence, timestamp } = (await peer.rtp(1))[0]!;
    assertEquals(
      headers.get("RTP-Info"),
      `url=${test.url()}/track1;seq=${sequence};rtptime=${timestamp}`,
    );
  }));

Deno.test("trap 47: the Range of the reply is where the stream really is", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const { headers } = await test.play(peer, session, "Range: npt=1.234-99");
    assertEquals(headers.get("Range"), "npt=1.200-3.000");
  }));

Deno.test("trap 48: PLAY, PAUSE and TEARDOWN work on the track's URL", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { header } = await test.setUp(peer);
    for (const method of ["PLAY", "PAUSE", "TEARDOWN"]) {
      const { status } = await peer.request(method, `${test.url()}/track1`, { headers: [header] });
      assertEquals(status, 200, method);
    }
  }));

Deno.test("trap 49: a second SETUP without Session opens a session of its own, as elsewhere", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const [first, second] = [await test.setUp(peer), await test.setUp(peer)];
    assert(first.id !== second.id);
    assertEquals(parseTransport(second.response.headers.get("Transport")!)[0]!.interleaved, {
      first: 2,
      last: 3,
    });
  }));

Deno.test("trap 54: Content-Type is exactly application/sdp", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { headers } = await peer.request("DESCRIBE", test.url());
    assertEquals(headers.get("Content-Type"), "application/sdp");
  }));

Deno.test("trap 55: lab clients get a decimal Session on the third line", () =>
  withRealTimeServer({}, async (test) => {
    const lab = await LabClient.connect(test.port);
    try {
      await lab.say(
        `SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= ${lab.socket.port}`,
      );
      assertMatch((await lab.hear())!.split("\n")[2]!, /^Session: [0-9]+\r?$/);
    } finally {
      lab.close();
    }
  }));

Deno.test("trap 56: a frame that classic lab clients show cut is told to who runs the server", () => {
  const frame = clipFrames({ frames: 1, width: 640, height: 480, quality: 95 })[0]!;
  assert(frame.length > 20_468);
  return withRealTimeServer({ files: { "long.mjpeg": labFile([frame]) } }, async (test) => {
    const labs = [await LabClient.connect(test.port), await LabClient.connect(test.port)];
    try {
      for (const lab of labs) {
        await lab.request("SETUP", "long.mjpeg");
        await lab.request("PLAY", "long.mjpeg");
        await lab.until(({ packets }) => packets.length > 0);
      }
      const [told, ...more] = test.told("session-warning");
      assertMatch(told!.message, /receive 20,480 at a time show it cut/);
      assertEquals(more, [], "once for all who watch it");
    } finally {
      for (const lab of labs) lab.close();
    }
  });
});

Deno.test("trap 57: a lab client hears of a missing file and of a wrong state", () =>
  withRealTimeServer({}, async (test) => {
    const lab = await LabClient.connect(test.port);
    try {
      assertEquals((await lab.request("SETUP", "none.Mjpeg")).status, 404);
      assertEquals((await lab.request("PLAY")).status, 455);
    } finally {
      lab.close();
    }
  }));

Deno.test("trap 61: no media comes before the PLAY reply, or behind the replies to PAUSE and TEARDOWN", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    assertEquals(peer.order, ["200", "200"]);
    for (const method of ["PAUSE", "PLAY", "TEARDOWN"]) {
      await pass(test.clock, 200);
      const { status } = await test.ask(peer, method, session);
      assertEquals(status, 200);
      if (method === "PLAY") continue;
      await test.clock.advance(20_000);
      await test.ask(peer, "OPTIONS", session);
      assertEquals(peer.order.at(-2), "200", `nothing between ${method} and OPTIONS`);
    }
  }));

Deno.test("trap 61: RTCP from a client is taken at any time, also behind its TEARDOWN", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const report = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 1);
    await peer.request("OPTIONS", "*");
    await peer.sendBlock(1, report);
    const session = await test.setUp(peer);
    await peer.sendBlock(1, report);
    await test.play(peer, session);
    await test.ask(peer, "PAUSE", session);
    await peer.sendBlock(1, report);
    await test.ask(peer, "TEARDOWN", session);
    await peer.sendBlock(1, report);
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
  }));

Deno.test("trap 62: a response from a client ends nothing", () =>
  withServer({}, async (test) => {
    const { peer, header } = await watching(test);
    await peer.send("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
    const { status } = await peer.request("PAUSE", test.url(), { headers: [header] });
    assertEquals(status, 200);
  }));

/** The same picture with table 0 for all its components (and so other colours). */
function withOneTable(jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = jpeg.slice();
  const sof = out.findIndex((byte, i) => byte === 0xff && out[i + 1] === 0xc0);
  for (let component = 0; component < 3; component++) out[sof + 12 + 3 * component] = 0;
  return out;
}
