// Whole captures: what is found in them, and what a watcher is told.
import fc from "fast-check";
import type { BuiltFrame } from "../../../support/capture_builder.ts";
import { MAX_SNIFFED } from "../../../../lib/media/capture/rtsp_sniffer.ts";
import { ENOUGH_PACKETS } from "../../../../lib/media/capture/rtp_finder.ts";
import { interleave } from "../../../../lib/rtsp/format.ts";
import type { ObservedMessage } from "../../../../lib/stream/observation.ts";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import {
  CAPTURE_START,
  CLIENT,
  end,
  ETHERNET_BYTES,
  pcapngOf,
  pcapOf,
  SERVER,
  TcpTalk,
  udpFrame,
} from "../../../support/capture_builder.ts";
import { conversation, reply, request, teardown } from "../../../support/capture_sessions.ts";
import {
  goodbye,
  packetsOf,
  PICTURES,
  rtpPacket,
  senderReport,
} from "../../../support/scripted_media.ts";
import { concat } from "../../jpeg/pictures.ts";
import { analyse, type Watched } from "./watched.ts";

const UDP = "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001";
const TCP = "RTP/AVP/TCP;unicast;interleaved=0-1";
const PACKETS = packetsOf(PICTURES).flat();
const RTP_SERVER = end("192.0.2.1", 6000);
const RTP_CLIENT = end("192.0.2.10", 5000);

const next = ({ address, port }: typeof SERVER): typeof SERVER => ({ address, port: port + 1 });

/** A session over UDP: conversation, pictures 10 ms a packet, RTCP, TEARDOWN. */
function overUdp(packets: readonly Uint8Array[] = PACKETS): BuiltFrame[] {
  const talk = conversation(new TcpTalk(), UDP);
  const before = talk.frames.length;
  const start = talk.at;
  teardown(talk.wait(10 * packets.length));
  const media = packets.map((packet, i) => {
    return udpFrame(start + 10 * i, RTP_SERVER, RTP_CLIENT, packet);
  });
  const report = senderReport({ seconds: 1, fraction: 0 });
  const rtcp = [
    udpFrame(start, next(RTP_SERVER), next(RTP_CLIENT), report),
    udpFrame(start, next(RTP_CLIENT), next(RTP_SERVER), report),
  ];
  return [...talk.frames.slice(0, before), ...rtcp, ...media, ...talk.frames.slice(before)];
}

/** The same over TCP, in segments of at most `most` bytes. */
function overTcp(most = 1460): BuiltFrame[] {
  const talk = conversation(new TcpTalk(), TCP);
  for (const packet of PACKETS) talk.wait(10).answer(interleave(0, packet), most);
  talk.answer(interleave(1, goodbye()));
  return teardown(talk).frames;
}

const linesOf = (messages: readonly ObservedMessage[]): string[] => {
  return messages.map(({ direction, method, status }) => `${direction} ${method ?? status}`);
};

const EXCHANGE = [
  "out DESCRIBE",
  "in 200",
  "out SETUP",
  "in 200",
  "out PLAY",
  "in 200",
  "out TEARDOWN",
  "in 200",
];

/** What every way of capturing the session must give. */
function assertWhole(session: Watched | undefined, what: string): void {
  assert(session !== undefined, what);
  assertEquals(linesOf(session.messages), EXCHANGE, what);
  assertEquals(session.numbers, PACKETS.map((_, i) => 1000 + i), what);
  assertEquals(session.pictures, PICTURES.length, what);
  assertEquals(session.damaged, [], what);
  assertEquals(session.strays, [], what);
}

Deno.test("a session over UDP is found by its SETUP, with every packet and frame", () => {
  const { sessions } = analyse(pcapngOf(overUdp()));
  assertEquals(sessions.length, 1);
  const [session] = sessions;
  assertWhole(session, "pcapng");
  assertEquals(session!.info, {
    number: 1,
    kind: "rtsp",
    client: { hostname: "192.0.2.10", port: 40_000 },
    server: { hostname: "192.0.2.1", port: 554 },
  });
  assertEquals(session!.reports, ["SR"]);
  assertEquals(session!.packets[0]!.time, CAPTURE_START * 1000 + 6);
  assertEquals(session!.packets[1]!.arrival! - session!.packets[0]!.arrival!, 10);
  assertEquals(session!.ended, { goodbye: false, played: true, totalFrames: undefined });
});

