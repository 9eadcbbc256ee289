// Every button of every lab client seen on the wire, against a server on real sockets.
import { assert, assertEquals } from "../../../support/assert.ts";
import type { LabClient } from "../../../support/lab_client.ts";
import { withServer } from "../../../support/server.ts";
import { labFile, tinyJpegs } from "../../media/frames.ts";

const JPEGS = tinyJpegs(100);
const FILES = { "movie.Mjpeg": labFile(JPEGS), "other.Mjpeg": labFile(tinyJpegs(7)) };

/** A client's presses in order: what it sends, and what its reply must say. `$` is the session. */
interface Press {
  send: string;
  /** The reply's lines; a missing Session is filled in. */
  hear: string[];
}

interface Transcript {
  client: string;
  version: string;
  presses: (port: number) => Press[];
}

function classic(method: string, cseq: number, version = "RTSP/1.0", blank = ""): Press {
  return {
    send: `${method} movie.Mjpeg ${version}${blank}\nCSeq: ${cseq}\nSession: $`,
    hear: [`${version} 200 OK`, `CSeq: ${cseq}`, "Session: $", "Frames: 100"],
  };
}

function setup(cseq: number, port: number, version = "RTSP/1.0", blank = ""): Press {
  return {
    send:
      `SETUP movie.Mjpeg ${version}${blank}\nCSeq: ${cseq}\nTransport: RTP/UDP; client_port= ${port}`,
    hear: [`${version} 200 OK`, `CSeq: ${cseq}`, "Session: $", "Frames: 100"],
  };
}

/** TEARDOWN's reply still names the session, and nothing more. */
function last(press: Press): Press {
  return { ...press, hear: press.hear.slice(0, 3) };
}

const TRANSCRIPTS: Transcript[] = [
  {
    client: "richjpex/NSCOM01-RTSP-RTP",
    version: "RTSP/1.0",
    presses: (port) => [
      setup(1, port),
      ...["PLAY", "PAUSE", "PLAY", "PAUSE", "PLAY", "PAUSE"].map((m, i) => classic(m, i + 2)),
      last(classic("TEARDOWN", 8)),
    ],
  },
  {
    client: "anm0lraj/RTSP-Video-Streaming-Application",
    version: "RTSP/1.4",
    presses: (port) => [
      setup(1, port, "RTSP/1.4"),
      ...["PLAY", "BACKWARD", "FORWARD", "PAUSE", "FORWARD", "BACKWARD", "PLAY", "RESTART"].map(
        (method, i) => classic(method, i + 2, "RTSP/1.4"),
      ),
      last(classic("TEARDOWN", 10, "RTSP/1.4")),
    ],
  },
  {
    client: "KhaiHuynh-111/Real-Time-Streaming-Video-Simulator",
    version: "RTSP/1.0",
    presses: (port) => [
      setup(2, port, "RTSP/1.0", " "),
      classic("PLAY", 3, "RTSP/1.0", " "),
      classic("PAUSE", 5, "RTSP/1.0", " "),
      {
        send: "SWITCH movie.Mjpeg RTSP/1.0\nCSeq: 7\nSession: $",
        hear: ["RTSP/1.0 200 OK", "CSeq: 7", "Session: $", "movie.Mjpeg other.Mjpeg"],
      },
      {
        send: "CHOOSE other.Mjpeg RTSP/1.0\nCSeq: 8\nSession: $",
        hear: ["RTSP/1.0 200 OK", "CSeq: 8", "Session: $", "Frames: 7"],
      },
      last(classic("STOP", 10)),
      setup(11, port, "RTSP/1.0", " "),
      classic("PLAY", 12, "RTSP/1.0", " "),
      last(classic("TEARDOWN", 13)),
    ],
  },
  {
    client: "TibbersDriveMustang/Video-Streaming-Server-and-Client",
    version: "RTSP/1.0",
    presses: (port) => [
      {
        send: `SETUP movie.Mjpeg\n1\n RTSP/1.0 RTP/UDP ${port}`,
        hear: ["RTSP/1.0 200 OK", "CSeq: 1", "Session: $", "Frames: 100"],
      },
      ...["PLAY", "PAUSE", "PLAY", "TEARDOWN"].map((method, i) => ({
        send: `${method} \n${i + 2}`,
        hear: [
          "RTSP/1.0 200 OK",
          `CSeq: ${i + 2}`,
          "Session: $",
          ...(method === "TEARDOWN" ? [] : ["Frames: 100"]),
        ],
      })),
    ],
  },
  {
    client: "vhquoc/python_rtp, a line end behind every line",
    version: "RTSP/1.0",
    presses: (port) =>
      [setup(1, port), classic("PLAY", 2), last(classic("TEARDOWN", 3))]
        .map(({ send, hear }) => ({ send: `${send}\n`, hear: hear.slice(0, 3) })),
  },
];

