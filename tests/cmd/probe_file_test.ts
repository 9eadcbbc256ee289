import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import {
  type BuiltFrame,
  CLIENT,
  end,
  pcapngOf,
  pcapOf,
  SERVER,
  TcpTalk,
  udpFrame,
} from "../support/capture_builder.ts";
import { conversation, reply, request, teardown } from "../support/capture_sessions.ts";
import { type ProgramResult, runProgram } from "../support/program.ts";
import { packetsOf, PICTURES } from "../support/scripted_media.ts";
import { withServedClip } from "./served_clip.ts";

type Event = { event: string } & Record<string, unknown>;

const PACKETS = packetsOf(PICTURES).flat();

/** A session over UDP of which the packets of some places were lost. */
function session(lost: readonly number[] = []): BuiltFrame[] {
  const talk = conversation(new TcpTalk(), "RTP/AVP;unicast;client_port=5000-5001");
  const before = talk.frames.length;
  const start = talk.at;
  teardown(talk.wait(10 * PACKETS.length));
  const media = PACKETS.map((packet, i) => {
    return udpFrame(start + 10 * i, end("192.0.2.1", 6000), { ...CLIENT, port: 5000 }, packet);
  }).filter((_, i) => !lost.includes(i));
  return [...talk.frames.slice(0, before), ...media, ...talk.frames.slice(before)];
}

/** The same server describes, and nothing is played. */
function description(): BuiltFrame[] {
  const talk = new TcpTalk(end("192.0.2.11", 41_000), SERVER, [1, 1]);
  talk.ask(request("OPTIONS", "rtsp://192.0.2.1/", 1, "X: y")).answer(reply(1, "\r\n"));
  return talk.frames;
}

