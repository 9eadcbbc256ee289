// What is recorded is found again by what reads recordings.
import { PcapngReader } from "../../../../lib/media/capture/pcapng_reader.ts";
import { PcapngRecorder } from "../../../../lib/media/capture/pcapng_recorder.ts";
import { RecordingClock } from "../../../../lib/media/capture/recording_clock.ts";
import { RtpdumpReader } from "../../../../lib/media/capture/rtpdump.ts";
import { RtpdumpRecorder } from "../../../../lib/media/capture/rtpdump_recorder.ts";
import { interleave } from "../../../../lib/rtsp/format.ts";
import type { ObservedBytes } from "../../../../lib/stream/observation.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { namesIn } from "../../../support/folder.ts";
import { reply, request, SDP } from "../../../support/capture_sessions.ts";
import { goodbye, packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import { ascii } from "../../../support/split.ts";
import { concat } from "../../jpeg/pictures.ts";
import { readAll } from "./reading.ts";
import { analyse } from "./watched.ts";

const PACKETS = packetsOf(PICTURES).flat();
const EPOCH = 1_700_000_000_123;

/** Something seen `at` ms after the start. */
function seen(
  at: number,
  direction: "out" | "in",
  bytes: Uint8Array,
  ports = [40_000, 554],
): ObservedBytes {
  return {
    // The wall clock jumps; what is recorded does not.
    time: EPOCH + Math.floor(at) + (at > 20 ? 5000 : 0),
    arrival: 77.25 + at,
    direction,
    local: { hostname: "192.0.2.10", port: ports[0]! },
    remote: { hostname: "192.0.2.1", port: ports[1]! },
    bytes,
  };
}

interface Taking {
  chunk(chunk: ObservedBytes): void;
}

/** The conversation before media, as a client sees it. */
function converse(recorder: Taking, transport: string): void {
  const say = (direction: "out" | "in", text: string): void => {
    recorder.chunk(seen(0, direction, ascii(text)));
  };
  const type = `Content-Type: application/sdp\r\nContent-Length: ${SDP.length}`;
  say("out", request("DESCRIBE", "rtsp://192.0.2.1/m", 1, "Accept: application/sdp"));
  say("in", reply(1, `${type}\r\n\r\n${SDP}`));
  say("out", request("SETUP", "rtsp://192.0.2.1/m/track1", 2, `Transport: ${transport}`));
  say("in", reply(2, `Transport: ${transport}\r\nSession: 1\r\n\r\n`));
}

async function inTemporary(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/recording`);
    assertEquals(await namesIn(folder), ["recording"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a session over UDP is recorded as pcapng and found in it", async () => {
  await inTemporary(async (path) => {
    const recorder = await PcapngRecorder.create(path);
    converse(recorder, "RTP/AVP;unicast;client_port=5000-5001");
    PACKETS.forEach((packet, i) => {
      recorder.datagram(seen(i + 0.000_25, "in", packet, [5000, 6000]));
      if (i === 2) recorder.remark("something about the third packet");
    });
    await recorder.close();
    const [session, ...others] = analyse(await Deno.readFile(path)).sessions;
    assertEquals(others, []);
    assertEquals(session!.numbers, PACKETS.map((_, i) => 1000 + i));
    assertEquals(session!.pictures, PICTURES.length);
    assertEquals(session!.messages.length, 4);
    assertEquals(session!.packets[30]!.arrival! - session!.packets[0]!.arrival!, 30);
    assertEquals(session!.info.server, { hostname: "192.0.2.1", port: 554 });
  });
});

Deno.test("a session in the connection is recorded as pcapng and found in it", async () => {
  await inTemporary(async (path) => {
    const recorder = await PcapngRecorder.create(path);
    converse(recorder, "RTP/AVP/TCP;unicast;interleaved=0-1");
    recorder.chunk(seen(1, "in", concat(...PACKETS.map((packet) => interleave(0, packet)))));
    recorder.chunk(seen(2, "out", interleave(1, goodbye())));
    recorder.chunk(seen(3, "in", interleave(1, goodbye())));
    await recorder.close();
    const [session] = analyse(await Deno.readFile(path)).sessions;
    assertEquals(session!.numbers, PACKETS.map((_, i) => 1000 + i));
    assertEquals(session!.reports, ["RR", "BYE"], "the server's, and not our own");
    assertEquals(session!.notes, []);
  });
});

Deno.test("remarks stand with the packet that came last", async () => {
  await inTemporary(async (path) => {
    const recorder = await PcapngRecorder.create(path);
    recorder.remark("before the first packet there is nothing to remark on");
    recorder.datagram(seen(0, "in", PACKETS[0]!));
    recorder.remark("one");
    recorder.remark("two");
    recorder.datagram(seen(1, "in", PACKETS[1]!));
    await recorder.close();
    const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
    const at = (what: string): number => text.indexOf(what);
    assertEquals(at("nothing to remark"), -1);
    const second = new TextDecoder("latin1").decode(PACKETS[1]!.subarray(0, 12));
    assert(0 < at("one") && at("one") < at("two") && at("two") < at(second));
  });
});

Deno.test("a recording of nothing is a whole file", async () => {
  await inTemporary(async (path) => {
    await (await PcapngRecorder.create(path)).close();
    const { values, problem } = readAll(new PcapngReader(), [await Deno.readFile(path)]);
    assertEquals({ values, problem }, { values: [], problem: undefined });
  });
  await inTemporary(async (path) => {
    await (await RtpdumpRecorder.create(path)).close();
    const { values, problem } = readAll(new RtpdumpReader(), [await Deno.readFile(path)]);
    assertEquals({ values, problem }, { values: [], problem: undefined });
  });
});

Deno.test("a recording that is given up leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir();
  const recorder = await PcapngRecorder.create(`${folder}/recording`);
  recorder.datagram(seen(0, "in", PACKETS[0]!));
  await recorder.abort();
  assertEquals(await namesIn(folder), []);
  await Deno.remove(folder);
});

for (
  const [format, recorder] of [
    ["pcapng", PcapngRecorder],
    ["rtpdump", RtpdumpRecorder],
  ] as const
) {
  Deno.test(`whoever is killed leaves what came until a second ago, as ${format}`, async () => {
    const folder = await Deno.makeTempDir();
    const recording = await recorder.create(`${folder}/recording`);
    for (let at = 0; at < 5000; at += 500) {
      recording.datagram(seen(at, "in", PACKETS[at / 500]!, [5000, 6000]));
    }
    const names = await namesIn(folder);
    assertEquals(names.length, 1);
    // The file is whole up to its last packet whenever it is looked at; those of the first four
    // seconds come to be there.
    let packets = 0;
    while (packets < 6) packets = analysed(await Deno.readFile(`${folder}/${names[0]}`));
    await recording.abort();
    await Deno.remove(folder);
  });
}

/** How many packets a file that may have ended anywhere has. */
function analysed(bytes: Uint8Array): number {
  return bytes.length === 0 ? 0 : analyse(bytes).sessions[0]?.numbers.length ?? 0;
}

Deno.test("RTP and RTCP over UDP are recorded as rtpdump, what we send is not", async () => {
  await inTemporary(async (path) => {
    const recorder = await RtpdumpRecorder.create(path);
    PACKETS.forEach((packet, i) => recorder.datagram(seen(i, "in", packet, [5000, 6000])));
    recorder.datagram(seen(500, "in", goodbye(), [5001, 6001]));
    recorder.datagram(seen(501, "out", goodbye(), [5001, 6001]));
    await recorder.close();
    const bytes = await Deno.readFile(path);
    const { values } = readAll(new RtpdumpReader(), [bytes]);
    assertEquals(values.map(({ bytes }) => bytes), [...PACKETS, goodbye()]);
    assertEquals(values.at(-1)!.kind, "rtcp");
    const [session] = analyse(bytes).sessions;
    assertEquals(session!.info, { number: 1, kind: "rtp", client: undefined, server: undefined });
    assertEquals(session!.pictures, PICTURES.length);
    assertEquals(session!.packets[9]!.arrival, 9);
    assertEquals(session!.ended?.goodbye, true);
  });
});

Deno.test("RTP in the connection is recorded as rtpdump, however it was read", async () => {
  await inTemporary(async (path) => {
    const recorder = await RtpdumpRecorder.create(path);
    converse(recorder, "RTP/AVP/TCP;unicast;interleaved=0-1");
    const bytes = concat(...PACKETS.map((packet) => interleave(0, packet)));
    for (let at = 0; at < bytes.length; at += 1000) {
      recorder.chunk(seen(at, "in", bytes.subarray(at, at + 1000)));
    }
    await recorder.close();
    const { values } = readAll(new RtpdumpReader(), [await Deno.readFile(path)]);
    assertEquals(values.map(({ bytes }) => bytes), PACKETS);
  });
});

Deno.test("times go on by the clock that never jumps, to the nanosecond", () => {
  const clock = new RecordingClock();
  assertEquals(clock.at({ time: 1999, arrival: 10 }), { seconds: 1, nanoseconds: 999_000_000 });
  assertEquals(clock.at({ time: 9999, arrival: 11.5 }), { seconds: 2, nanoseconds: 500_000 });
  assertEquals(clock.since({ arrival: 12 }), 2);
});
