import { SessionInspector } from "../../../lib/inspect/session_inspector.ts";
import { describeSession } from "../../../lib/inspect/description.ts";
import { TOLERANCES } from "../../../lib/rtsp/tolerance.ts";
import { SDP_TOLERANCES } from "../../../lib/sdp/tolerances.ts";
import type { ObservedMessage } from "../../../lib/stream/observation.ts";
import { assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import {
  damagedFrame,
  FRAME_MS,
  frameOf,
  labPacket,
  labPackets,
  reply,
  request,
  START,
  watch,
} from "./observations.ts";

const SDP = [
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  "s=Garden",
  "c=IN IP4 0.0.0.0",
  "t=0 0",
  "a=range:npt=0-25.000",
  "m=video 0 RTP/AVP 96",
  "a=rtpmap:96 JPEG/90000",
  "a=framerate:20",
  "a=control:trackID=0",
  "m=audio 0 RTP/AVP 0",
  "a=control:trackID=1",
  "",
].join("\r\n");

const DESCRIBED: ObservedMessage = {
  direction: "in",
  time: START,
  status: 200,
  reason: "OK",
  version: "RTSP/1.0",
  headers: [["CSeq", "2"], ["Content-Type", "application/sdp"]],
  body: SDP,
};

const STOPPED = { reason: "stopped", totalFrames: undefined } as const;

Deno.test("a session description is told in plain words", () => {
  assertEquals(describeSession([request("DESCRIBE", "rtsp://h/garden"), DESCRIBED]), [
    'session "Garden", 2 streams, range npt=0-25.000',
    "video: JPEG as payload type 96 at 90,000 Hz, 20 frames a second, control trackID=0",
    "audio: PCMU as payload type 0 at 8,000 Hz (G.711 µ-law 8 kHz mono), control trackID=1",
  ]);
});

Deno.test("a lab session is told by its file, its frames and its port", () => {
  const setup = request("SETUP", "movie.Mjpeg", [["Transport", "RTP/UDP; client_port= 25000"]]);
  assertEquals(
    describeSession([setup, reply("RTSP/1.4 200 OK\nCSeq: 1\nSession: 1\nFrames: 240")]),
    [
      "movie.Mjpeg, 240 frames, sent to UDP port 25000, in the course-lab dialect " +
      "(no session description)",
    ],
  );
  assertEquals(describeSession([setup, reply("RTSP/1.0 200 OK\nCSeq: 1\nSession: 1")]), [
    "movie.Mjpeg, number of frames not told, sent to UDP port 25000, in the course-lab dialect " +
    "(no session description)",
  ]);
});

Deno.test("a standard session of which no description was seen is not called the lab's", () => {
  const transport: [string, string] = ["Transport", "RTP/AVP;unicast;client_port=9056-9057"];
  assertEquals(describeSession([request("SETUP", "rtsp://h/clip", [transport])]), [
    "rtsp://h/clip, sent to UDP port 9056, with no session description",
  ]);
});

Deno.test("nothing is told where nothing was set up", () => {
  assertEquals(describeSession([]), []);
});

for (const type of ["text/plain", undefined]) {
  Deno.test(`a description of Content-Type ${type} is read, and that is told`, () => {
    const headers = type === undefined ? [] : [["Content-Type", type] as [string, string]];
    const inspector = new SessionInspector();
    inspector.message(request("DESCRIBE", "rtsp://h/garden"));
    inspector.message({ ...DESCRIBED, headers: [["CSeq", "2"], ...headers] });
    assertEquals(inspector.tracks.map(({ name }) => name), ["video", "audio"]);
    const [note] = inspector.conclude(STOPPED).filter(({ code }) => code === "rtsp-note");
    const what = type === undefined ? "no Content-Type" : `"${type}"`;
    assertEquals([note?.level, note?.evidence], ["info", `the reply to DESCRIBE has ${what}`]);
  });
}

Deno.test("a description of the right Content-Type is not told of", () => {
  const { findings } = watch({ packets: [], messages: [DESCRIBED] }).judge(STOPPED);
  assertEquals(findings.filter(({ code }) => code === "rtsp-note"), []);
});

Deno.test("a description that cannot be read is passed over", () => {
  const inspector = new SessionInspector();
  inspector.message({ ...DESCRIBED, body: "no description" });
  assertEquals(inspector.streams, []);
});

Deno.test("the description tells what a dynamic payload type carries", () => {
  const payload = hex`00 00 00 10  01 50 08 06  aa`;
  const packet = labPacket(1, { payloadType: 96, payload });
  const described = watch({ packets: [], messages: [DESCRIBED] });
  assertEquals(described.packet(packet).jpeg?.fragmentOffset, 16);
  assertEquals(new SessionInspector().packet(packet).jpeg, undefined);
});

Deno.test("pieces of a bare JPEG are not taken for the headers of RFC 2435", () => {
  const inspector = watch({ packets: labPackets(1, 1) });
  const seen = inspector.packet(labPacket(2, { payload: hex`00 00 00 10  01 50 08 06  aa` }));
  assertEquals({ payload: seen.payload, jpeg: seen.jpeg }, {
    payload: "bare-jpeg",
    jpeg: undefined,
  });
});

Deno.test("streams are told apart by their names and keep their own numbers", () => {
  const inspector = watch({
    packets: [
      ...labPackets(1, 3).map((packet) => ({ ...packet, stream: "video" })),
      labPacket(500, { stream: "audio", payloadType: 0 }),
    ],
    frames: [],
  });
  assertEquals(
    inspector.streams.map(({ statistics, format }) => [statistics.packets, format.clockRate]),
    [[3, 90_000], [1, 8000]],
  );
});

Deno.test("packets are numbered and placed as they come", () => {
  const inspector = new SessionInspector();
  const places = [1, 2, 5, 4, 4].map((number) => {
    const seen = inspector.packet(labPacket(number));
    return [seen.number, seen.counted.place, seen.counted.sequenceDelta];
  });
  assertEquals(places, [
    [1, "first", 0],
    [2, "next", 1],
    [3, "gap", 3],
    [4, "reordered", -1],
    [5, "duplicate", -1],
  ]);
});

Deno.test("jitter follows the clock that never jumps where there is one", () => {
  const packets = labPackets(1, 40, (number) => ({
    time: START + (number % 2) * 3_600_000,
    arrival: number * FRAME_MS,
  }));
  assertEquals(watch({ packets }).streams[0]?.statistics.jitterMs, 0);
});

Deno.test("a frame that is damaged only because we stop is not counted", () => {
  const inspector = watch({ packets: labPackets(1, 2), frames: [] });
  inspector.frame(damagedFrame(1, "A packet within it was lost"));
  inspector.frame(frameOf(labPacket(2)));
  inspector.frame(damagedFrame(3, "It was cut"));
  inspector.conclude(STOPPED);
  const [stream] = inspector.streams;
  assertEquals([stream?.frames, stream?.damagedFrames], [1, 1]);
});

Deno.test("a datagram that is no RTP packet and a client's remark become findings", () => {
  const inspector = watch({ packets: labPackets(1, 2) });
  inspector.stray({ time: START, size: 3, problem: "RTP header: Needs 12 bytes" });
  inspector.note({ code: "lab-cseq", message: "The reply to SETUP has CSeq 7, sent was 1" });
  inspector.note({ code: "redirect", message: "The server sends on to rtsp://h/other" });
  const findings = inspector.conclude(STOPPED);
  const told = findings.map(({ code, level, evidence }) => [code, level, evidence]);
  const of = (code: string): unknown => told.find(([found]) => found === code);
  assertEquals(of("stray-datagram"), [
    "stray-datagram",
    "warning",
    "3 bytes: RTP header: Needs 12 bytes",
  ]);
  assertEquals(of("rtsp-cseq"), ["rtsp-cseq", "warning", "noted as lab-cseq"]);
  assertEquals(of("rtsp-note"), ["rtsp-note", "info", "noted as redirect"]);
});

Deno.test("every peculiarity that a client notes is told, slips of the description together", () => {
  const inspector = watch({ packets: labPackets(1, 2) });
  inspector.note({ code: "redirect", message: "The server sends on to rtsp://h/other" });
  inspector.note({ code: "backchannel", message: 'The stream "audio" is for sending' });
  inspector.note({ code: "line-not-utf-8", message: '"Server: K\u00fcche"' });
  inspector.note({ code: "origin-missing", message: "No o= line" });
  inspector.note({ code: "line-feed-only", message: "Lines that end with LF alone" });
  const findings = inspector.conclude(STOPPED);
  const of = (code: string): string[] => {
    return findings.filter((found) => found.code === code).map(({ evidence }) => evidence);
  };
  assertEquals(of("rtsp-note"), [
    "noted as redirect",
    "noted as backchannel",
    "noted as line-not-utf-8",
  ]);
  assertEquals(of("sdp-tolerance"), ["No o= line; Lines that end with LF alone"]);
});

Deno.test("the name of a tolerance tells whether it is of a message or of a description", () => {
  const both = Object.keys(TOLERANCES).filter((code) => Object.hasOwn(SDP_TOLERANCES, code));
  assertEquals(both, []);
});

Deno.test("streams stand in the order of the description, whichever came first", () => {
  const inspector = new SessionInspector();
  inspector.message(DESCRIBED);
  inspector.packet(labPacket(500, { stream: "audio", payloadType: 0 }));
  inspector.packet(labPacket(1, { stream: "video", payloadType: 96 }));
  assertEquals(inspector.streams.map(({ name }) => name), ["video", "audio"]);
});

Deno.test("a session of which only a refusal was seen comes down to that", () => {
  const inspector = new SessionInspector();
  inspector.message(request("DESCRIBE", "rtsp://h/m", [["CSeq", "1"]]));
  inspector.message(reply("RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n"));
  assertEquals(inspector.judge(STOPPED).verdict.code, "not-found");
});

Deno.test("a session in which nothing was asked for is called neither ill nor healthy", () => {
  const inspector = new SessionInspector();
  inspector.message(request("OPTIONS", "rtsp://h/m", [["CSeq", "1"]]));
  inspector.message(reply("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"));
  const { verdict, findings } = inspector.judge(STOPPED);
  assertEquals([verdict.message, findings], ["nothing was played", []]);
});

Deno.test("a verdict is the worst of what was found, and counts the rest", () => {
  const inspector = watch({ packets: [labPacket(1, { version: 0 }), labPacket(5)] });
  const { verdict } = inspector.judge(STOPPED);
  assertEquals([verdict.level, verdict.code], ["warning", "lab-version"]);
  assertEquals(verdict.message.endsWith("(and 1 other finding)"), true, verdict.message);
});
