import { carriage } from "../../jpeg/carriage.ts";
import { CarriageError } from "../../jpeg/packetize.ts";
import type { JpegInfo } from "../../jpeg/inspect.ts";
import { JpegInspector } from "../../jpeg/inspector.ts";
import { isIpv6 } from "../../net/address.ts";
import type { MulticastTarget } from "../../net/multicast_sender.ts";
import { formatRange } from "../../rtsp/headers/range.ts";
import { formatSdp } from "../../sdp/format.ts";
import { formatDimensions } from "../../sdp/attributes.ts";
import type { Attribute, Connection, SessionDescription } from "../../sdp/session_description.ts";
import type { FrameSource } from "../../stream/frame_source.ts";
import type { ServerContext } from "../context.ts";
import { type MediaTarget, TRACK, trackUrl } from "./media_target.ts";

/** What is known of a source before it is played. */
export interface SourceFacts {
  fps: number;
  /** Undefined when counting would take too long to wait for; Infinity without an end. */
  frameCount: number | undefined;
  /** Whether it goes on by itself: only the present can be watched, at whatever rate it comes. */
  live?: boolean;
  /** Whether it starts over when it ends, so that there is no end to tell. */
  loop: boolean;
  /** The first frame. */
  info: JpegInfo;
}

/** So many frames may be damaged at the beginning before a source counts as unplayable. */
const FIRST_FRAMES = 8;

/**
 * Looks at a source, and has its first frames made ready.
 * @throws {CarriageError} when RFC 2435 cannot carry its first frames
 * @throws {FrameDamagedError} when these are damaged
 * @throws {MalformedError} when they are no JPEG
 */
export async function examine(
  source: FrameSource,
  context: ServerContext,
): Promise<Omit<SourceFacts, "frameCount">> {
  const info = await firstPicture(source);
  const fps = source.frameRate ?? context.options.fps;
  const live = source.live !== undefined;
  return { fps, loop: context.options.loop, info, live };
}

/** The first picture that can be sent; the error of the first frame when none of the first few can. */
async function firstPicture(source: FrameSource): Promise<JpegInfo> {
  // What it says of a picture that was looked at before is known.
  const inspector = new JpegInspector();
  let failure: unknown;
  for (let index = 0; index < FIRST_FRAMES; index++) {
    try {
      const frame = await source.frame(index);
      if (frame === undefined && index > 0) break;
      const info = inspector.inspect(frame ?? new Uint8Array(0));
      const way = carriage(info);
      if (!way.ok) throw new CarriageError(way);
      // What comes next is being made ready while the client makes up its mind.
      source.prefetch(index + 1);
      return info;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** How a source is sent. */
export interface DescribedSending {
  /** Where to, when that is a multicast group. */
  group?: MulticastTarget | undefined;
  /** The lines with the key, when it is protected. */
  key?: Attribute[] | undefined;
}

/**
 * The session description of one source (RFC 8866; RFC 2326, appendix C).
 */
export function describeSource(
  target: MediaTarget,
  facts: SourceFacts,
  localHostname: string,
  { group, key }: DescribedSending = {},
): string {
  const addressType = isIpv6(localHostname) ? "IP6" : "IP4";
  const { width, height } = facts.info;
  const range: Attribute[] = [{ name: "range", value: mediaRange(facts) }];
  const description: SessionDescription = {
    version: 0,
    origin: {
      username: "-",
      sessionId: "0",
      sessionVersion: "0",
      networkType: "IN",
      addressType,
      address: localHostname,
    },
    name: target.media,
    emails: [],
    phones: [],
    connection: connectionOf(group, addressType),
    times: [{ start: 0, stop: 0, repeats: [] }],
    zones: [],
    bandwidths: [],
    attributes: [{ name: "tool", value: "rtspkit" }, { name: "control", value: "*" }, ...range],
    unknownLines: [],
    media: [{
      type: "video",
      // A port here live555 and VLC take for their own, which for a group is right.
      port: group?.rtpPort ?? 0,
      protocol: key === undefined ? "RTP/AVP" : "RTP/SAVP",
      formats: ["26"],
      connections: [],
      bandwidths: [],
      attributes: [
        { name: "rtpmap", value: "26 JPEG/90000" },
        // Nobody knows how fast a live source's next pictures come.
        ...(facts.live
          ? []
          : [{ name: "framerate", value: String(Math.round(facts.fps * 1000) / 1000) }]),
        { name: "x-dimensions", value: formatDimensions({ width, height }) },
        { name: "control", value: controlOf(target) },
        ...(key ?? []),
      ],
      unknownLines: [],
    }],
  };
  return formatSdp(description);
}

/** Where a name to be resolved against a URL with a query would lose it (rtspsrc), the whole URL. */
function controlOf({ query, base }: MediaTarget): string {
  return query === undefined || base.startsWith("/") ? TRACK : trackUrl(base);
}

/** No address of anyone but a group: rtspsrc, live555 and VLC go multicast when they see one. */
function connectionOf(group: MulticastTarget | undefined, addressType: "IP4" | "IP6"): Connection {
  if (group !== undefined) {
    return { networkType: "IN", addressType: "IP4", address: group.group, ttl: group.ttl };
  }
  return { networkType: "IN", addressType, address: addressType === "IP6" ? "::" : "0.0.0.0" };
}

/** The whole of the media as a range; of what is live, the present (RFC 2326, section 3.6). */
export function mediaRange({ fps, frameCount, loop, live }: Omit<SourceFacts, "info">): string {
  if (live) return formatRange({ unit: "npt", start: "now" });
  const endless = frameCount === undefined || frameCount === Infinity || loop;
  const end = endless ? {} : { end: frameCount / fps };
  return formatRange({ unit: "npt", start: 0, ...end });
}
