import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { runProgram } from "../support/program.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { withServedClip } from "./served_clip.ts";

Deno.test("probe --matrix tabulates what a server does, each row with its exchange", async () => {
  await withServedClip(async (port) => {
    const { status, stdout, stderr } = await runProgram(
      ...["probe", `rtsp://127.0.0.1:${port}/movie.Mjpeg`, "--matrix", "--duration", "20s"],
    );
    assertEquals(status, 0);
    assertMatch(stdout, /^transport {5}UDP {29}yes {6}first packet /m);
    assertMatch(stdout, /^ {14}-> PLAY \| Range: npt=0.000-$/m);
    assertMatch(stdout, /^ {14}Scale|rate +Scale: 2/m);
    assertMatch(stdout, /skipped +the session timeout is \d+ s.*give --duration \d+s$/m);
    assert(!stdout.includes("\x1b"), "no colour in a pipe");
    assertMatch(stderr, /^25 things tried: .*; media by UDP, TCP \(interleaved\)/);
  });
});

Deno.test("probe --matrix --json tells a row as an event, with the exchange that shows it", async () => {
  await withServedClip(async (port) => {
    const { status, stdout } = await runProgram(
      ...["probe", "localhost", port, "0", "movie.Mjpeg", "--matrix", "--json", "--quiet"],
    );
    assertEquals(status, 0);
    const rows = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(new Set(rows.map(({ event }) => event)), new Set(["matrix"]));
    const tcp = rows.find(({ name }) => name.startsWith("TCP"));
    assertEquals([tcp.group, tcp.result, tcp.exchange.length], ["transport", "yes", 4]);
  });
});

Deno.test("probe --matrix has status 6 where no transport brings media", async () => {
  const server = new ScriptedServer({});
  try {
    const { status, stderr } = await runProgram(
      "probe",
      server.url(),
      "--matrix",
      "--timeout",
      "1s",
    );
    assertEquals(status, 6);
    assertStringIncludes(stderr, "no transport brought a packet");
    assertEquals(server.asked("TEARDOWN").length, server.asked("SETUP").length);
  } finally {
    await server.close();
  }
});

Deno.test("probe --matrix ends at once where a server refuses to describe, with status 4", async () => {
  const server = new ScriptedServer({
    answers: { DESCRIBE: { status: 404, reason: "Not Found" } },
  });
  try {
    const { status, stderr } = await runProgram("probe", server.url(), "--matrix");
    assertEquals(status, 4);
    assertStringIncludes(stderr, "DESCRIBE was answered 404 Not Found");
  } finally {
    await server.close();
  }
});