for (const littleEndian of [true, false]) {
  for (const nanoseconds of [true, false]) {
    const order = littleEndian ? "little-endian" : "big-endian";
    const unit = nanoseconds ? "nanoseconds" : "microseconds";
    Deno.test(`the same is found in a pcap: ${order}, ${unit}`, () => {
      const { sessions } = analyse(pcapOf(overUdp(), { littleEndian, nanoseconds }));
      assertWhole(sessions[0], order);
      assertEquals(sessions[0]!.packets[0]!.time, CAPTURE_START * 1000 + 6);
    });
  }
}

/** Other link headers before the same packets. */
const LINKS: [name: string, linkType: number, header: number[]][] = [
  ["raw IP", 101, []],
  ["BSD loopback", 0, [2, 0, 0, 0]],
  ["Linux cooked", 113, [0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]],
  ["Linux cooked 2", 276, [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0]],
  ["a VLAN", 1, [...new Array<number>(12).fill(2), 0x81, 0, 0, 5, 8, 0]],
];

for (const [name, linkType, header] of LINKS) {
  Deno.test(`the same is found on another link: ${name}`, () => {
    const frames = overUdp().map(({ at, bytes }) => {
      return { at, bytes: concat(Uint8Array.from(header), bytes.subarray(ETHERNET_BYTES)) };
    });
    assertWhole(analyse(pcapOf(frames, { linkType })).sessions[0], name);
  });
}

Deno.test("a session in the connection is found, however the stream is cut into segments", () => {
  for (const most of [1460, 7, 100, 65_000]) {
    const { sessions } = analyse(pcapngOf(overTcp(most)));
    assertEquals(sessions.length, 1);
    assertWhole(sessions[0], `${most} bytes a segment`);
    assertEquals(sessions[0]!.reports, ["RR", "BYE"]);
    assertEquals(sessions[0]!.ended?.goodbye, true);
  }
});

Deno.test("a first line in pieces, down to single bytes, is still a first line", () => {
  const talk = new TcpTalk().ask(request("OPTIONS", "rtsp://h/", 1, "X: y"), 1);
  talk.answer(reply(1, "\r\n"), 1);
  const { sessions } = analyse(pcapngOf(talk.frames));
  assertEquals(linesOf(sessions[0]!.messages), ["out OPTIONS", "in 200"]);
  const long = new TcpTalk().ask("OPTIONS " + "x".repeat(MAX_SNIFFED) + " RTSP/1.0\r\n", 100);
  assertEquals(analyse(pcapngOf(long.frames)).sessions.length, 0);
});

Deno.test("retransmissions and segments out of order change nothing", () => {
  const frames = overTcp();
  const positions = fc.array(fc.nat(frames.length - 20), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(positions, (places) => {
      const mixed = frames.slice();
      for (const place of places) {
        // One segment once more, and one after its neighbour.
        const at = place + 12;
        mixed.splice(at + 2, 0, { ...mixed[at]!, at: mixed[at + 2]!.at });
        const [a, b] = [mixed[at - 4]!, mixed[at - 3]!];
        mixed[at - 4] = { ...b, at: a.at };
        mixed[at - 3] = { ...a, at: b.at };
      }
      const { sessions } = analyse(pcapngOf(mixed));
      assertEquals(sessions.length, 1);
      assertEquals(sessions[0]!.numbers, PACKETS.map((_, i) => 1000 + i));
      assertEquals(sessions[0]!.notes.includes("capture-loss"), false);
    }),
    { numRuns: 30 },
  );
});

Deno.test("bytes that the capture lacks are told as its loss, and the rest is read on", () => {
  const frames = overTcp();
  const lost = frames.findIndex(({ at, bytes }) => at > 60 && bytes.length > 1000);
  const { sessions } = analyse(pcapngOf(frames.filter((_, i) => i !== lost)));
  assertEquals(sessions[0]!.notes, ["resynchronised", "capture-loss"]);
  const missing = PACKETS.length - sessions[0]!.numbers.length;
  assert(missing > 0 && missing <= 3, `${missing} packets are missing`);
  assertEquals(linesOf(sessions[0]!.messages), EXCHANGE);
});

Deno.test("a capture begun late finds the blocks in the connection", () => {
  const frames = overTcp();
  const late = frames.slice(frames.length >> 1);
  const { sessions } = analyse(pcapngOf(late));
  assertEquals(sessions.length, 1);
  assertEquals(sessions[0]!.info.client, { hostname: "192.0.2.10", port: 40_000 });
  assert(sessions[0]!.numbers.length > PACKETS.length / 3);
  assertEquals(sessions[0]!.numbers.at(-1), 1000 + PACKETS.length - 1);
});