async function press(client: LabClient, { send, hear }: Press): Promise<void> {
  await client.say(send.replace("$", client.session));
  const reply = await client.hear();
  if (send.startsWith("SETUP")) client.session = /Session: (\d{9})\n/.exec(reply!)?.[1] ?? "none";
  const before = client.packets.length;
  assertEquals(reply, hear.map((line) => line.replace("$", client.session) + "\n").join(""), send);
  if (send.startsWith("PLAY")) await client.until(({ packets }) => packets.length > before);
}

for (const { client: name, version, presses } of TRANSCRIPTS) {
  Deno.test(`every button is answered in its place: ${name}`, async () => {
    await withServer({ files: FILES }, async (server) => {
      const client = await server.client(version);
      for (const each of presses(client.socket.port)) await press(client, each);
    });
  });
}

Deno.test("CRLF is answered with CRLF, and with the three lines a Java client reads", async () => {
  await withServer({ files: FILES }, async (server) => {
    const client = await server.client();
    const transport = `Transport: RTP/UDP; client_port= ${client.socket.port}`;
    await client.say(`SETUP movie.Mjpeg RTSP/1.0\r\nCSeq: 1\r\n${transport}\r\n\r\n`);
    const reply = await client.hear();
    const session = /Session: (\d{9})\r\n/.exec(reply!)?.[1];
    assertEquals(reply, `RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: ${session}\r\n`);
  });
});

Deno.test("a Java client's DESCRIBE is answered with the nine lines it reads", async () => {
  await withServer({ files: FILES }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    await client.say("DESCRIBE movie.Mjpeg RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n");
    const reply = await client.hear();
    const body = [
      "v=0",
      `m=video ${client.socket.port} RTP/AVP 26`,
      `a=control:streamid=${client.session}`,
      'a=mimetype:string;"video/MJPEG"',
      "",
    ].join("\r\n");
    const head = [
      "RTSP/1.0 200 OK",
      "CSeq: 2",
      "Content-Base: movie.Mjpeg",
      "Content-Type: application/sdp",
      `Content-Length: ${body.length}`,
      "",
    ].join("\r\n");
    assertEquals(reply, head + body);
  });
});

Deno.test("requests are answered byte by byte as in one piece", async () => {
  await withServer({ files: FILES }, async (server) => {
    const client = await server.client();
    const { presses } = TRANSCRIPTS[0]!;
    for (const { send, hear } of presses(client.socket.port).slice(0, 3)) {
      for (const letter of send.replace("$", client.session)) await client.say(letter);
      const reply = await client.hear();
      client.session = /Session: (\d+)/.exec(reply!)?.[1] ?? "none";
      assertEquals(reply!.split("\n")[0], hear[0]);
      assertEquals(reply!.split("\n")[1], hear[1]);
    }
  });
});

Deno.test("two requests in one segment get two replies", async () => {
  await withServer({ files: FILES }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    await client.request("PLAY");
    const line = `movie.Mjpeg RTSP/1.0\nCSeq: `;
    const { session } = client;
    await client.say(`PAUSE ${line}3\nSession: ${session}TEARDOWN ${line}4\nSession: ${session}`);
    assertEquals((await client.hear())?.split("\n").slice(0, 2), ["RTSP/1.0 200 OK", "CSeq: 3"]);
    assertEquals((await client.hear())?.split("\n").slice(0, 2), ["RTSP/1.0 200 OK", "CSeq: 4"]);
    assertEquals(server.server.sessionCount, 0);
  });
});

Deno.test("a description has its JSON in the fourth line and says its length in bytes", async () => {
  await withServer({ files: FILES }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    const { lines, frames } = await client.request("DESCRIBE");
    assertEquals(frames, undefined, "the fourth line is something else");
    const { session, encoding, frames: count } = JSON.parse(lines[0]!);
    assertEquals([String(session), encoding, count], [client.session, "JPEG", 100]);
    const length = /^Content-Length: (\d+)$/.exec(lines[3]!)?.[1];
    const body = lines.slice(lines.indexOf("") + 1).map((line) => line + "\n").join("");
    assertEquals(Number(length), body.length);
    assert(body.startsWith("v=0\n"));
  });
});
