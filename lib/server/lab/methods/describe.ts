import type { LabRequest } from "../../../rtsp/lab/request.ts";
import type { LabAnswer, LabHandler } from "../exchange.ts";
import type { LabSession } from "../session.ts";
import { statusOfOpenError } from "./setup.ts";

/**
 * Describes the file twice over: one line of JSON where the extended exercises read it by position
 * (the fourth line), and behind it a session description (RFC 8866) with its length for those who
 * ask for SDP.
 */
export const describe: LabHandler = async (conversation, request) => {
  const { context, session } = conversation;
  const file = request.file || session?.facts.file || "";
  try {
    const lease = await context.media.open(file, "lab");
    try {
      if (isLineReader(request)) return describeInLines(file, session);
      const fps = lease.source.frameRate ?? context.options.fps;
      const frames = await lease.source.frameCount();
      const sdp = describeLabMedia(file, fps, frames, session?.destination.port ?? 0);
      const json = JSON.stringify({
        session: Number(session?.id ?? 0),
        file,
        type: "video",
        encoding: "JPEG",
        payloadType: 26,
        // Without an end there is no number to tell.
        ...(frames === Infinity
          ? { fps }
          : { frames, fps, seconds: Math.round(1000 * frames / fps) / 1000 }),
      });
      const lines = [json, `Content-Base: ${file}`, "Content-Type: application/sdp"];
      // Counted with the lone LF of the dialect, one a line.
      const length = sdp.reduce((sum, line) => sum + new TextEncoder().encode(line).length + 1, 0);
      lines.push(`Content-Length: ${length}`, "", ...sdp);
      return { status: 200, lines, withoutFrames: true };
    } finally {
      lease.release();
    }
  } catch (error) {
    return { status: statusOfOpenError(error, conversation.warn) };
  }
};

/** Whether a Java client of the course asks: it names no session and says what it accepts. */
function isLineReader(request: LabRequest): boolean {
  return request.session === undefined &&
    request.lines.some((line) => /^\s*Accept\s*:/i.test(line));
}

/** Those clients read status, CSeq, Content-Base and six lines more, without a blank one. */
function describeInLines(file: string, session: LabSession | undefined): LabAnswer {
  const sdp = [
    "v=0",
    `m=video ${session?.destination.port ?? 0} RTP/AVP 26`,
    `a=control:streamid=${session?.id ?? 0}`,
    'a=mimetype:string;"video/MJPEG"',
  ];
  const length = sdp.join("\r\n").length + 2;
  const lines = ["Content-Type: application/sdp", `Content-Length: ${length}`, ...sdp];
  return {
    status: 200,
    lines: [`Content-Base: ${file}`, ...lines],
    withoutFrames: true,
    withoutSession: true,
  };
}

function describeLabMedia(file: string, fps: number, frames: number, port: number): string[] {
  return [
    "v=0",
    "o=- 0 0 IN IP4 0.0.0.0",
    `s=${file}`,
    "c=IN IP4 0.0.0.0",
    "t=0 0",
    `m=video ${port} RTP/AVP 26`,
    "a=rtpmap:26 JPEG/90000",
    `a=framerate:${fps}`,
    `a=range:npt=0-${frames === Infinity ? "" : (frames / fps).toFixed(3)}`,
  ];
}