Deno.test("the same ports used again are another session", () => {
  const again = new TcpTalk(CLIENT, SERVER, [5000, 6000]);
  teardown(conversation(again, UDP));
  const later = again.frames.map(({ at, bytes }) => ({ at: at + 10_000, bytes }));
  const { sessions } = analyse(pcapngOf([...overUdp(), ...later]));
  assertEquals(sessions.map(({ messages }) => messages.length), [8, 8]);
});

Deno.test("RTP with no RTSP is found after a few packets, and none of them is left out", () => {
  const media = PACKETS.map((packet, i) => udpFrame(10 * i, RTP_SERVER, RTP_CLIENT, packet));
  const report = senderReport({ seconds: 1, fraction: 0 });
  const rtcp = udpFrame(500, next(RTP_SERVER), next(RTP_CLIENT), report);
  const { sessions } = analyse(pcapngOf([...media, rtcp]));
  assertEquals(sessions.length, 1);
  const [session] = sessions;
  assertEquals(session!.info.kind, "rtp");
  assertEquals(session!.info.server, { hostname: "192.0.2.1", port: 6000 });
  assertEquals(session!.numbers, PACKETS.map((_, i) => 1000 + i));
  assertEquals(session!.packets.map(({ arrival }) => arrival), PACKETS.map((_, i) => 10 * i));
  assertEquals(session!.pictures, PICTURES.length);
  assertEquals(session!.reports, ["SR"]);
});

Deno.test("datagrams that only look like RTP are no stream", () => {
  const few = PACKETS.slice(0, ENOUGH_PACKETS - 1);
  const still = Array.from({ length: 20 }, () => PACKETS[0]!);
  const jumping = Array.from({ length: 20 }, (_, i) => {
    return rtpPacket(new Uint8Array(20), { sequence: i * 1000 });
  });
  const sources = Array.from({ length: 20 }, (_, i) => {
    return rtpPacket(new Uint8Array(20), { sequence: i, ssrc: i });
  });
  for (const packets of [few, still, jumping, sources]) {
    const frames = packets.map((packet, i) => udpFrame(i, RTP_SERVER, RTP_CLIENT, packet));
    assertEquals(analyse(pcapngOf(frames)).sessions.length, 0);
  }
});

Deno.test("a capture that kept only the beginnings of packets counts them all", () => {
  const { sessions } = analyse(pcapOf(overUdp(), { snapLength: 400 }));
  const [session] = sessions;
  assertEquals(session!.numbers, PACKETS.map((_, i) => 1000 + i));
  assertEquals(session!.packets.map(({ size }) => size), PACKETS.map(({ length }) => length));
  assertEquals(session!.pictures, 0);
  assertEquals(session!.notes, ["capture-cut"]);
});

Deno.test("what comes to the media port from elsewhere is no packet of the stream", () => {
  const stranger = udpFrame(20, end("192.0.2.99", 1), RTP_CLIENT, PACKETS[0]!);
  const { sessions } = analyse(pcapngOf([...overUdp(), stranger]));
  assertWhole(sessions[0], "with a stranger");
});

Deno.test("a passing secret is not told", () => {
  const talk = new TcpTalk();
  talk.ask(request("DESCRIBE", "rtsp://h/", 1, "Authorization: Basic dXNlcjpwYXNz"));
  talk.answer(reply(1, "\r\n"));
  const { sessions } = analyse(pcapngOf(talk.frames));
  assertEquals(JSON.stringify(sessions[0]!.messages).includes("dXNlcjpwYXNz"), false);
  assertEquals(sessions[0]!.messages[0]!.headers[1], ["Authorization", "Basic …"]);
});

