import { measuresOf } from "../../../../lib/inspect/expectation_measures.ts";
import {
  FIRST_MESSAGES,
  LAST_MESSAGES,
  MessageLog,
  paired,
} from "../../../../lib/inspect/report/message_log.ts";
import { ENDS, MOST_PICKED } from "../../../../lib/inspect/report/packet_picks.ts";
import {
  LARGEST_PICTURE,
  MOST_PICTURES,
  PicturePicks,
} from "../../../../lib/inspect/report/picture_picks.ts";
import { SessionRecord } from "../../../../lib/inspect/report/session_record.ts";
import { SessionInspector } from "../../../../lib/inspect/session_inspector.ts";
import type { SeenPacket } from "../../../../lib/inspect/stream_inspector.ts";
import type { ObservedMessage } from "../../../../lib/stream/observation.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { FRAME_MS, frameOf, labPackets, START } from "../observations.ts";

/** Watches packets and their frames as `probe` does. */
function watch(packets: readonly SeenPacket[], pictures = false): SessionRecord {
  const inspector = new SessionInspector();
  const record = new SessionRecord({ pictures });
  for (const packet of packets) {
    record.packet(inspector.packet(packet));
    inspector.frame(frameOf(packet));
    record.frame(frameOf(packet));
  }
  record.conclusion = inspector.judge({ reason: "stopped", totalFrames: undefined });
  return record;
}

function message(cseq: number, parts: Partial<ObservedMessage> = {}): ObservedMessage {
  const headers: [string, string][] = [["CSeq", String(cseq)]];
  return {
    ...{ direction: "out", time: cseq, method: "OPTIONS", target: "*", version: "RTSP/1.0" },
    ...{ headers, body: "" },
    ...parts,
  };
}

function reply(cseq: number): ObservedMessage {
  const { method: _method, target: _target, ...rest } = message(cseq);
  return { ...rest, direction: "in", status: 200, reason: "OK" };
}

Deno.test("of many packets the first, the last and those around trouble are kept", () => {
  const all = labPackets(1, 200).filter(({ packet }) => packet.sequence !== 100);
  const { rows, count } = watch(all).packets;
  assertEquals(count, 199);
  const numbers = rows.map(({ number }) => number);
  const from = (first: number, length: number): number[] => {
    return Array.from({ length }, (_, i) => first + i);
  };
  assertEquals(numbers, [...from(1, ENDS), ...from(98, 5), ...from(200 - ENDS, ENDS)]);
  assertEquals(rows.find(({ number }) => number === 100)?.place, "gap");
});

Deno.test("trouble all along is kept up to a limit", () => {
  const all = labPackets(1, 1200).filter(({ packet }) => packet.sequence % 3 !== 0);
  const { rows } = watch(all).packets;
  assert(rows.length > MOST_PICKED && rows.length <= ENDS + MOST_PICKED + ENDS, `${rows.length}`);
  assertEquals([rows[0]?.number, rows.at(-1)?.number], [1, 800]);
});

Deno.test("of a few packets each is kept once", () => {
  assertEquals(watch(labPackets(1, 7)).packets.rows.map(({ number }) => number), [
    ...[1, 2, 3, 4, 5, 6, 7],
  ]);
});

Deno.test("of many messages the first and the last are kept, and the others counted", () => {
  const log = new MessageLog();
  const all = FIRST_MESSAGES + LAST_MESSAGES;
  for (let i = 1; i <= all; i++) log.add(message(i));
  assertEquals(log.leftOut, 0);
  log.add(message(all + 1));
  assertEquals([log.leftOut, log.first.length, log.last.length], [
    1,
    FIRST_MESSAGES,
    LAST_MESSAGES,
  ]);
  assertEquals([log.first.at(-1)?.time, log.last[0]?.time], [FIRST_MESSAGES, FIRST_MESSAGES + 2]);
});

Deno.test("long bodies are cut, and bytes are not kept", () => {
  const log = new MessageLog();
  log.add(message(1, { body: "x".repeat(70_000), wire: "secret" }));
  const [kept] = log.first;
  assert(kept!.body.length < 66_000 && kept!.body.endsWith("more)"), kept!.body.slice(-20));
  assertEquals(kept!.wire, undefined);
});

Deno.test("replies stand with their requests, by CSeq and direction", () => {
  const server = message(1, { direction: "in", method: "GET_PARAMETER" });
  const pairs = paired([message(1), message(2), server, reply(2), reply(1), reply(9)]);
  const told = pairs.map(({ request, reply }) => [request?.method, request?.time, reply?.time]);
  assertEquals(told, [
    ["OPTIONS", 1, 1],
    ["OPTIONS", 2, 2],
    ["GET_PARAMETER", 1, undefined],
    [undefined, undefined, 9],
  ]);
});

Deno.test("a few pictures are kept of however many, and none that is too large", () => {
  const picks = new PicturePicks();
  for (let i = 0; i < 1000; i++) picks.add(Uint8Array.of(i & 0xff), i);
  assertEquals(picks.pictures.length, MOST_PICTURES);
  assert(picks.pictures.at(-1)!.time > 400, "they are spread");
  const large = new PicturePicks();
  large.add(new Uint8Array(LARGEST_PICTURE), 0);
  large.add(new Uint8Array(LARGEST_PICTURE + 1), 0);
  assertEquals([large.pictures.length, large.tooLarge], [1, 1]);
});

Deno.test("what was measured is what expectations are judged by", () => {
  const packets = labPackets(1, 41, () => ({ ssrc: 7 }))
    .filter(({ packet }) => packet.sequence !== 5);
  const record = watch(packets);
  const end = START + 40 * FRAME_MS + 900;
  const values = measuresOf(record, { end, transport: "udp" })[0]!.values;
  const { packets: came, lost, frames, duration, gap, freeze, fps, loss, transport, codec } =
    values;
  assertEquals([came, lost, frames, duration, gap, freeze], [40, 1, 40, 2000, 900, 900]);
  assertEquals([fps, loss, transport, codec], [
    19.5,
    100 / 41,
    "udp",
    "JPEG",
  ]);
});

Deno.test("a picture that stands still while packets come is a freeze", () => {
  const packets = labPackets(1, 21);
  const still = packets.map((seen, i) => {
    return i < 5
      ? seen
      : { ...seen, packet: { ...seen.packet, payload: packets[5]!.packet.payload } };
  });
  const [first] = measuresOf(watch(still), { end: undefined, transport: undefined });
  assertEquals([first?.values.freeze, first?.values.gap], [15 * FRAME_MS, FRAME_MS]);
});
