import { AuthenticationError, StatusError } from "../../../../lib/client/errors.ts";
import { runMatrix } from "../../../../lib/client/matrix/matrix.ts";
import { rangeGranted, rateGranted } from "../../../../lib/client/matrix/play_trials.ts";
import type { MatrixOptions, MatrixRow } from "../../../../lib/client/matrix/row.ts";
import { systemClock } from "../../../../lib/net/clock.ts";
import { UnreachableError } from "../../../../lib/net/errors.ts";
import { HeaderList } from "../../../../lib/rtsp/headers.ts";
import { parseUrl } from "../../../../lib/rtsp/url.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "../../../support/assert.ts";
import { multicastRoute } from "../../../support/peers.ts";
import { withRealTimeServer } from "../../../support/rtsp_server.ts";
import { packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import {
  HANG_UP,
  type Script,
  type ScriptedConnection,
  ScriptedServer,
  SILENCE,
} from "../../../support/scripted_server.ts";
import { eventually } from "../../../support/wait.ts";

const PACKETS = packetsOf(PICTURES).flat();

/** Sends a packet again and again until the session is torn down or the connection ends. */
async function stream(connection: ScriptedConnection): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await connection.rtp(PACKETS[i % PACKETS.length]!);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function options(url: string, parts: Partial<MatrixOptions> = {}): MatrixOptions {
  return {
    url: parseUrl(url),
    clock: systemClock,
    timeout: 600,
    duration: 15_000,
    credentials: undefined,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    keepAliveMargin: 100,
    ...parts,
  };
}

/** Results by group and name. */
function results(rows: readonly MatrixRow[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ group, name, result }) => [`${group} ${name}`, result]));
}

function row(rows: readonly MatrixRow[], name: string): MatrixRow {
  return rows.find((each) => each.name.startsWith(name))!;
}

/** Runs a matrix on a scripted server; every session it was given must have been torn down. */
async function onScripted(
  script: Script,
  parts: Partial<MatrixOptions>,
  check: (rows: MatrixRow[], server: ScriptedServer, plays: boolean) => void,
): Promise<void> {
  const server = new ScriptedServer({ media: stream, ...script });
  try {
    const { rows, plays } = await runMatrix(options(server.url(), parts));
    check(rows, server, plays);
  } finally {
    await server.close();
  }
}

Deno.test("a matrix of our own server tells what it does, and leaves nothing behind", async () => {
  await withRealTimeServer({}, async (test) => {
    const told: MatrixRow[] = [];
    const { rows, plays } = await runMatrix(
      options(test.url(), { onRow: (row) => told.push(row) }),
    );
    assertEquals(told, rows, "each row is told as it is there");
    assertEquals(plays, true);
    const { "transport multicast": _multicast, ...others } = results(rows);
    assertEquals(others, {
      "transport UDP": "yes",
      "transport TCP (interleaved)": "yes",
      "sessions 5 at the same time": "yes",
      "requests OPTIONS in the session": "yes",
      "requests GET_PARAMETER without a body": "yes",
      "requests GET_PARAMETER with a body": "no",
      "requests SET_PARAMETER without a body": "yes",
      "describe Accept: application/sdp": "yes",
      "describe no Accept": "yes",
      "describe Accept of several types": "yes",
      "describe Accept without SDP": "no",
      "range npt: from a time on": "yes",
      "range npt: from now on": "yes",
      "range clock: from a moment on": "no",
      "range smpte: from a time on": "partly",
      "rate Scale: 2 (twice as fast)": "yes",
      "rate Scale: -1 (backwards)": "yes",
      "rate Speed: 2 (sent twice as fast)": "yes",
      "pause PAUSE and resume": "yes",
      "keep-alive nothing at all": "skipped",
      "keep-alive OPTIONS": "skipped",
      "keep-alive GET_PARAMETER": "skipped",
      "keep-alive SET_PARAMETER": "skipped",
      "keep-alive RTCP receiver reports alone": "skipped",
    });
    assertStringIncludes(row(rows, "nothing at all").detail, "give --duration");
    const pause = row(rows, "PAUSE");
    assertEquals(pause.exchange.map((line) => line.split(" ").slice(0, 2).join(" ")), [
      ...["-> PLAY", "<- 200", "-> PAUSE", "<- 200", "-> PLAY", "<- 200"],
    ]);
    await eventually("the last session's end", () => test.server.sessionCount === 0);
    assertEquals(
      new Set(test.told("session-ended").map(({ reason }) => reason)),
      new Set(["teardown"]),
    );
  });
});

