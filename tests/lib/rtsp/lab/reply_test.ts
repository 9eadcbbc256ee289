import fc from "fast-check";
import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import {
  formatLabReply,
  isWholeLabReply,
  type LabReply,
  parseLabReply,
} from "../../../../lib/rtsp/lab/reply.ts";
import { assert, assertEquals, assertThrows } from "../../../support/assert.ts";

const OK: LabReply = {
  version: "RTSP/1.0",
  status: 200,
  reason: "OK",
  cseq: 1,
  session: "236158",
  frames: undefined,
  lines: [],
};

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Replies as this program writes them: position is everything to a lab client. */
const WRITTEN: { name: string; reply: LabReply; text: string }[] = [
  {
    name: "three lines",
    reply: OK,
    text: "RTSP/1.0 200 OK\nCSeq: 1\nSession: 236158\n",
  },
  {
    name: "Frames right behind Session, for the seven buttons",
    reply: { ...OK, version: "RTSP/1.4", frames: 240 },
    text: "RTSP/1.4 200 OK\nCSeq: 1\nSession: 236158\nFrames: 240\n",
  },
  {
    name: "Frames before any further line",
    reply: { ...OK, frames: 0, lines: ["Public: SETUP"] },
    text: "RTSP/1.0 200 OK\nCSeq: 1\nSession: 236158\nFrames: 0\nPublic: SETUP\n",
  },
  {
    name: "file names as the fourth line",
    reply: { ...OK, cseq: 7, lines: ["movie.Mjpeg movie2.Mjpeg"] },
    text: "RTSP/1.0 200 OK\nCSeq: 7\nSession: 236158\nmovie.Mjpeg movie2.Mjpeg\n",
  },
  {
    name: "an error before there is a session says 0, which every client can read as a number",
    reply: { ...OK, status: 404, reason: "Not Found", session: undefined },
    text: "RTSP/1.0 404 Not Found\nCSeq: 1\nSession: 0\n",
  },
];

for (const { name, reply, text } of WRITTEN) {
  Deno.test(`a reply is written line by line: ${name}`, () => {
    assertEquals(decode(formatLabReply(reply)), text);
    assertEquals(decode(formatLabReply(reply, "\r\n")), text.replaceAll("\n", "\r\n"));
    assert(isWholeLabReply(text));
    const read = { ...reply, session: reply.session ?? "0" };
    assertEquals(parseLabReply(text), read);
    assertEquals(parseLabReply(text.replaceAll("\n", "\r\n")), read);
    assertEquals(parseLabReply(text.slice(0, -1)), read);
  });
}

/** Replies seen from lab servers. */
const SEEN: { name: string; text: string; reply: LabReply }[] = [
  {
    name: "richjpex/NSCOM01-RTSP-RTP",
    text: "RTSP/1.0 200 OK\nCSeq: 1\nSession: 236158",
    reply: OK,
  },
  {
    name: "anm0lraj/RTSP-Video-Streaming-Application",
    text: "RTSP/1.4 200 OK\nCSeq: 1\nSession: 236158\nFrames: 240",
    reply: { ...OK, version: "RTSP/1.4", frames: 240 },
  },
  {
    name: "KhaiHuynh-111/Real-Time-Streaming-Video-Simulator, DESCRIBE",
    text: 'RTSP/1.0 200 OK\nCSeq: 4\nSession: 968342\n{"session": 968342, "encoding": "Mjpeg"}',
    reply: {
      ...OK,
      cseq: 4,
      session: "968342",
      lines: ['{"session": 968342, "encoding": "Mjpeg"}'],
    },
  },
  {
    name: "safiullah-foragy/Video_Streaming_RTSP, without a Session line",
    text: "RTSP/1.0 404 NOT FOUND\nCSeq: 1\n",
    reply: { ...OK, status: 404, reason: "NOT FOUND", session: undefined },
  },
  {
    name: "a server given CRLF requests, which repeats their CR",
    text: "RTSP/1.0 200 OK\nCSeq: 1\r\nSession: 236158",
    reply: OK,
  },
  {
    name: "huyhoang167/BTL-MMT, SWITCH",
    text: "RTSP/1.0 200 OK\nCSeq: 1\nSession: 236158\n\nAvailable video\nmovie.Mjpeg\n",
    reply: { ...OK, lines: ["", "Available video", "movie.Mjpeg"] },
  },
  {
    name: "a session with parameters",
    text: "RTSP/1.0 200 OK\nCSeq: 1\nSession: 236158;timeout=60",
    reply: OK,
  },
  {
    name: "no reason, and nothing else",
    text: "RTSP/1.0 200",
    reply: { ...OK, reason: "", cseq: undefined, session: undefined },
  },
];

for (const { name, text, reply } of SEEN) {
  Deno.test(`a lab server's reply is understood: ${name}`, () => {
    assertEquals(parseLabReply(text), reply);
  });
}

Deno.test("a reply is whole when three lines have ended", () => {
  const whole = "RTSP/1.0 200 OK\nCSeq: 1\nSession: 236158\n";
  for (let length = 0; length < whole.length; length++) {
    assert(!isWholeLabReply(whole.slice(0, length)), `${length} characters`);
  }
  assert(isWholeLabReply(whole));
  assert(!isWholeLabReply(`${whole}Frames: 24`), "a further line has begun");
  assert(isWholeLabReply(`${whole}Frames: 240\n`));
});

Deno.test("what has no status line is malformed and quoted", () => {
  for (const text of ["", "HTTP/1.1 200 OK", "RTSP/1.0 20 OK", "RTSP/1.0", "CSeq: 1", "\u00ff"]) {
    assertThrows(() => parseLabReply(text), MalformedError, "Expected a status line");
  }
});

Deno.test("any text is a reply or malformed", () => {
  const text = fc.tuple(fc.boolean(), fc.string({ unit: "binary" })).map(([start, rest]) => {
    return start ? `RTSP/1.0 200 OK\n${rest}` : rest;
  });
  fc.assert(fc.property(text, (text) => {
    try {
      parseLabReply(text);
    } catch (error) {
      assert(error instanceof MalformedError, String(error));
    }
  }));
});

Deno.test("replies that grow without end are read in time that grows alike", () => {
  // With a pattern that goes back over what it has read, any of these takes minutes.
  for (const filling of [" ", ":", "1", "\r", "CSeq", "Session", "Frames:"]) {
    const long = filling.repeat(300_000);
    for (const start of ["RTSP/1.0 200", "RTSP/1.0 200 OK\nCSeq", "RTSP/1.0 200 OK\nSession"]) {
      parseLabReply(`${start} ${long}\u2028x`);
      isWholeLabReply(`${start} ${long}\u2028x`);
    }
  }
});
