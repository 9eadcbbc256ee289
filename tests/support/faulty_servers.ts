// Faults of servers, each made on purpose on real sockets, and what the verdict must be.
import { closeQuietly, writeAll } from "../../lib/net/tcp.ts";
import { formatCrypto } from "../../lib/srtp/crypto_attribute.ts";
import { DEFAULT_CRYPTO_SUITE } from "../../lib/srtp/crypto_suite.ts";
import { masterKeyFrom } from "../../lib/srtp/master_key.ts";
import { cryptoOffer, type Keying } from "../../lib/srtp/sdes.ts";
import { SrtpSender } from "../../lib/srtp/srtp_sender.ts";
import type { Fault } from "./faulty_gallery.ts";
import { packetsOf, PICTURES } from "./scripted_media.ts";
import {
  HANG_UP,
  JPEG_SDP,
  type Reply,
  type Script,
  type ScriptedConnection,
  ScriptedServer,
  sdp,
  SILENCE,
} from "./scripted_server.ts";
import { ascii } from "./split.ts";

/** A server with a fault, how it is probed, and what that must come to. */
export interface ServerFault extends Fault {
  script?: Script;
  /** Instead of an RTSP server: what answers whatever is said. */
  answer?: string;
  /** Instead of any server: a port that nobody listens on. */
  nobody?: true;
  /** Of the URL: `viewer:secret@`. */
  userinfo?: string;
  /** Beside those that all have. */
  flags?: string[];
  /** The exit status of the command. */
  status: number;
  /** Information that may be told beside. */
  info?: string[];
}

const UNAUTHORIZED = { status: 401, reason: "Unauthorized" };
const DIGEST = { "WWW-Authenticate": 'Digest realm="camera", nonce="abc123"' };
const TCP = ["--transport", "tcp"];
const UDP = ["--transport", "udp"];

/** All the pictures at once, by whatever transport was set up. */
async function pictures(connection: ScriptedConnection): Promise<void> {
  await connection.rtp(...packetsOf(PICTURES).flat());
}

const SRTP_KEY = Uint8Array.from({ length: 30 }, (_, i) => i);
const SRTP_SDP = sdp(
  "m=video 0 RTP/SAVP 26",
  "a=control:track1",
  `a=crypto:${formatCrypto(cryptoOffer(keyed(SRTP_KEY)))}`,
);

function keyed(key: Uint8Array): Keying {
  return { suite: DEFAULT_CRYPTO_SUITE, master: masterKeyFrom(key) };
}

/** All the pictures as SRTP. */
async function protectedPictures(connection: ScriptedConnection, key: Uint8Array): Promise<void> {
  const sender = new SrtpSender(keyed(key));
  await connection.rtp(...packetsOf(PICTURES).flat().map((packet) => sender.protect(packet)!));
}

/** @param play what PLAY is answered */
function withoutSession(play: Reply): Record<string, Reply> {
  const headers = { Session: undefined };
  return { SETUP: { headers }, PLAY: { ...play, headers } };
}

const refusesAll = { DESCRIBE: { ...UNAUTHORIZED, headers: DIGEST } };
const TWO_STREAMS = sdp(
  ...["m=video 0 RTP/AVP 26", "a=control:track1", "m=audio 0 RTP/AVP 0", "a=control:track2"],
);