Deno.test("a server over TCP only says so by its refusals, and the rest is tried over TCP", async () => {
  const onlyTcp = {
    SETUP: (request: { headers: HeaderList }) => {
      const isTcp = request.headers.get("Transport")!.includes("TCP");
      return isTcp ? {} : { status: 461, reason: "Unsupported Transport" };
    },
  };
  await onScripted({ answers: onlyTcp }, {}, (rows, server) => {
    assertEquals(row(rows, "UDP").result, "no");
    assertEquals(row(rows, "UDP").detail, "SETUP was answered 461 Unsupported Transport");
    assertStringIncludes(row(rows, "UDP").exchange.join("\n"), "<- 461 Unsupported Transport");
    assertEquals(row(rows, "TCP").result, "yes");
    assertEquals(row(rows, "OPTIONS in").result, "yes");
    const accepted = server.asked("SETUP").filter(({ headers }) => {
      return headers.get("Transport")!.includes("TCP");
    });
    assertEquals(server.asked("TEARDOWN").length, accepted.length);
  });
});

Deno.test("a server that never sends plays by no transport, and no row is tried in vain", async () => {
  await onScripted({ media: () => Promise.resolve() }, {}, (rows, server, plays) => {
    assertEquals(plays, false);
    assertStringIncludes(row(rows, "UDP").detail, "no packet came to UDP port");
    assertEquals([row(rows, "PAUSE").result, row(rows, "PAUSE").detail], [
      "skipped",
      "no transport brings media",
    ]);
    assertEquals(server.asked("PAUSE"), []);
  });
});

Deno.test("keep-alives past the timeout: what keeps the session, what does not, what is refused", async () => {
  let parameters = 0;
  const session = "A1B2C3;timeout=1";
  const script: Script = {
    answers: {
      SETUP: echo({ Session: session }),
      SET_PARAMETER: { status: 501, reason: "Not Implemented" },
      GET_PARAMETER: () => {
        parameters++;
        return {};
      },
    },
  };
  await onScripted(script, { duration: 20_000 }, (rows) => {
    const of = (name: string): MatrixRow => {
      return rows.find(({ group, name: each }) => group === "keep-alive" && each === name)!;
    };
    assertEquals(of("SET_PARAMETER").result, "no");
    assertEquals(of("SET_PARAMETER").detail, "SET_PARAMETER was answered 501 Not Implemented");
    assertEquals(of("GET_PARAMETER").result, "yes");
    assertStringIncludes(of("GET_PARAMETER").detail, "(the timeout is 1 s)");
    assert(parameters >= 3, "it was sent twice at least, and in a row of its own before");
    assertStringIncludes(of("GET_PARAMETER").exchange.join("\n"), "-> GET_PARAMETER");
  });
});

Deno.test("a session that is gone after its timeout shows in TEARDOWN", async () => {
  const gone = { status: 454, reason: "Session Not Found" };
  const SETUP = { headers: { Session: "A1B2C3;timeout=1" } };
  await onScripted({ answers: { SETUP: echo(SETUP.headers), TEARDOWN: gone } }, {}, (rows) => {
    const nothing = row(rows, "nothing at all");
    assertEquals(nothing.result, "no");
    assertStringIncludes(nothing.detail, "the session was gone");
    assertStringIncludes(nothing.exchange.join("\n"), "<- 454 Session Not Found");
  });
});

/** The usual reply, with these headers. */
function echo(headers: Record<string, string>): () => { headers: Record<string, string> } {
  return () => ({ headers });
}