Deno.test("a conversation in the course-lab dialect is found, with its pictures", () => {
  const talk = new TcpTalk(CLIENT, end("192.0.2.1", 5678));
  talk.ask("SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 5000");
  talk.wait(5).answer("RTSP/1.0 200 OK\nCSeq: 1\nSession: 123456789\nFrames: 6\n");
  talk.wait(5).ask("PLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: 123456789");
  talk.wait(5).answer("RTSP/1.0 200 OK\nCSeq: 2\nSession: 123456");
  talk.wait(1).answer("789");
  const media = PICTURES.map((jpeg, i) => {
    const packet = rtpPacket(jpeg, { sequence: i + 1, timestamp: 1, ssrc: 0 });
    packet[0]! &= 0x3f; // version 0, as one lab server has it
    return udpFrame(100 + 50 * i, end("192.0.2.1", 9999), RTP_CLIENT, packet);
  });
  const { sessions } = analyse(pcapngOf([...talk.frames, ...media]));
  assertEquals(sessions.length, 1);
  const [session] = sessions;
  assertEquals(session!.info.kind, "lab");
  assertEquals(linesOf(session!.messages), ["out SETUP", "in 200", "out PLAY", "in 200"]);
  assertStringIncludes(session!.messages[0]!.wire!, "client_port= 5000");
  assertStringIncludes(session!.messages[3]!.wire!, "123456789");
  assertEquals(session!.pictures, PICTURES.length);
  assertEquals(session!.ended, { goodbye: false, played: true, totalFrames: 6 });
});

Deno.test("pieces of a picture that share their number are joined, as a lab client does", () => {
  const talk = new TcpTalk(CLIENT, end("192.0.2.1", 5678));
  talk.ask("SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 5000");
  talk.wait(5).answer("RTSP/1.0 200 OK\nCSeq: 1\nSession: 123456789\n");
  talk.wait(5).ask("PLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: 123456789");
  talk.wait(5).answer("RTSP/1.0 200 OK\nCSeq: 2\nSession: 123456789\n");
  const media = PICTURES.flatMap((jpeg, i) => {
    const pieces = Math.ceil(jpeg.length / 1400);
    return Array.from({ length: pieces }, (_, j) => {
      const options = { sequence: i + 1, timestamp: 1, ssrc: 0, marker: j === pieces - 1 };
      const packet = rtpPacket(jpeg.subarray(1400 * j, 1400 * (j + 1)), options);
      return udpFrame(100 + 50 * i + j, end("192.0.2.1", 9999), RTP_CLIENT, packet);
    });
  });
  const [session] = analyse(pcapngOf([...talk.frames, ...media])).sessions;
  assertEquals(session!.numbers, PICTURES.map((_, i) => i + 1));
  assertEquals(session!.pictures, PICTURES.length);
});

for (const type of ["application/sdp", "text/plain"]) {
  Deno.test(`several streams of a session have their names, described as ${type}`, () => {
    const talk = new TcpTalk();
    const sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n" +
      "m=video 0 RTP/AVP 26\r\na=control:v\r\nm=audio 0 RTP/AVP 0\r\na=control:a\r\n";
    const described = `Content-Type: ${type}\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;
    talk.ask(request("DESCRIBE", "rtsp://h/m", 1, "X: y")).answer(reply(1, described));
    for (const [cseq, track, channels] of [[2, "v", "0-1"], [3, "a", "2-3"]] as const) {
      const transport = `Transport: RTP/AVP/TCP;unicast;interleaved=${channels}`;
      talk.ask(request("SETUP", `rtsp://h/m/${track}`, cseq, transport));
      talk.answer(reply(cseq, `${transport}\r\nSession: 1\r\n\r\n`));
    }
    talk.answer(interleave(0, PACKETS[0]!));
    talk.answer(interleave(2, rtpPacket(new Uint8Array(160), { payloadType: 0, ssrc: 5 })));
    const [session] = analyse(pcapngOf(talk.frames)).sessions;
    assertEquals(session!.packets.map(({ stream }) => stream), ["video", "audio"]);
  });
}

Deno.test("the session that is wanted is told alone, and numbered the same", () => {
  const first = overUdp();
  const second = teardown(conversation(new TcpTalk(end("192.0.2.20", 1), SERVER), TCP)).frames;
  const { sessions } = analyse(pcapngOf([...first, ...second]), { only: 2 });
  assertEquals(sessions.map(({ info }) => info.number), [2]);
});

Deno.test("damage anywhere in a capture never stops the analysis", () => {
  const captures = [pcapngOf(overUdp()), pcapngOf(overTcp(300)), pcapOf(overTcp())];
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 20 });
  fc.assert(
    fc.property(fc.constantFrom(...captures), damage, (capture, places) => {
      const damaged = capture.slice();
      for (const [at, value] of places) damaged[at % damaged.length] = value;
      const before = damaged.slice();
      analyse(damaged);
      assertEquals(damaged, before);
    }),
    { numRuns: 200 },
  );
});
