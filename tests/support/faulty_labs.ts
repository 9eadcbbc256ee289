// Faults of course-lab servers, each made on purpose, and what the verdict must be.
import { labPackets, reply, request, START, type Watched } from "../lib/inspect/observations.ts";
import { tinyJpeg } from "../lib/media/frames.ts";
import type { Fault } from "./faulty_gallery.ts";

/** A fault of a course-lab server. */
export interface LabFault extends Fault {
  watched: () => Watched;
}

/** What the classic lab servers' packets are like. */
const CLASSIC = { marker: false, timestamp: Math.floor(START / 1000) };
const LAB_MESSAGES = [
  request("SETUP", "movie.Mjpeg", [["Transport", "RTP/UDP; client_port= 25000"]]),
  reply("RTSP/1.0 200 OK\nCSeq: 1\nSession: 123456"),
];

/** A lab stream with packets changed alike. */
function lab(
  last: number,
  change: Parameters<typeof labPackets>[2],
  reason: "stopped" | "silence" = "stopped",
): () => Watched {
  return () => ({
    packets: labPackets(1, last, (number) => ({ ...CLASSIC, ...change?.(number) })),
    messages: LAB_MESSAGES,
    ending: { reason, totalFrames: undefined },
  });
}

export const LAB_FAULTS: LabFault[] = [
  {
    fault: "none: a course-lab server",
    code: "healthy",
    level: "healthy",
    watched: lab(100, () => ({})),
  },
  {
    fault: "a lab server that writes RTP version 0",
    code: "lab-version",
    level: "warning",
    watched: lab(100, () => ({ version: 0 })),
  },
  {
    fault: "a lab server with another payload type",
    code: "lab-payload-type",
    level: "warning",
    watched: lab(100, () => ({ payloadType: 96 })),
  },
  {
    fault: "a lab server with frames beyond 20,468 bytes",
    code: "lab-frame-size",
    level: "warning",
    watched: lab(100, (number) => ({ payload: tinyJpeg(number, 20_500) })),
  },
  {
    fault: "a lab server that fails at frame 256",
    code: "lab-stopped-at-255",
    level: "error",
    watched: lab(255, () => ({}), "silence"),
  },
];
