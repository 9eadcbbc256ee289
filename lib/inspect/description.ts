import { staticPayloadType } from "../rtp/payload_types.ts";
import { control, frameRate, payloadTypes, range, rtpmapOf } from "../sdp/attributes.ts";
import type { MediaDescription, SessionDescription } from "../sdp/session_description.ts";
import type { ObservedMessage } from "../stream/observation.ts";
import { describeFormat } from "../codec/format.ts";
import { describedBy, formatOf as describedFormatOf } from "./described.ts";
import { count, grouped } from "./words.ts";

/**
 * What is going to be played, in plain words, from what was said before PLAY: the session
 * description where there is one, and otherwise what a lab server tells.
 */
export function describeSession(messages: readonly ObservedMessage[]): string[] {
  for (const message of messages) {
    const description = message.direction === "in" ? describedBy(message) : undefined;
    if (description !== undefined) return describeSdp(description);
  }
  return describeUndescribed(messages);
}

function describeUndescribed(messages: readonly ObservedMessage[]): string[] {
  const setup = messages.find(({ method }) => method === "SETUP");
  if (setup === undefined) return [];
  const transport = header([setup], "transport") ?? "";
  const port = /client_port\s*=\s*(\d+)/i.exec(transport)?.[1];
  const sentTo = port === undefined ? "" : `, sent to UDP port ${port}`;
  if (/RTP\/S?AVPF?\b/i.test(transport)) {
    return [`${setup.target}${sentTo}, with no session description`];
  }
  const replies = messages.filter(({ direction }) => direction === "in");
  const frames = header(replies, "frames");
  return [
    `${setup.target}, ` +
    (frames === undefined ? "number of frames not told" : count(Number(frames), "frame")) +
    sentTo + ", in the course-lab dialect (no session description)",
  ];
}

function describeSdp(session: SessionDescription): string[] {
  const name = session.name?.trim() ?? "";
  const title = name === "" || name === "-" ? [] : [`session ${JSON.stringify(name)}`];
  const length = range(session);
  const facts = [...title, count(session.media.length, "stream")];
  if (length !== undefined) facts.push(`range ${length}`);
  return [facts.join(", "), ...session.media.map(describeMedium)];
}

function describeMedium(medium: MediaDescription): string {
  const formats = payloadTypes(medium).map((payloadType) => {
    const { encodingName, clockRate } = rtpmapOf(medium, payloadType) ??
      staticPayloadType(payloadType) ?? {};
    const clock = clockRate === undefined ? "" : ` at ${grouped(clockRate)} Hz`;
    const words = encodingName === undefined ? "" : formatOf(medium, payloadType);
    const format = words === "" || words === encodingName ? "" : ` (${words})`;
    return `${encodingName ?? "unknown encoding"} as payload type ${payloadType}${clock}${format}`;
  });
  const facts = [`${medium.type}: ${formats.join(" or ") || medium.formats.join(" ")}`];
  const rate = frameRate(medium);
  if (rate !== undefined) facts.push(`${rate} frames a second`);
  const length = range(medium);
  if (length !== undefined) facts.push(`range ${length}`);
  const url = control(medium);
  if (url !== undefined) facts.push(`control ${url}`);
  return facts.join(", ");
}

/** What the parameters of a format tell in plain words. */
function formatOf(medium: MediaDescription, payloadType: number): string {
  return describeFormat(describedFormatOf(medium, payloadType));
}

function header(messages: readonly ObservedMessage[], wanted: string): string | undefined {
  for (const { headers } of messages) {
    const found = headers.find(([name]) => name.toLowerCase() === wanted);
    if (found !== undefined) return found[1];
  }
  return undefined;
}
