import fc from "fast-check";
import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import { LAB_METHODS } from "../../../../lib/rtsp/lab/methods.ts";
import {
  formatLabRequest,
  parseLabRequest,
  startsLabRequest,
} from "../../../../lib/rtsp/lab/request.ts";
import { assert, assertEquals, assertThrows } from "../../../support/assert.ts";
import { LAB_REQUESTS } from "./goldens.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

for (const { name, bytes, value } of LAB_REQUESTS) {
  Deno.test(`a lab request says by position what it wants: ${name}`, () => {
    assertEquals(parseLabRequest(decode(bytes)), value);
    assert(startsLabRequest(decode(bytes).split("\n")[0]!));
  });
}

Deno.test("requests are written byte for byte as the course text shows them", () => {
  const setup = formatLabRequest({
    method: "SETUP",
    file: "movie.Mjpeg",
    cseq: 1,
    clientPort: 25000,
  });
  assertEquals(
    decode(setup),
    "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000",
  );
  const play = formatLabRequest({
    method: "PLAY",
    file: "movie.Mjpeg",
    cseq: 2,
    session: "123456",
    version: "RTSP/1.4",
  });
  assertEquals(decode(play), "PLAY movie.Mjpeg RTSP/1.4\nCSeq: 2\nSession: 123456");
});

Deno.test("a request survives being written and read", () => {
  const fields = fc.record({
    method: fc.constantFrom(...LAB_METHODS),
    file: fc.stringMatching(/^[\w.-]{1,20}( [\w.-]{1,5})?$/),
    cseq: fc.nat({ max: 999_999_999 }),
    session: fc.stringMatching(/^[0-9a-zA-Z]{1,20}$/),
    version: fc.constantFrom("RTSP/1.0", "RTSP/1.4"),
  });
  fc.assert(fc.property(fields, (fields) => {
    const { method, file, cseq, session, version } = parseLabRequest(
      decode(formatLabRequest(fields)),
    );
    assertEquals({ method, file, cseq, session, version }, fields);
  }));
});

Deno.test("a port outside 1 to 65535 is none", () => {
  const port = (text: string): number | undefined => {
    return parseLabRequest(`SETUP f RTSP/1.0\nCSeq: 1\n${text}`).clientPort;
  };
  assertEquals(port("Transport: RTP/UDP; client_port= 1"), 1);
  assertEquals(port("Transport: RTP/UDP; client_port= 65535"), 65535);
  for (const text of ["0", "65536", "99999", "123456", "-5", "x", ""]) {
    assertEquals(port(`Transport: RTP/UDP; client_port= ${text}`), undefined, text);
  }
});

Deno.test("a CSeq is a number of at most nine digits at the end of the second line", () => {
  const cseq = (line: string): number | undefined => parseLabRequest(`PLAY f\n${line}`).cseq;
  assertEquals(cseq("CSeq: 999999999"), 999_999_999);
  assertEquals(cseq("CSeq: "), undefined);
  assertEquals(cseq("CSeq: one"), undefined);
  assertEquals(cseq("CSeq: 7  "), 7);
  assertEquals(parseLabRequest("PLAY f").cseq, undefined);
});

Deno.test("a first line that begins with no method is malformed and quoted", () => {
  for (const line of ["", "play movie RTSP/1.0", "1SETUP x", "PLAY/x", "\u0000", " SETUP f"]) {
    assertThrows(() => parseLabRequest(line), MalformedError, JSON.stringify(line));
    assert(!startsLabRequest(line), line);
  }
  assertThrows(() => parseLabRequest("A".repeat(33)), MalformedError);
  assertEquals(parseLabRequest("A".repeat(32)).method, "A".repeat(32));
});

Deno.test("any text is a request or malformed", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom("SETUP", " ", "\n", "\r\n", "CSeq:", "1", "Session", ":", "=", "é"))
      .map((parts) => parts.join("")),
  );
  fc.assert(fc.property(text, (text) => {
    try {
      const { method } = parseLabRequest(text);
      assert(text.startsWith(method));
    } catch (error) {
      assert(error instanceof MalformedError, String(error));
    }
  }));
});

Deno.test("lines that grow without end are read in time that grows alike", () => {
  // With a pattern that goes back over what it has read, any of these takes minutes.
  const many = 300_000;
  for (const filling of [" ", "\t", "1", " 1", "s", ":", "\r", ";", "=", "RTSP/1.0 ", "RTP/UDP "]) {
    const long = filling.repeat(many);
    for (
      const start of ["PLAY", "PLAY f\nCSeq:", "PLAY f\n1\nSession", "SETUP f\n1\nclient_port"]
    ) {
      for (const end of ["", "x", "\u2028", "x\u2028y"]) {
        try {
          parseLabRequest(`${start}${long}${end}`);
        } catch (error) {
          assert(error instanceof MalformedError);
        }
      }
    }
  }
});
