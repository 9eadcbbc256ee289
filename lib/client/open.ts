import { formatUrl, type RtspUrl } from "../rtsp/url.ts";
import { NoReplyError, ProtocolError } from "./errors.ts";
import { LabMediaSession, type LabTarget } from "./lab/session.ts";
import type { MediaSession } from "./media_session.ts";
import { RtspMediaSession, type RtspSessionOptions } from "./rtsp/session.ts";

/** How a stream is opened. */
export interface OpenOptions extends RtspSessionOptions {
  /** `auto` finds out by itself. */
  dialect: "auto" | "rtsp" | "lab";
}

/** How long a server may say nothing before it is asked in the other dialect, in ms. */
const OTHER_DIALECT_MS = 3000;

/**
 * Opens a stream named in the lab's form. A standard server, which waits for the rest of a lab
 * request, is then asked in its own words.
 */
export async function openLabMedia(target: LabTarget, options: OpenOptions): Promise<MediaSession> {
  const standard = (first: FirstReply): Promise<MediaSession> => {
    const { hostname: host, port, rtpPort, file } = target;
    const path = `/${file.split("/").map(encodeURIComponent).join("/")}`;
    const url: RtspUrl = { scheme: "rtsp", host, port, path };
    return RtspMediaSession.open(url, { ...options, rtpPort, ...first });
  };
  if (options.dialect === "rtsp") return await standard({});
  const lab = (first: FirstReply): Promise<MediaSession> => {
    return LabMediaSession.open(target, { ...options, ...first });
  };
  if (options.dialect === "lab") return await lab({});
  return await firstThenOther(lab, standard, "standard RTSP", options);
}

/** Opens a stream named by a URL. A lab server, which is silent on OPTIONS, is asked in its dialect. */
export async function openUrlMedia(url: RtspUrl, options: OpenOptions): Promise<MediaSession> {
  const standard = (first: FirstReply): Promise<MediaSession> => {
    return RtspMediaSession.open(url, { ...options, ...first });
  };
  if (options.dialect === "rtsp") return await standard({});
  const lab = (first: FirstReply): Promise<MediaSession> => {
    const file = decodePath(url);
    const { host: hostname, port } = url;
    const target = { hostname, port, rtpPort: options.rtpPort, file };
    return LabMediaSession.open(target, { ...options, ...first });
  };
  if (options.dialect === "lab") return await lab({});
  return await firstThenOther(standard, lab, "the course-lab dialect", options);
}

type FirstReply = { firstReplyMs?: number };
type Open = (first: FirstReply) => Promise<MediaSession>;

/** Silence, or words that are no answer, mean the other dialect; what that says then counts. */
async function firstThenOther(
  first: Open,
  other: Open,
  otherName: string,
  { timeout, observer }: OpenOptions,
): Promise<MediaSession> {
  try {
    return await first({ firstReplyMs: Math.min(timeout, OTHER_DIALECT_MS) });
  } catch (error) {
    const unanswered = error instanceof NoReplyError || error instanceof ProtocolError;
    if (!unanswered) throw error;
    observer.note?.({ code: "dialect", message: `${error.message}; trying ${otherName}` });
    try {
      return await other({});
    } catch (otherError) {
      // Neither is understood: what the first try met is what the person asked about.
      throw otherError instanceof NoReplyError ? error : otherError;
    }
  }
}

function decodePath(url: RtspUrl): string {
  const path = url.path.replace(/^\/+/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path || formatUrl(url);
  }
}
