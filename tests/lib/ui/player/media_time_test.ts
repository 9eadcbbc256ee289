import { MediaTime } from "../../../../lib/ui/player/media_time.ts";
import type { ObservedMessage } from "../../../../lib/stream/observation.ts";
import type { ReceivedFrame } from "../../../../lib/stream/received_frame.ts";
import { assertEquals } from "../../../support/assert.ts";

const message = (headers: [string, string][], body = ""): ObservedMessage => ({
  direction: "in",
  time: 0,
  status: 200,
  reason: "OK",
  version: "RTSP/1.0",
  headers,
  body,
});

const DESCRIPTION = message(
  [["Content-Type", "application/sdp"]],
  [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=movie",
    "t=0 0",
    "a=range:npt=0-25",
    "m=video 0 RTP/AVP 26",
    "a=framerate:20",
    "",
  ].join("\r\n"),
);

const frame = (timestamp: number, sequence = 1, pieces = 1): ReceivedFrame => ({
  jpeg: new Uint8Array(),
  damage: undefined,
  timestamp,
  firstSequence: sequence,
  lastSequence: sequence + pieces - 1,
  arrivedAt: 0,
  bytes: 0,
});

Deno.test("a description is read whatever its Content-Type says", () => {
  const time = new MediaTime();
  time.described({ ...DESCRIPTION, headers: [["Content-Type", "text/plain"]] });
  assertEquals([time.duration, time.fps, time.frames], [25, 20, 500]);
});

Deno.test("a described stream has a length, and frames by its rate", () => {
  const time = new MediaTime();
  time.described(DESCRIPTION);
  assertEquals([time.duration, time.fps, time.frames], [25, 20, 500]);
  assertEquals([time.position, time.frame], [undefined, undefined]);
});

Deno.test("the position is by timestamps from where the reply to PLAY says", () => {
  const time = new MediaTime();
  time.described(DESCRIPTION);
  const info = "url=rtsp://host/movie/track1;seq=7;rtptime=4294967000";
  time.played(message([["Range", "npt=12-25"], ["RTP-Info", info]]), undefined);
  assertEquals([time.position, time.frame], [12, 241]);
  // The timestamp wraps on the way.
  time.received(frame(4_294_967_000 - 2 ** 32 + 9000));
  assertEquals([time.position?.toFixed(3), time.frame], ["12.100", 243]);
});

Deno.test("backwards and faster the position moves as the server grants it", () => {
  const time = new MediaTime();
  time.described(DESCRIPTION);
  time.played(message([["Range", "npt=10-0"], ["Scale", "-2"]]), -2);
  time.received(frame(1000));
  time.received(frame(91_000));
  assertEquals([time.position, time.scale, time.refusesScale], [8, -2, false]);
});

Deno.test("a reply without Scale to a PLAY with one says that the server knows none", () => {
  const time = new MediaTime();
  time.described(DESCRIPTION);
  time.played(message([]), 2);
  assertEquals([time.scale, time.refusesScale], [1, true]);
});

Deno.test("headers that cannot be read are as if they were not there", () => {
  const time = new MediaTime();
  time.described(DESCRIPTION);
  time.played(message([["Range", "npt=x-"], ["Scale", "fast"], ["RTP-Info", ";;="]]), undefined);
  assertEquals([time.position, time.scale], [0, 1]);
});

Deno.test("in the lab dialect the sequence number is the frame, 20 a second", () => {
  const time = new MediaTime();
  time.isLab = true;
  time.totalFrames = 500;
  time.received(frame(1_700_000_000, 101));
  assertEquals([time.frame, time.frames, time.position, time.duration], [101, 500, 5, 25]);
});

Deno.test("a lab server that is slower than usual is believed", () => {
  const time = new MediaTime();
  time.isLab = true;
  time.totalFrames = 500;
  time.received(frame(0, 101), 9.97);
  assertEquals([time.position, time.duration], [10, 50]);
});

Deno.test("pictures in pieces, whose numbers count those, are counted as they come", () => {
  const time = new MediaTime();
  time.isLab = true;
  for (const sequence of [1, 11, 21]) time.received(frame(0, sequence, 10));
  assertEquals(time.frame, 3);
});

Deno.test("a live stream has a position and no length", () => {
  const time = new MediaTime();
  time.played(message([["Range", "npt=now-"]]), undefined);
  time.received(frame(500));
  time.received(frame(500 + 90_000));
  assertEquals([time.position, time.duration, time.frames, time.frame], [
    ...[1, undefined],
    ...[undefined, undefined],
  ]);
});