async function probe(
  name: string,
  bytes: Uint8Array,
  ...flags: string[]
): Promise<ProgramResult & { events: () => Event[] }> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/${name}`, bytes);
    const result = await runProgram("probe", `${folder}/${name}`, ...flags);
    const events = (): Event[] => {
      return result.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    };
    return { ...result, events };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("probe FILE --json tells of every session as of a live one, with its number", async () => {
  const capture = pcapngOf([...session(), ...description()]);
  const { events, stderr, status } = await probe("two.pcapng", capture, "--json");
  assertEquals(status, 0, stderr);
  const told = events();
  assertEquals(told[0], {
    event: "session",
    session: 1,
    kind: "rtsp",
    client: { hostname: "192.0.2.10", port: 40_000 },
    server: { hostname: "192.0.2.1", port: 554 },
  });
  const of = (number: number, event: string): Event[] => {
    return told.filter((each) => each.session === number && each.event === event);
  };
  assertEquals(of(1, "rtsp").length, 8);
  assertEquals(of(1, "rtp").map(({ sequence }) => sequence), PACKETS.map((_, i) => 1000 + i));
  assertEquals(of(1, "rtp")[1]!.time, 1_700_000_000.016);
  assertEquals(of(1, "summary").map(({ packets, frames, lost }) => [packets, frames, lost]), [
    [PACKETS.length, PICTURES.length, 0],
  ]);
  assertEquals(of(1, "finding"), []);
  assertEquals(of(2, "rtsp").length, 2);
  assertEquals(
    [...of(2, "summary"), ...of(2, "finding")],
    [],
    "nothing was played, nothing is missing",
  );
});

Deno.test("probe FILE prints each session under a heading", async () => {
  const capture = pcapOf([...session(), ...description()]);
  const { stdout, stderr, status } = await probe("two.pcap", capture, "--quiet-packets");
  assertEquals(status, 0, stderr);
  const headings = stdout.split("\n").filter((line) => line.startsWith("Session "));
  assertEquals(headings, [
    "Session 1: RTSP, 192.0.2.10:40000 -> 192.0.2.1:554",
    "Session 2: RTSP, 192.0.2.11:41000 -> 192.0.2.1:554",
  ]);
  const [, first = "", second = ""] = stdout.split(/^Session /m);
  assertStringIncludes(first, "video: JPEG as payload type 26");
  assertStringIncludes(first, `frames  ${PICTURES.length}`);
  assertStringIncludes(second, "OPTIONS rtsp://192.0.2.1/");
});

Deno.test("probe FILE --strict gives status 7 on findings of level error", async () => {
  const capture = pcapngOf(session([PACKETS.length >> 1]));
  const { stderr, status, events } = await probe("loss.pcapng", capture, "--strict", "--json");
  assertEquals(status, 7);
  assertStringIncludes(stderr, "sequence-gap");
  const summary = events().find(({ event }) => event === "summary");
  assertEquals([summary?.lost, summary?.damagedFrames], [1, 1]);
});

Deno.test("probe FILE --packets N looks at so many", async () => {
  const { events } = await probe("few.pcapng", pcapngOf(session()), "--packets", "3", "--json");
  assertEquals(events().filter(({ event }) => event === "rtp").length, 3);
  assertEquals(events().find(({ event }) => event === "summary")?.packets, 3);
});

const REFUSED: [name: string, file: string, bytes: Uint8Array, status: number, line: RegExp][] = [
  ["no recording", "x.pcap", new Uint8Array(100), 8, /x\.pcap is no pcapng, pcap or rtpdump$/m],
  ["compressed", "x.pcap.gz", Uint8Array.of(0x1f, 0x8b, 8), 8, /gunzip it first/],
  ["nothing in it", "x.pcapng", pcapngOf([]), 6, /no RTSP conversation and no RTP stream/],
  [
    "damaged behind a session",
    "x.pcapng",
    pcapngOf(session()).with(-1, 99),
    8,
    /damaged; what stands before the damage was read[^]*pcapng block: Ends with length/,
  ],
  [
    "PLAY with no packet",
    "x.pcapng",
    pcapngOf(session(PACKETS.map((_, i) => i))),
    6,
    /no RTP packet came/,
  ],
];

for (const [name, file, bytes, expected, line] of REFUSED) {
  Deno.test(`probe FILE tells in a line what is wrong: ${name}`, async () => {
    const { stderr, status } = await probe(file, bytes, "--quiet-packets");
    assertEquals(status, expected, stderr);
    assertMatch(stderr, line);
  });
}

Deno.test("a capture that was cut off is read to its end, and that is told", async () => {
  const capture = pcapngOf(session());
  const { stderr, status } = await probe("cut.pcapng", capture.subarray(0, -3), "--quiet-packets");
  assertEquals(status, 0, stderr);
  assertMatch(stderr, /the file ends in the middle of a packet/);
});

Deno.test("a file that is not there, and flags for live streams, are refused", async () => {
  const absent = await runProgram("probe", "absent.pcapng");
  assertEquals(absent.status, 8);
  assertMatch(absent.stderr, /cannot read absent\.pcapng/);
  const live = await runProgram("probe", "absent.pcapng", "--transport", "tcp");
  assertEquals(live.status, 2);
  assertMatch(live.stderr, /--transport is about a live stream, absent\.pcapng is a file/);
});

Deno.test("probe --pcap keeps what it saw, which probe FILE finds again", async () => {
  await withServedClip(async (port) => {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/seen.pcapng`;
      const live = await runProgram(
        ...["probe", "localhost", port, "0", "movie.Mjpeg", "--packets", "5", "--json"],
        ...["--pcap", path],
      );
      assertEquals(live.status, 0, live.stderr);
      const { stdout, stderr, status } = await runProgram("probe", path, "--json");
      assertEquals(status, 0, stderr);
      const told: Event[] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
      assertEquals(told[0]!.kind, "lab");
      const rtp = told.filter(({ event }) => event === "rtp");
      assert(rtp.length >= 5);
      assertEquals(rtp.slice(0, 5).map(({ sequence }) => sequence), [1, 2, 3, 4, 5]);
      const said = told.filter(({ event }) => event === "rtsp").map((e) => e.method ?? e.status);
      assertEquals(said, ["SETUP", 200, "PLAY", 200, "TEARDOWN", 200]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

Deno.test("probe --pcap in a folder that is not there is refused before anything is asked", async () => {
  const { stderr, status } = await runProgram(
    ...["probe", "rtsp://127.0.0.1:1/x", "--pcap", "absent/seen.pcapng"],
  );
  assertEquals(status, 8);
  assertMatch(stderr, /--pcap absent\/seen\.pcapng: /);
});
