import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { runProgram } from "../support/program.ts";
import { withServedClip } from "./served_clip.ts";

type Event = { event: string; [field: string]: unknown };

function events(stdout: string): Event[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

const QUICK = ["--quiet-packets", "--packets", "30"];

Deno.test("probe --expect is content with a stream that is as expected", async () => {
  await withServedClip(async (port, folder) => {
    const junit = `${folder}/junit.xml`;
    const { status, stdout, stderr } = await runProgram(
      ...["probe", `rtsp://127.0.0.1:${port}/movie.Mjpeg`, ...QUICK, "--junit", junit],
      ...["--expect", "frames>=10,lost=0,codec=jpeg,width=32,height=16,packets=30,freeze<5s"],
    );
    assertEquals({ status, stderr }, { status: 0, stderr: "" });
    assertMatch(stdout, /^ {2}holds {2}(?:video: )?lost=0, measured 0$/m);
    const xml = await Deno.readTextFile(junit);
    assertStringIncludes(xml, '<testsuites tests="7" failures="0" errors="0"');
  });
});

Deno.test("probe --expect gives status 7 with what was measured, in words, JSON and JUnit", async () => {
  await withServedClip(async (port, folder) => {
    const junit = `${folder}/junit.xml`;
    const { status, stdout, stderr } = await runProgram(
      ...["probe", `rtsp://127.0.0.1:${port}/movie.Mjpeg`, ...QUICK, "--junit", junit, "--json"],
      ...["--expect", "frames>=10,codec=H264,width>=1920,audio:packets>0"],
    );
    assertEquals(status, 7);
    for (
      const words of ["expected codec=H264, measured JPEG", "expected width>=1920, measured 32"]
    ) {
      assertStringIncludes(stderr, words);
    }
    assertStringIncludes(stderr, 'expected audio:packets>0, measured no stream "audio" came');
    const told = events(stdout).filter(({ event }) => event === "expectation");
    assertEquals(told.map(({ holds }) => holds), [true, false, false, false]);
    const { expectation, measure, comparison, wanted, value } = told[1]!;
    assertEquals([expectation, measure, comparison, wanted, value], [
      ...["codec=H264", "codec", "=", "H264", "JPEG"],
    ]);
    const xml = await Deno.readTextFile(junit);
    assertStringIncludes(xml, 'failures="3"');
    assertStringIncludes(xml, "expected codec=H264, measured JPEG");
  });
});

Deno.test("probe --expect where nobody answers has its own status, and a JUnit error", async () => {
  const folder = await Deno.makeTempDir();
  const junit = `${folder}/junit.xml`;
  const { status } = await runProgram(
    ...["probe", "rtsp://viewer:hidden-word@127.0.0.1:9/x", "--expect", "fps>=1", "--junit", junit],
  );
  assertEquals(status, 3);
  const xml = await Deno.readTextFile(junit);
  assertStringIncludes(xml, 'errors="1"');
  assertStringIncludes(xml, "<error message=");
  assert(!xml.includes("hidden-word"));
  await Deno.remove(folder, { recursive: true });
});

for (
  const [flags, words] of [
    [["--expect", "fsp>=10"], 'unknown name "fsp" in "fsp>=10" (did you mean fps?'],
    [["--expect", "fps>=x"], '"x" is not a number'],
    [["--junit", "x.xml"], "--junit writes what came of --expect"],
    [["--report-anonymous"], "--report-anonymous is about --report FILE"],
    [["--matrix", "--expect", "fps>1"], "--matrix opens many sessions, --expect is about one"],
  ] as const
) {
  Deno.test(`probe ${flags.join(" ")} is not understood, with status 2`, async () => {
    const { status, stdout, stderr } = await runProgram("probe", "rtsp://127.0.0.1:9/x", ...flags);
    assertEquals({ status, stdout }, { status: 2, stdout: "" });
    assertStringIncludes(stderr, words);
  });
}
