import { playHeaders, PlayProgress } from "../../../../lib/client/rtsp/play_progress.ts";
import type { Track } from "../../../../lib/client/rtsp/description.ts";
import type { PlayRequest } from "../../../../lib/client/media_session.ts";
import { HeaderList } from "../../../../lib/rtsp/headers.ts";
import type { RtspResponse } from "../../../../lib/rtsp/message.ts";
import { assertEquals } from "../../../support/assert.ts";

const CLOCK_RATE = 90_000;

function track(duration?: number): Track {
  return { format: { encoding: "JPEG", clockRate: CLOCK_RATE }, duration } as Track;
}

function reply(headers: Record<string, string>): RtspResponse {
  return { headers: new HeaderList(Object.entries(headers)) } as RtspResponse;
}

const HEADERS: [what: string, request: PlayRequest, resumes: boolean, headers: string[]][] = [
  ["from the beginning, said outright (Parrot)", {}, false, ["Range: npt=0.000-"]],
  ["from a time", { start: 2.5 }, false, ["Range: npt=2.500-"]],
  ["on after a pause", {}, true, []],
  ["from a time after a pause", { start: 2.5 }, true, ["Range: npt=2.500-"]],
  ["faster", { scale: 2 }, false, ["Range: npt=0.000-", "Scale: 2.0"]],
  ["backwards from where it is", { scale: -1 }, false, ["Scale: -1.0"]],
  ["backwards from a time", { start: 9, scale: -1 }, false, ["Range: npt=9.000-", "Scale: -1.0"]],
];

for (const [what, request, resumes, headers] of HEADERS) {
  Deno.test(`PLAY ${what}`, () => {
    assertEquals(playHeaders(request, resumes).map((header) => header.join(": ")), headers);
  });
}

/** A play of which packets for so many seconds have come. */
function progress(
  headers: Record<string, string>,
  { duration, start = 0, seconds }: { duration?: number; start?: number; seconds: number },
): PlayProgress {
  const played = new PlayProgress(track(duration), start);
  played.packet(1000);
  played.accepted(reply(headers));
  played.packet((1000 + seconds * CLOCK_RATE) >>> 0);
  return played;
}

Deno.test("the position is where the reply says, plus what came, at its scale", () => {
  const at = (headers: Record<string, string>, start = 0): number => {
    return progress(headers, { start, seconds: 4 }).position;
  };
  assertEquals(at({}, 10), 14);
  assertEquals(at({ Range: "npt=0.025-" }, 2), 4.025);
  assertEquals(at({ Range: "npt=10-", Scale: "2" }), 18);
  assertEquals(at({ Range: "npt=10-0", Scale: "-2" }), 2);
  assertEquals(at({ Range: "npt=now-" }), 4);
});

Deno.test("the end is that of the reply, else that of the description, within a second", () => {
  const isAtEnd = (
    headers: Record<string, string>,
    seconds: number,
    duration?: number,
  ): boolean => {
    return progress(headers, { seconds, ...(duration === undefined ? {} : { duration }) }).isAtEnd;
  };
  assertEquals(isAtEnd({ Range: "npt=5-10" }, 4, 60), true);
  assertEquals(isAtEnd({ Range: "npt=5-10" }, 3.9, 60), false);
  assertEquals(isAtEnd({}, 59, 60), true);
  assertEquals(isAtEnd({}, 58.9, 60), false);
  assertEquals(isAtEnd({ Range: "npt=20-" }, 39, 60), true);
  assertEquals(isAtEnd({ Scale: "2" }, 29, 60), true);
  assertEquals(isAtEnd({ Range: "npt=10-0", Scale: "-1" }, 9, 60), true);
  assertEquals(isAtEnd({}, 1e4), false);
});

Deno.test("whether there is an end to come to is known", () => {
  assertEquals(progress({}, { seconds: 1 }).hasEnd, false);
  assertEquals(progress({ Range: "npt=0-5" }, { seconds: 1 }).hasEnd, true);
  assertEquals(progress({}, { seconds: 1, duration: 5 }).hasEnd, true);
  assertEquals(progress({ Scale: "0" }, { seconds: 1, duration: 5 }).hasEnd, false);
});

Deno.test("a day of packets is not lost to the wrap of timestamps", () => {
  const played = new PlayProgress(track(86_400), 0);
  played.accepted(reply({}));
  for (let hour = 0; hour <= 24; hour++) {
    assertEquals(played.isAtEnd, false, `hour ${hour}`);
    played.packet((hour * 3600 * CLOCK_RATE) % 2 ** 32);
  }
  assertEquals([played.position, played.isAtEnd], [86_400, true]);
});
