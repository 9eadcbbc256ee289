import fc from "fast-check";
import type {
  AccessUnit,
  Depacketizer,
  TrackDescription,
} from "../../../lib/codec/depacketizer.ts";
import { joined } from "../../../lib/codec/nal/byte_stream.ts";
import { payloadFormat } from "../../../lib/codec/registry.ts";
import { toHex } from "../../../lib/bytes/hex.ts";
import { parseRtpPacket, type RtpPacket } from "../../../lib/rtp/packet.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { everyPrefix } from "../../support/split.ts";
import type { Capture } from "./captures.ts";

/** A packet with the number it has in its stream. */
export interface Numbered {
  packet: RtpPacket;
  sequence: number;
}

/** What a unit is, short enough to compare. */
export interface Summary {
  timestamp: number;
  bytes: number;
  first: number;
  last: number;
  type?: string;
  damaged?: string;
  lostBefore?: number;
}

/** The packets of a capture, numbered from 0 on. */
export function numbered(packets: readonly Uint8Array[]): Numbered[] {
  return packets.map((bytes, sequence) => ({ packet: parseRtpPacket(bytes), sequence }));
}

/** A packet made for a test; timestamp 0 and no marker unless said otherwise. */
export function packetOf(
  payload: Uint8Array,
  sequence: number,
  { timestamp = 0, marker = false } = {},
): Numbered {
  const header = { version: 2, padding: 0, payloadType: 96, ssrc: 1, csrcs: [] };
  return { packet: { ...header, sequence, timestamp, marker, payload }, sequence };
}

/** Feeds packets to a new depacketizer. */
export function feed(
  track: TrackDescription,
  packets: readonly Numbered[],
): { units: AccessUnit[]; stream: Depacketizer } {
  const units: AccessUnit[] = [];
  const stream = payloadFormat(track.encoding)!.depacketizer!(track, (unit) => units.push(unit));
  for (const { packet, sequence } of packets) stream.push({ packet, sequence, arrivedAt: 0 });
  stream.flush();
  return { units, stream };
}

/** A unit in short; timestamps count from `base`. */
export function summary(unit: AccessUnit, base = 0): Summary {
  const { timestamp, bytes, firstSequence, lastSequence } = unit;
  return {
    timestamp: (timestamp - base) >>> 0,
    bytes,
    first: firstSequence,
    last: lastSequence,
    ...(unit.frameType === undefined ? {} : { type: unit.frameType }),
    ...(unit.damaged === undefined ? {} : { damaged: unit.damaged }),
    ...(unit.lostBefore === undefined ? {} : { lostBefore: unit.lostBefore }),
  };
}

/** What every depacketizer promises, tried with a capture and the units it must give. */
export function depacketizerSuite(name: string, capture: Capture, expected: Summary[]): void {
  const { track } = capture;
  const packets = numbered(capture.packets);
  const base = packets[0]!.packet.timestamp;
  const whole = feed(track, packets).units;
  const bytesOf = (units: AccessUnit[]): string[] => {
    return units.filter(({ damaged }) => damaged === undefined)
      .map((unit) => `${unit.timestamp} ${toHex(joined(unit.data))}`);
  };

  /** Whether a unit is one of the capture, or one whose parameter sets alone are missing. */
  const isTail = (unit: string): boolean => {
    const [timestamp, bytes] = unit.split(" ") as [string, string];
    return bytesOf(whole).some((one) => one.startsWith(timestamp) && one.endsWith(bytes));
  };

  Deno.test(`${name}: the units of a capture`, () => {
    assertEquals(whole.map((unit) => summary(unit, base)), expected);
    for (const unit of whole) assertEquals(joined(unit.data).length, unit.bytes);
  });

  Deno.test(`${name}: the loss of any packet is told, and no other unit suffers`, () => {
    for (let lost = 1; lost < packets.length; lost++) {
      const { units } = feed(track, packets.filter(({ sequence }) => sequence !== lost));
      const spared = whole.filter((unit) => unit.firstSequence > lost || unit.lastSequence < lost);
      const told = bytesOf(units);
      for (const unit of bytesOf(spared)) assert(told.includes(unit), `${lost} spares ${unit}`);
      assertEquals(told.filter((unit) => !isTail(unit)), [], `${lost} invents nothing`);
      if (lost === packets.length - 1) continue;
      assert(units.some((unit) => unit.damaged ?? unit.lostBefore), `loss of ${lost} is told`);
    }
  });

  Deno.test(`${name}: a unit that began before the first packet is passed over`, () => {
    for (let from = 1; from < packets.length; from++) {
      const { units } = feed(track, packets.slice(from));
      assertEquals(bytesOf(units).filter((unit) => !isTail(unit)), [], `from ${from}`);
    }
  });

  Deno.test(`${name}: after a discontinuity nothing counts as lost`, () => {
    const units: AccessUnit[] = [];
    const stream = payloadFormat(track.encoding)!.depacketizer!(track, (unit) => units.push(unit));
    stream.push({ ...packets[0]!, arrivedAt: 0 });
    stream.discontinuity();
    units.length = 0;
    for (const { packet, sequence } of packets) {
      stream.push({ packet, sequence: sequence + 1000, arrivedAt: 0 });
    }
    stream.flush();
    assertEquals(bytesOf(units), bytesOf(whole));
    assertEquals(units.filter((unit) => unit.lostBefore !== undefined), []);
  });

  Deno.test(`${name}: every truncation of every packet gives units and no error`, () => {
    for (const [at, { packet, sequence }] of packets.entries()) {
      everyPrefix(packet.payload, (payload) => {
        const cut = packets.with(at, { packet: { ...packet, payload }, sequence });
        checkUnits(feed(track, cut).units);
        payloadFormat(track.encoding)!.describer!(track)(payload);
      });
    }
  });

  Deno.test(`${name}: damaged packets give units and no error, and stay as they are`, () => {
    const change = fc.tuple(fc.nat(packets.length - 1), fc.nat(2000), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const changed = packets.map(({ packet, sequence }) => {
          return { packet: { ...packet, payload: packet.payload.slice() }, sequence };
        });
        for (const [which, place, value] of changes) {
          const { payload } = changed[which]!.packet;
          payload[place % payload.length] = value;
        }
        const before = changed.map(({ packet }) => packet.payload.slice());
        checkUnits(feed(track, changed).units);
        assertEquals(changed.map(({ packet }) => packet.payload), before);
      }),
      { numRuns: 300 },
    );
  });

  Deno.test(`${name}: random payloads give units and no error`, () => {
    const payload = fc.uint8Array({ maxLength: 40 });
    const one = fc.tuple(payload, fc.nat(3), fc.boolean());
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (payloads) => {
        const made = payloads.map(([payload, timestamp, marker], i) => {
          return packetOf(payload, i + (payload[0] ?? 0) % 2, { timestamp, marker });
        });
        checkUnits(feed(track, made).units);
        const describe = payloadFormat(track.encoding)!.describer!(track);
        for (const [payload] of payloads) assert(describe(payload).text.length > 0);
      }),
      { numRuns: 300 },
    );
  });
}

function checkUnits(units: AccessUnit[]): void {
  for (const unit of units) {
    assertEquals(joined(unit.data).length, unit.bytes);
    assert(unit.damaged === undefined || unit.damaged.length > 0);
    assert(unit.bytes > 0 || unit.damaged !== undefined, "an empty unit is damaged");
  }
}
