import { formatUrl, type RtspUrl } from "../rtsp/url.ts";
import { type Open, openInEither } from "./dialect_race.ts";
import { LabMediaSession, type LabTarget } from "./lab/session.ts";
import type { MediaSession } from "./media_session.ts";
import { RtspMediaSession, type RtspSessionOptions } from "./rtsp/session.ts";

/** How a stream is opened. */
export interface OpenOptions extends RtspSessionOptions {
  /** `auto` finds out by itself. */
  dialect: "auto" | "rtsp" | "lab";
}

/**
 * Opens a stream named in the lab's form. A standard server, which waits for the rest of a lab
 * request, is asked in its own words too.
 */
export async function openLabMedia(target: LabTarget, options: OpenOptions): Promise<MediaSession> {
  const lab: Open = (attempt) => LabMediaSession.open(target, { ...options, ...attempt });
  const standard: Open = (attempt) => {
    const { hostname: host, port, rtpPort, file } = target;
    const path = `/${file.split("/").map(encodeURIComponent).join("/")}`;
    const url: RtspUrl = { scheme: "rtsp", host, port, path };
    return RtspMediaSession.open(url, { ...options, rtpPort, ...attempt });
  };
  return await openIn(options, lab, standard);
}

/** Opens a stream named by a URL. A lab server, which is silent on OPTIONS, is asked in its dialect. */
export async function openUrlMedia(url: RtspUrl, options: OpenOptions): Promise<MediaSession> {
  const standard: Open = (attempt) => RtspMediaSession.open(url, { ...options, ...attempt });
  // Lab servers know no TLS.
  if (url.scheme === "rtsps") return await standard(options);
  const lab: Open = (attempt) => {
    const { host: hostname, port } = url;
    const target = { hostname, port, rtpPort: options.rtpPort, file: decodePath(url) };
    return LabMediaSession.open(target, { ...options, ...attempt });
  };
  return await openIn(options, lab, standard, "rtsp");
}

/** @param first which dialect the stream was named in */
async function openIn(
  options: OpenOptions,
  lab: Open,
  standard: Open,
  first: "lab" | "rtsp" = "lab",
): Promise<MediaSession> {
  if (options.dialect === "rtsp") return await standard(options);
  if (options.dialect === "lab") return await lab(options);
  return first === "lab"
    ? await openInEither(lab, standard, "standard RTSP", options)
    : await openInEither(standard, lab, "the course-lab dialect", options);
}

function decodePath(url: RtspUrl): string {
  const path = url.path.replace(/^\/+/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path || formatUrl(url);
  }
}
