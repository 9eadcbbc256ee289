import { toHex } from "../lib/bytes/hex.ts";
import type { ObservedMessage, ObservedRtcp } from "../lib/client/observer.ts";
import type { InspectedPacket } from "../lib/inspect/rule.ts";
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
export function rtpEvent({ time, packet, size, counted, jpeg }: InspectedPacket): JsonEvent {
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
  };
  if (jpeg !== undefined) event.jpeg = jpegFields(jpeg);
  return event;
}

/** One RTCP packet with its fields by the names RFC 3550 gives them. */
export function rtcpEvent({ time, packet }: ObservedRtcp): JsonEvent {
  const plain = JSON.parse(JSON.stringify(packet, bytesAndBigNumbers));
  return { event: "rtcp", time: time / 1000, ...plain };
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
