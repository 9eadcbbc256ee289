// RTSP conversations for captures.
import type { TcpTalk } from "./capture_builder.ts";

/** The description that built sessions have. */
export const SDP = [
  "v=0",
  "o=- 1 1 IN IP4 192.0.2.1",
  "s=test",
  "t=0 0",
  "m=video 0 RTP/AVP 26",
  "a=control:track1",
  "",
].join("\r\n");

/** DESCRIBE, SETUP and PLAY, answered with 200. @param transport what SETUP agrees on */
export function conversation(talk: TcpTalk, transport: string): TcpTalk {
  const url = "rtsp://192.0.2.1/movie";
  const describe = `Content-Type: application/sdp\r\nContent-Length: ${SDP.length}\r\n\r\n${SDP}`;
  return talk
    .ask(request("DESCRIBE", url, 1, "Accept: application/sdp"))
    .wait(1).answer(reply(1, describe))
    .wait(1).ask(request("SETUP", `${url}/track1`, 2, `Transport: ${transport}`))
    .wait(1).answer(reply(2, `Transport: ${transport}\r\nSession: 12345678\r\n\r\n`))
    .wait(1).ask(request("PLAY", url, 3, "Session: 12345678"))
    .wait(1).answer(reply(3, "Session: 12345678\r\n\r\n"))
    .wait(1);
}

export function teardown(talk: TcpTalk): TcpTalk {
  return talk
    .ask(request("TEARDOWN", "rtsp://192.0.2.1/movie", 4, "Session: 12345678"))
    .wait(1).answer(reply(4, "\r\n"));
}

export function request(method: string, url: string, cseq: number, header: string): string {
  return `${method} ${url} RTSP/1.0\r\nCSeq: ${cseq}\r\n${header}\r\n\r\n`;
}

/** @param rest the other headers, the blank line and the body */
export function reply(cseq: number, rest: string): string {
  return `RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\n${rest}`;
}