export const SERVER_FAULTS: ServerFault[] = [
  {
    fault: "none: a server and its JPEG stream, over real sockets",
    code: "healthy",
    level: "healthy",
    script: { media: pictures },
    flags: [...UDP, "--packets", "20"],
    status: 0,
  },
  {
    fault: "none: a server that takes TCP only, and says so with 461",
    code: "healthy",
    level: "healthy",
    script: {
      media: pictures,
      answers: { SETUP: [{ status: 461, reason: "Unsupported Transport" }, {}] },
    },
    flags: ["--packets", "20"],
    status: 0,
    info: ["transport-fallback"],
  },
  {
    fault: "no datagram comes, media come over TCP",
    code: "udp-blocked",
    level: "error",
    script: {
      media: (connection) => {
        return connection.transport?.interleaved === undefined
          ? Promise.resolve()
          : pictures(connection);
      },
    },
    flags: ["--timeout", "400ms", "--packets", "20"],
    status: 0,
  },
  {
    fault: "the server accepts PLAY and sends nothing",
    code: "no-media",
    level: "error",
    script: {},
    flags: [...TCP, "--timeout", "300ms"],
    status: 6,
  },
  {
    fault: "the key of an SRTP stream comes without TLS",
    code: "srtp-key-in-clear",
    level: "warning",
    script: { sdp: SRTP_SDP, media: (connection) => protectedPictures(connection, SRTP_KEY) },
    flags: [...UDP, "--packets", "20"],
    status: 0,
    info: ["rtsp-note"],
  },
  {
    fault: "SRTP packets are made with another key than the one described",
    code: "srtp-refused",
    level: "error",
    script: {
      sdp: SRTP_SDP,
      media: (connection) => protectedPictures(connection, new Uint8Array(30)),
    },
    flags: ["--timeout", "300ms"],
    status: 6,
    info: ["rtsp-note"],
  },
  {
    fault: "an SRTP stream whose keys are to come by DTLS",
    code: "srtp-key",
    level: "error",
    script: {
      sdp: sdp("m=video 0 RTP/SAVPF 26", "a=fingerprint:sha-1 00", "a=control:track1"),
    },
    status: 6,
  },
  {
    fault: "the server wants a password and none is given",
    code: "auth-missing",
    level: "error",
    script: { answers: refusesAll },
    status: 5,
  },
  {
    fault: "the password is wrong",
    code: "auth-refused",
    level: "error",
    script: { answers: refusesAll },
    userinfo: "viewer:secret@",
    status: 5,
  },
  {
    fault: "the password is refused, and has characters like @ # ! %",
    code: "auth-special-characters",
    level: "error",
    script: { answers: refusesAll },
    userinfo: "viewer:p%40ss!word@",
    status: 5,
  },
  {
    fault: "the server takes Negotiate and nothing else",
    code: "auth-scheme",
    level: "error",
    script: {
      answers: { DESCRIBE: { ...UNAUTHORIZED, headers: { "WWW-Authenticate": "Negotiate" } } },
    },
    userinfo: "viewer:secret@",
    status: 5,
  },
  {
    fault: "the server refuses every transport with 461",
    code: "transport-refused",
    level: "error",
    script: { answers: { SETUP: { status: 461, reason: "Unsupported Transport" } } },
    status: 4,
    info: ["transport-fallback"],
  },
  {
    fault: "the server refuses UDP with 400 where it means 461",
    code: "transport-status",
    level: "error",
    script: { answers: { SETUP: { status: 400, reason: "Bad Request" } } },
    flags: UDP,
    status: 4,
  },
  {
    fault: "the server answers TCP to a SETUP for UDP",
    code: "transport-mismatch",
    level: "error",
    script: {
      answers: { SETUP: { headers: { Transport: "RTP/AVP/TCP;unicast;interleaved=0-1" } } },
    },
    flags: UDP,
    status: 4,
  },
  {
    fault: "the path is wrong",
    code: "not-found",
    level: "error",
    script: { answers: { DESCRIBE: { status: 404, reason: "Not Found" } } },
    status: 4,
  },
  {
    fault: "the server does not know the control URL it has described",
    code: "control-url",
    level: "error",
    script: { answers: { SETUP: { status: 404, reason: "Not Found" } } },
    flags: TCP,
    status: 4,
  },
  {
    fault: "too many viewers: PLAY is answered 453",
    code: "request-refused",
    level: "error",
    script: { answers: { PLAY: { status: 453, reason: "Not Enough Bandwidth" } } },
    flags: TCP,
    status: 4,
  },
  {
    fault: "the server never answers",
    code: "no-reply",
    level: "error",
    script: { answers: { OPTIONS: SILENCE } },
    flags: ["--timeout", "200ms"],
    status: 3,
  },
  {
    fault: "the server hangs up on DESCRIBE",
    code: "no-reply",
    level: "error",
    script: { answers: { DESCRIBE: HANG_UP } },
    status: 3,
  },
  {
    fault: "nobody listens on the port",
    code: "connection-refused",
    level: "error",
    nobody: true,
    status: 3,
  },
  {
    fault: "a web server listens on the port",
    code: "not-rtsp",
    level: "error",
    answer: "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    status: 4,
  },
  {
    fault: "a reply has more header fields than are read",
    code: "unreadable-reply",
    level: "error",
    answer: `RTSP/1.0 200 OK\r\n${"X: v\r\n".repeat(257)}\r\n`,
    status: 4,
  },
  {
    fault: "the session description is none",
    code: "no-description",
    level: "error",
    script: { sdp: "<html>camera</html>\r\n" },
    status: 4,
    info: ["sdp-tolerance"],
  },
  {
    fault: "the server sends in a circle",
    code: "redirection",
    level: "error",
    script: {
      answers: {
        DESCRIBE: { status: 302, reason: "Moved", headers: { Location: "/other" } },
      },
    },
    status: 4,
    info: ["rtsp-note"],
  },
  {
    fault: "one of two streams is refused",
    code: "stream-refused",
    level: "warning",
    script: {
      sdp: TWO_STREAMS,
      media: (connection) => connection.rtpOf(0, ...packetsOf(PICTURES).flat()),
      answers: { SETUP: [{}, { status: 500, reason: "Internal Server Error" }] },
    },
    flags: [...TCP, "--packets", "20"],
    status: 0,
  },
  {
    fault: "the keep-alive is refused over real sockets, GET_PARAMETER with 501",
    code: "keep-alive-refused",
    level: "warning",
    script: {
      media: pictures,
      answers: {
        SETUP: { headers: { Session: "A1B2C3;timeout=1" } },
        GET_PARAMETER: { status: 501, reason: "Not Implemented" },
      },
    },
    flags: [...TCP, "--duration", "800ms"],
    status: 0,
  },
  {
    fault: "replies with CSeq 0",
    code: "rtsp-cseq",
    level: "warning",
    script: { media: pictures, answers: { DESCRIBE: { headers: { CSeq: "0" } } } },
    flags: [...TCP, "--packets", "20"],
    status: 0,
  },
  {
    fault: "SETUP is answered without Transport",
    code: "transport-missing",
    level: "warning",
    script: { media: pictures, answers: { SETUP: { headers: { Transport: undefined } } } },
    flags: [...UDP, "--packets", "20"],
    status: 0,
  },
  {
    fault: "SETUP is answered without Session, and the server plays all the same",
    code: "session-missing",
    level: "warning",
    script: { media: pictures, answers: withoutSession({}) },
    flags: [...UDP, "--packets", "20"],
    status: 0,
  },
  {
    fault: "SETUP is answered without Session, and PLAY with 454 for lack of one",
    code: "session-missing",
    level: "error",
    script: { answers: withoutSession({ status: 454, reason: "Session Not Found" }) },
    flags: UDP,
    status: 4,
  },
  {
    fault: "bytes that belong to nothing between blocks of media",
    code: "rtsp-malformed",
    level: "warning",
    script: {
      media: async (connection) => {
        const packets = packetsOf(PICTURES).flat();
        await connection.rtp(...packets.slice(0, 10));
        await connection.send("@@@@ lost bytes @@@@\r\n\r\n");
        await connection.rtp(...packets.slice(10));
      },
    },
    flags: [...TCP, "--packets", "30"],
    status: 0,
  },
  {
    fault: "something else comes to the media port",
    code: "stray-datagram",
    level: "warning",
    script: {
      media: async (connection) => {
        await connection.rtp(Uint8Array.of(1, 2, 3));
        await pictures(connection);
      },
    },
    flags: [...UDP, "--packets", "20"],
    status: 0,
  },
  {
    fault: "a description with slips that cameras make (no o=, LF alone)",
    code: "healthy",
    level: "healthy",
    script: {
      media: pictures,
      sdp: JPEG_SDP.replaceAll("\r\n", "\n").replace(/^o=.*\n/m, ""),
    },
    flags: [...TCP, "--packets", "20"],
    status: 0,
    info: ["sdp-tolerance"],
  },
];

/** Runs `use` with the URL of a server that has the fault. */
export async function withFault(
  { script, answer, nobody, userinfo = "" }: ServerFault,
  use: (url: string) => Promise<void>,
): Promise<void> {
  if (script !== undefined) {
    const server = new ScriptedServer(script);
    try {
      return await use(server.url("movie", userinfo));
    } finally {
      await server.close();
    }
  }
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `rtsp://127.0.0.1:${listener.addr.port}/movie`;
  if (nobody) listener.close();
  const serving = nobody ? undefined : answerAll(listener, answer ?? "");
  try {
    await use(url);
  } finally {
    if (!nobody) closeQuietly(listener);
    await serving;
  }
}

async function answerAll(listener: Deno.TcpListener, answer: string): Promise<void> {
  const open: Deno.TcpConn[] = [];
  for await (const socket of listener) {
    open.push(socket);
    await socket.read(new Uint8Array(4096));
    await writeAll(socket, ascii(answer)).catch(() => {});
  }
  for (const socket of open) closeQuietly(socket);
}
