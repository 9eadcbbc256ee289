import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { runProgram } from "../support/program.ts";
import { packetsOf, PICTURES } from "../support/scripted_media.ts";
import { ScriptedServer, sdp } from "../support/scripted_server.ts";
import { tinyJpeg } from "../lib/media/frames.ts";
import { type LabDatagram, withLabServer } from "./lab_server.ts";
import { FRAMES, withServedClip } from "./served_clip.ts";

interface Event {
  event: string;
  [field: string]: unknown;
}

function events(stdout: string): Event[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** A whole picture in a datagram of its own. */
function picture(sequence: number, seed = sequence): LabDatagram {
  return { sequence, payload: tinyJpeg(seed) };
}

Deno.test("probe --json tells every message, every packet, what it makes of it, and the sum", async () => {
  await withServedClip(async (port) => {
    const { stdout, stderr, status } = await runProgram(
      ...["probe", "localhost", port, "0", "movie.Mjpeg", "--packets", "5", "--json"],
    );
    assertEquals(status, 0, stderr);
    const told = events(stdout);
    assertEquals(told.filter(({ event }) => event === "rtsp").map((e) => e.method ?? e.status), [
      ...["SETUP", 200, "PLAY", 200, "TEARDOWN", 200],
    ]);
    const setup = told[1] as Event & { headers: Record<string, string> };
    assertEquals([setup.direction, setup.headers.CSeq, setup.headers.Frames], ["in", "1", "400"]);
    const packets = told.filter(({ event }) => event === "rtp");
    assertEquals(packets.map(({ sequence }) => sequence), [1, 2, 3, 4, 5]);
    const { time, arrivalDeltaMs, jitterMs, ...fields } = packets[2]!;
    assert((arrivalDeltaMs as number) > 0 && (jitterMs as number) >= 0);
    assertEquals(fields, {
      event: "rtp",
      size: 12 + FRAMES[2]!.length,
      version: 2,
      padding: false,
      extension: false,
      csrcCount: 0,
      marker: true,
      payloadType: 26,
      sequence: 3,
      timestamp: 9000,
      ssrc: 0,
      place: "next",
      sequenceDelta: 1,
      timestampDelta: 4500,
    });
    assert(Math.abs((time as number) - Date.now() / 1000) < 60, "time is in Unix seconds");
    const findings = told.filter(({ event }) => event === "finding");
    assertEquals(findings[0]?.code, "lab-dialect");
    const bare = findings.find(({ code }) => code === "lab-bare-jpeg");
    assertEquals([bare?.level, bare?.reference], ["info", "RFC 2435 section 3.1"]);
    const summary = told.at(-1);
    assertEquals([summary?.event, summary?.packets, summary?.frames], ["summary", 5, 5]);
    assertMatch(stderr, /^5 frames in .* 5 packets, 0 lost/);
  });
});

Deno.test("probe tells people the same in aligned columns, without colour in a pipe", async () => {
  const datagrams = [picture(1), picture(2), picture(4), picture(4), picture(5)]
    .map((datagram) => ({ ...datagram, version: 0 }));
  await withLabServer({ datagrams }, async ({ words }) => {
    const { stdout, stderr, status } = await runProgram("probe", ...words, "--packets", "5");
    assertEquals({ status, stderr }, { status: 0, stderr: "" });
    assertEquals(stdout.includes("\x1b"), false);
    assertMatch(stdout, /^movie.Mjpeg, number of frames not told, sent to UDP port \d+/m);
    const rows = stdout.split("\n").filter((line) => / 26 +72 /.test(line));
    assertEquals(rows.map((row) => row.search(/ 26 +72 /)), Array(5).fill(58));
    const withoutTimes = rows.map((row) => row.slice(22).replace(/\s+/g, " ").trim());
    assertEquals(withoutTimes.map((row) => row.replace(/(?<= 72) \d+\.\d/, "")), [
      "1 0 26 72 SSRC 00000000",
      "2 +1 0 · 26 72",
      "4 +2 0 · 26 72 LOST 1 before this",
      "4 +0 0 · 26 72 duplicate",
      "5 +1 0 · 26 72",
    ]);
    assertMatch(stdout, /^warning +lab-version$/m);
    assertMatch(stdout, /^warning +sequence-gap$/m);
    assertMatch(
      stdout,
      /^ +seen: 1 missing after sequence 2 \(departs from RFC 3550 section 5.1\)$/m,
    );
    assertMatch(stdout, /^ +packets +5 +lost 1 \(20.0 %\) +duplicated 1 +reordered 0$/m);
  });
});

Deno.test("probe --quiet-packets leaves out the line per packet and nothing else", async () => {
  const datagrams = [picture(1), picture(2)];
  await withLabServer({ datagrams }, async ({ words }) => {
    const { stdout } = await runProgram(
      ...["probe", ...words, "--packets", "2", "--quiet-packets", "--json"],
    );
    const kinds = new Set(events(stdout).map(({ event }) => event));
    assertEquals(kinds, new Set(["rtsp", "verdict", "finding", "summary"]));
  });
});

Deno.test("probe ends at the end of the file by itself, and --strict is content with it", async () => {
  const datagrams = [picture(1), picture(2), picture(3)];
  await withLabServer({ datagrams, fourthLine: "Frames: 3" }, async (server) => {
    const { status, stderr } = await runProgram("probe", ...server.words, "--strict");
    assertEquals({ status, stderr }, { status: 0, stderr: "" });
    assertEquals(server.methods, ["SETUP", "PLAY", "TEARDOWN"]);
  });
});

Deno.test("probe --strict gives status 7 when something is broken, after telling it all", async () => {
  const datagrams = [picture(1), picture(2), picture(2, 99), picture(3)];
  await withLabServer({ datagrams }, async ({ words }) => {
    const strict = await runProgram("probe", ...words, "--packets", "4", "--strict");
    assertEquals(strict.status, 7);
    assertStringIncludes(strict.stderr, "--strict: 1 finding(s) of level error: sequence-reused");
    assertStringIncludes(strict.stdout, "Stream: JPEG");
    const lenient = await runProgram("probe", ...words, "--packets", "4");
    assertEquals(lenient.status, 0);
  });
});

Deno.test("probe --strict gives status 7 when media stop for good and all else stays up", async () => {
  const server = new ScriptedServer({
    sdp: sdp("m=video 0 RTP/AVP 26", "a=control:track1"),
    media: async (connection) => {
      for (const packet of packetsOf(PICTURES).flat()) await connection.rtp(packet);
    },
  });
  try {
    const { stdout, status } = await runProgram(
      ...["probe", server.url(), "--transport", "tcp", "--duration", "2500ms", "--strict"],
    );
    assertEquals(status, 7, stdout);
    assertMatch(stdout, /^error +stream-stalled$/m);
  } finally {
    await server.close();
  }
});

Deno.test("probe tells that no media came, with status 6", async () => {
  await withLabServer({}, async ({ words }) => {
    const { status, stdout, stderr } = await runProgram(
      ...["probe", ...words, "--duration", "200ms", "--json"],
    );
    assertEquals(status, 6);
    const told = events(stdout);
    assertEquals(told.find(({ event }) => event === "finding")?.code, "no-media");
    assertEquals(told.at(-1)?.packets, 0);
    assertStringIncludes(stderr, "no RTP packet came");
  });
});

Deno.test("probe shows the exchange in which a server refused, with status 4", async () => {
  await withServedClip(async (port) => {
    const { status, stdout, stderr } = await runProgram(
      ...["probe", "localhost", port, "0", "absent.Mjpeg"],
    );
    assertEquals(status, 4);
    assertStringIncludes(stdout, "<- RTSP/1.0 404 Not Found");
    assertStringIncludes(stderr, "SETUP was answered 404");
  });
});

for (
  const [args, words] of [
    [["seen.pcapng", "--transport", "tcp"], "--transport is about a live stream"],
    [["localhost", "5678", "6666", "m", "--packets", "0"], "--packets: 0 is below the least, 1"],
    [[], "name a stream"],
  ] as const
) {
  Deno.test(`probe ${args.join(" ")} is not understood, with status 2`, async () => {
    const { status, stdout, stderr } = await runProgram("probe", ...args);
    assertEquals({ status, stdout }, { status: 2, stdout: "" });
    assertStringIncludes(stderr, words);
  });
}
