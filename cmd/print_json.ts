import { toHex } from "../lib/bytes/hex.ts";
import type { ObservedMessage, ObservedRtcp } from "../lib/client/observer.ts";
import type { PayloadFacts } from "../lib/codec/depacketizer.ts";
import { payloadFormat } from "../lib/codec/registry.ts";
import type { InspectedPacket, PacketStream } from "../lib/inspect/rule.ts";
import type { JpegPayload } from "../lib/jpeg/rtp_payload.ts";
import { withoutCredentials, withoutSecrets } from "./print_exchange.ts";

/** An event of `--json`. */
export type JsonEvent = { event: string; [field: string]: unknown };

/** One RTSP message. A header that is repeated has its values joined by commas (RFC 2326, 4.2). */
export function rtspEvent(message: ObservedMessage): JsonEvent {
  const { direction, time, method, target, status, reason, version, body } = message;
  const headers: Record<string, string> = {};
  for (const [name, value] of withoutSecrets(message.headers)) {
    const known = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
    if (known === undefined) headers[name] = value;
    else headers[known] += `, ${value}`;
  }
  const isRequest = status === undefined;
  const first = isRequest ? { method, uri: withoutCredentials(target ?? "") } : { status, reason };
  return { event: "rtsp", direction, time: time / 1000, ...first, version, headers, body };
}

/** One RTP packet. */
export function rtpEvent(seen: InspectedPacket): JsonEvent {
  const { time, packet, size, counted, jpeg, stream, jitterMs } = seen;
  const { version, padding, extension, csrcs, marker, payloadType } = packet;
  const event: JsonEvent = {
    event: "rtp",
    time: time / 1000,
    size,
    version,
    padding: padding > 0,
    extension: extension !== undefined,
    csrcCount: csrcs.length,
    marker,
    payloadType,
    sequence: packet.sequence,
    timestamp: packet.timestamp,
    ssrc: packet.ssrc,
    place: counted.place,
    sequenceDelta: counted.sequenceDelta,
    timestampDelta: counted.timestampDelta,
    arrivalDeltaMs: round(counted.arrivalDelta),
    jitterMs: round(jitterMs),
  };
  if (stream.name !== "") event.stream = stream.name;
  if (jpeg !== undefined) event.jpeg = jpegFields(jpeg);
  else if (seen.payload === "other") event.payload = payloadOf(seen);
  return event;
}

/** One RTCP packet with its fields by the names RFC 3550 gives them. */
export function rtcpEvent({ time, packet, stream }: ObservedRtcp): JsonEvent {
  const plain = JSON.parse(JSON.stringify(packet, bytesAndBigNumbers));
  const name = stream === undefined ? {} : { stream };
  return { event: "rtcp", time: time / 1000, ...name, ...plain };
}

type Describe = (payload: Uint8Array) => PayloadFacts;

/** What says what payloads hold, by stream. */
const DESCRIBERS = new WeakMap<PacketStream, Describe>();

/** What the payload holds, by the names its format gives it; undefined for an unknown format. */
function payloadOf({ packet, stream }: InspectedPacket): Record<string, unknown> | undefined {
  let describe = DESCRIBERS.get(stream);
  if (describe === undefined) {
    describe = payloadFormat(stream.format.encoding)?.describer?.(stream.format);
    if (describe === undefined) return undefined;
    DESCRIBERS.set(stream, describe);
  }
  const { text, fields, problem } = describe(packet.payload);
  return problem === undefined ? { text, ...fields } : { text, ...fields, problem };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

function jpegFields(payload: JpegPayload): Record<string, unknown> {
  const { typeSpecific, fragmentOffset, type, q, width, height, restart, quantization } = payload;
  const fields: Record<string, unknown> = { typeSpecific, fragmentOffset, type, q, width, height };
  if (restart !== undefined) fields.restart = restart;
  if (quantization !== undefined) {
    const { mbz, precision, tables } = quantization;
    fields.quantization = { mbz, precision, length: tables.length };
  }
  return { ...fields, dataLength: payload.data.length };
}

/** Bytes as hexadecimal digits, and numbers beyond 2^53 as decimal ones. */
function bytesAndBigNumbers(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === "bigint" ? String(value) : value;
}
