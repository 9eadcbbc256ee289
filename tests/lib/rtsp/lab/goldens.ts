import type { LabRequest } from "../../../../lib/rtsp/lab/request.ts";
import { ascii } from "../../../support/split.ts";
import type { Golden } from "../../../support/golden.ts";

type Expected = Pick<LabRequest, "method" | "file" | "cseq" | "session" | "clientPort" | "version">;

const NOTHING = { session: undefined, clientPort: undefined, version: "RTSP/1.0" };

/** A row from the text on the wire and what its positions say. */
function row(name: string, text: string, expected: Partial<Expected>): Golden<LabRequest> {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(lineEnd).slice(1);
  while (lines.at(-1) === "") lines.pop();
  const lastLineEnded = text.endsWith("\n");
  const value = { ...NOTHING, ...expected, lines, lineEnd, lastLineEnded } as LabRequest;
  return { name, bytes: ascii(text), value };
}

/** What follows SETUP in the course text's own shape. */
function later(client: string, method: string, version: string, cseq: number): Golden<LabRequest> {
  const text = `${method} movie.Mjpeg ${version}\nCSeq: ${cseq}\nSession: 248121`;
  const expected = { method, file: "movie.Mjpeg", cseq, session: "248121" };
  return row(`${client}: ${method}`, text, { ...expected, version: version.trim() });
}

function described(name: string, text: string, method: string, cseq: number): Golden<LabRequest> {
  return row(name, text, { method, file: "movie.Mjpeg", cseq, session: "279052" });
}

/** Every button of every lab client whose bytes were seen on the wire. */
export const LAB_REQUESTS: Golden<LabRequest>[] = [
  row(
    "richjpex/NSCOM01-RTSP-RTP: SETUP",
    "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 35002",
    { method: "SETUP", file: "movie.Mjpeg", cseq: 1, clientPort: 35002 },
  ),
  later("richjpex/NSCOM01-RTSP-RTP", "PLAY", "RTSP/1.0", 2),
  later("richjpex/NSCOM01-RTSP-RTP", "PAUSE", "RTSP/1.0", 3),
  later("richjpex/NSCOM01-RTSP-RTP", "TEARDOWN", "RTSP/1.0", 8),
  row(
    "anm0lraj/RTSP-Video-Streaming-Application: SETUP",
    "SETUP movie.Mjpeg RTSP/1.4\nCSeq: 1\nTransport: RTP/UDP; client_port= 21002",
    { method: "SETUP", file: "movie.Mjpeg", cseq: 1, clientPort: 21002, version: "RTSP/1.4" },
  ),
  ...["PLAY", "BACKWARD", "FORWARD", "PAUSE", "RESTART", "TEARDOWN"].map((method, i) => {
    return later("anm0lraj/RTSP-Video-Streaming-Application", method, "RTSP/1.4", i + 9);
  }),
  row(
    "KhaiHuynh-111/Real-Time-Streaming-Video-Simulator: SETUP",
    "SETUP movie.Mjpeg RTSP/1.0 \nCSeq: 2\nTransport: RTP/UDP; client_port= 22002",
    { method: "SETUP", file: "movie.Mjpeg", cseq: 2, clientPort: 22002 },
  ),
  later("KhaiHuynh-111/Real-Time-Streaming-Video-Simulator", "PLAY", "RTSP/1.0 ", 3),
  later("KhaiHuynh-111/Real-Time-Streaming-Video-Simulator", "PAUSE", "RTSP/1.0 ", 5),
  ...["DESCRIBE", "SWITCH", "CHOOSE", "STOP", "TEARDOWN"].map((method, i) => {
    return later(
      "KhaiHuynh-111/Real-Time-Streaming-Video-Simulator",
      method,
      "RTSP/1.0",
      i + 4,
    );
  }),
  row(
    "KhaiHuynh-111/Real-Time-Streaming-Video-Simulator: window closed before anything",
    "TEARDOWN movie.Mjpeg RTSP/1.0\nCSeq: 1\nSession: 0",
    { method: "TEARDOWN", file: "movie.Mjpeg", cseq: 1, session: "0" },
  ),
  row(
    "TibbersDriveMustang/Video-Streaming-Server-and-Client: SETUP in three lines",
    "SETUP video.mjpeg\n1\n RTSP/1.0 RTP/UDP 35022",
    { method: "SETUP", file: "video.mjpeg", cseq: 1, clientPort: 35022 },
  ),
  ...["PLAY", "PAUSE", "TEARDOWN"].map((method, i) => {
    return row(
      `TibbersDriveMustang/Video-Streaming-Server-and-Client: ${method}`,
      `${method} \n${i + 2}`,
      { method, file: "", cseq: i + 2 },
    );
  }),
  described(
    "huunguyencs/Video_Streaming_HCMUT: DESCRIBE with three s in Session",
    "DESCRIBE movie.Mjpeg RTSP/1.0\nCSeq: 3\nSesssion: 279052",
    "DESCRIBE",
    3,
  ),
  described(
    "vhquoc/python_rtp: a line end behind the last line",
    "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: 279052\n",
    "PLAY",
    2,
  ),
  described(
    "MarkKim1/Video-Streaming-with-RTSP-and-RTP: SEeq",
    "PAUSE movie.Mjpeg RTSP/1.0\nSEeq: 3\nSession: 279052",
    "PAUSE",
    3,
  ),
  described(
    "ports in Java and C#: CRLF and a blank line",
    "PLAY movie.Mjpeg RTSP/1.0\r\nCSeq: 2\r\nSession: 279052\r\n\r\n",
    "PLAY",
    2,
  ),
  described(
    "header lines without colons, indented",
    "PLAY movie.Mjpeg RTSP/1.0\n\tCSeq 2\n\tSession 279052",
    "PLAY",
    2,
  ),
  row(
    "a standard-looking transport in LF lines",
    "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=25000-25001",
    { method: "SETUP", file: "movie.Mjpeg", cseq: 1, clientPort: 25000 },
  ),
  row(
    "SETTIME of an extended exercise",
    "SETTIME movie.Mjpeg RTSP/1.0\nCSeq: 4\nSession: 279052\nFRAME: 120",
    { method: "SETTIME", file: "movie.Mjpeg", cseq: 4, session: "279052" },
  ),
  row(
    "a file name with blanks",
    "PLAY my movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: 279052",
    { method: "PLAY", file: "my movie.Mjpeg", cseq: 2, session: "279052" },
  ),
];