Deno.test("odd behaviour is told as it is: silence, hanging up, ignored rates, leaking pauses", async () => {
  const script: Script = {
    answers: {
      OPTIONS: [{}, {}],
      GET_PARAMETER: SILENCE,
      SET_PARAMETER: HANG_UP,
      PAUSE: {},
      PLAY: { headers: { Scale: "1.000" } },
    },
  };
  await onScripted(script, { timeout: 400 }, (rows) => {
    assertEquals(row(rows, "GET_PARAMETER without").result, "no");
    assertStringIncludes(row(rows, "GET_PARAMETER without").detail, "no reply to GET_PARAMETER");
    assertEquals(row(rows, "GET_PARAMETER without").exchange, [
      "-> GET_PARAMETER",
      "<- (no reply)",
    ]);
    assertStringIncludes(row(rows, "SET_PARAMETER without").detail, "closed the connection");
    assertEquals(row(rows, "Scale: 2").result, "no");
    assertStringIncludes(row(rows, "Scale: 2").detail, "Scale: 1.000 instead");
    assertEquals(row(rows, "npt: from a time").result, "partly");
  });
});

Deno.test("the whole matrix ends at its time, whatever the server does, with what it has", async () => {
  const script: Script = { answers: { PLAY: SILENCE } };
  await onScripted(script, { duration: 300, timeout: 5000 }, (rows, server) => {
    assertEquals(rows.length, 25);
    assertStringIncludes(row(rows, "UDP").detail, "the time was up");
    assertEquals(server.asked("TEARDOWN").length, server.asked("SETUP").length);
  });
});

Deno.test("a matrix that is called off tears down what is open", async () => {
  const server = new ScriptedServer({ media: stream });
  const stop = new AbortController();
  try {
    const running = runMatrix(options(server.url(), { signal: stop.signal }));
    await server.request("PLAY", 2);
    stop.abort(new DOMException("Ctrl-C", "AbortError"));
    const { rows } = await running;
    assertEquals(rows.at(-1)?.result, "skipped");
    assertEquals(server.asked("TEARDOWN").length, server.asked("SETUP").length);
  } finally {
    await server.close();
  }
});

for (
  const [what, script, errorClass] of [
    ["404", { answers: { DESCRIBE: { status: 404, reason: "Not Found" } } }, StatusError],
    ["hanging up", { answers: { DESCRIBE: HANG_UP } }, UnreachableError],
    ["a challenge", {
      answers: {
        DESCRIBE: { status: 401, headers: { "WWW-Authenticate": 'Basic realm="x"' } },
      },
    }, AuthenticationError],
  ] as const
) {
  Deno.test(`where DESCRIBE is answered by ${what}, that is the whole answer`, async () => {
    const server = new ScriptedServer(script as Script);
    try {
      await assertRejects(() => runMatrix(options(server.url())), errorClass as typeof StatusError);
    } finally {
      await server.close();
    }
  });
}

Deno.test("what a server grants counts, not what was wished for", () => {
  const range = (asked: string, granted: string | undefined): string => {
    return rangeGranted(asked, granted).result;
  };
  assertEquals(range("npt=2.000-", "npt=1.960-10"), "yes");
  assertEquals(range("npt=2.000-", "npt=0-"), "partly");
  assertEquals(range("npt=2.000-", "npt=now-"), "partly");
  assertEquals(range("npt=2.000-", undefined), "partly");
  assertEquals(range("npt=now-", "npt=now-"), "yes");
  assertEquals(range("clock=20260101T000000Z-", "npt=0-"), "partly");
  assertEquals(range("clock=20260101T000000Z-", "clock=20260101T000000Z-"), "yes");
  assertEquals(range("npt=2.000-", "nonsense"), "partly");
  const scale = (value: string | undefined): string => {
    const headers = new HeaderList(value === undefined ? [] : [["Scale", value]]);
    return rateGranted("Scale", 2, { headers }).result;
  };
  assertEquals(["2.0", "2", "1.000", "1.5", undefined, "x"].map(scale), [
    ...["yes", "yes", "no", "partly", "no", "partly"],
  ]);
});

Deno.test("multicast of our own server is a way of its own", async () => {
  if ((await multicastRoute()).missing !== undefined) return;
  await withRealTimeServer({}, async (test) => {
    const { rows } = await runMatrix(options(test.url(), { duration: 3000 }));
    assert(["yes", "no"].includes(row(rows, "multicast").result));
  });
});
