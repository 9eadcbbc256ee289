// The program against an RTSP server that does as it is told: what it says, keeps, and exits with.
import { goodbye, packetsOf, PICTURES, rtpPacket } from "../support/scripted_media.ts";
import {
  HANG_UP,
  type Script,
  type ScriptedConnection,
  ScriptedServer,
  sdp,
  SILENCE,
} from "../support/scripted_server.ts";
import { Program, runProgram } from "../support/program.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";

const PACKETS = packetsOf(PICTURES);
const BASIC = { status: 401, headers: { "WWW-Authenticate": 'Basic realm="door"' } };
const H264 = sdp("m=video 0 RTP/AVP 97", "a=rtpmap:97 H264/90000", "a=control:v");

async function sixPictures(client: ScriptedConnection): Promise<void> {
  await client.rtp(...PACKETS.flat());
  await client.rtcp(goodbye());
}

/** Runs `body` with a scripted server and an empty folder. */
async function withScript(
  script: Script,
  body: (server: ScriptedServer, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-e2e-" });
  const server = new ScriptedServer(script);
  try {
    await body(server, folder);
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
}

for (const transport of ["udp", "tcp"]) {
  Deno.test(`play URL over ${transport} writes every picture and exits with 0`, async () => {
    await withScript({ media: sixPictures }, async (server, folder) => {
      const { stdout, stderr, status } = await runProgram(
        ...["play", server.url(), "--transport", transport, "--out", `${folder}/out`, "--json"],
      );
      assertEquals(status, 0, stderr);
      const { frames, damagedFrames, packets, lost } = JSON.parse(stdout);
      assertEquals([frames, damagedFrames, packets, lost], [6, 0, PACKETS.flat().length, 0]);
      assertEquals((await Array.fromAsync(Deno.readDir(`${folder}/out`))).length, 6);
      assertMatch(stderr, /^6 frames in .* 0 lost/);
      assertEquals(server.methods.at(-1), "TEARDOWN");
    });
  });
}

Deno.test("play's help shows the URL form", async () => {
  const { stdout, status } = await runProgram("play", "--help");
  assertEquals(status, 0);
  assertStringIncludes(stdout, "rtspkit play rtsp://HOST[:PORT]/PATH");
  assertMatch(stdout, /rtspkit play rtsp:\/\/192\.0\.2\.7\//);
});

interface Failure {
  name: string;
  script: Script;
  /** What stands behind the URL. */
  flags: string[];
  command?: string;
  status: number;
  says: RegExp;
}

const FAILURES: Failure[] = [
  {
    name: "a server that does not answer",
    script: { answers: { DESCRIBE: SILENCE } },
    flags: ["--timeout", "300ms"],
    status: 3,
    says: /^rtspkit: no reply to DESCRIBE in 0\.3 s$/,
  },
  {
    name: "a server that dies in the middle",
    script: {
      sdp: sdp("a=range:npt=0-60", "m=video 0 RTP/AVP 26"),
      media: async (client) => {
        await client.rtp(...PACKETS.flat());
        client.close();
      },
    },
    flags: ["--transport", "tcp"],
    status: 3,
    says: /rtspkit: the stream stopped before its end; is the server still running\?$/,
  },
  {
    name: "a file that is not there",
    script: { answers: { DESCRIBE: { status: 404, reason: "Not Found" } } },
    flags: [],
    status: 4,
    says: /^rtspkit: DESCRIBE was answered 404 Not Found$/,
  },
  {
    name: "a server that asks for a password",
    script: { answers: { DESCRIBE: BASIC } },
    flags: [],
    status: 5,
    says: /^rtspkit: DESCRIBE: the server asks for a user name and password \(Basic\); give --user/,
  },
  {
    name: "a password that is wrong",
    script: { answers: { DESCRIBE: BASIC } },
    flags: ["--user", "me", "--password-file", "PASSWORD"],
    status: 5,
    says: /^rtspkit: DESCRIBE: the server refused the user name or password \(realm "door"\)$/,
  },
  {
    name: "UDP that is dead",
    script: {},
    flags: ["--transport", "udp", "--timeout", "400ms"],
    status: 6,
    says: /rtspkit: RTSP works, .* no RTP packet came to UDP port \d+ in 0\.4 s \(a firewall/,
  },
  {
    name: "a stream that is no JPEG",
    script: { sdp: H264 },
    flags: [],
    status: 6,
    says: /^rtspkit: the server offers H264 video, and nothing of what can be shown here: JPEG/,
  },
  {
    name: "an expectation that does not hold",
    script: {
      media: async (client) => {
        await client.rtp(...PACKETS.flat().filter((_, i) => i !== 1));
        await client.rtcp(goodbye());
      },
    },
    command: "probe",
    flags: ["--strict", "--transport", "tcp"],
    status: 7,
    says: /rtspkit: --strict: .* loss-sender/,
  },
  {
    name: "a password file that cannot be read",
    script: {},
    flags: ["--user", "me", "--password-file", "/nonexistent/password"],
    status: 8,
    says: /^rtspkit: --password-file \/nonexistent\/password: cannot read/,
  },
  {
    name: "a transport nobody knows",
    script: {},
    flags: ["--transport", "pigeon"],
    status: 2,
    says: /^rtspkit: --transport: "pigeon" is not one of auto, udp, tcp, multicast$/,
  },
];

for (const { name, script, flags, status, says, command = "play" } of FAILURES) {
  Deno.test(`${name}: status ${status} and one line that says so`, async () => {
    await withScript(script, async (server, folder) => {
      await Deno.writeTextFile(`${folder}/password`, "s3cret\n");
      const given = flags.map((flag) => flag === "PASSWORD" ? `${folder}/password` : flag);
      const result = await runProgram(command, server.url(), "--dialect", "rtsp", ...given);
      assertEquals(result.status, status, result.stderr);
      const last = result.stderr.trimEnd().split("\n").at(-1)!;
      assertMatch(last, says);
    });
  });
}

Deno.test("nobody at the address: status 3", async () => {
  await withScript({}, async (server) => {
    const url = server.url();
    await server.close();
    const { status, stderr } = await runProgram("play", url);
    assertEquals(status, 3);
    assertMatch(stderr, /^rtspkit: cannot reach 127\.0\.0\.1:\d+: connection refused\n$/);
  });
});

Deno.test("UDP that stays silent brings TCP and a line that says so, without --verbose", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    if (client.transport?.interleaved !== undefined) await sixPictures(client);
  };
  await withScript({ media }, async (server) => {
    const { stderr, status } = await runProgram("play", server.url(), "--timeout", "1s");
    assertEquals(status, 0, stderr);
    const [first, last] = stderr.trimEnd().split("\n");
    assertMatch(first!, /^RTSP works, but no packet came to UDP port \d+ in .* trying TCP$/);
    assertMatch(last!, /^6 frames/);
  });
});

Deno.test("a name and password in the URL let us in, and are never shown", async () => {
  const guard: Script = {
    answers: {
      DESCRIBE: ({ headers }) => {
        return headers.get("Authorization") === `Basic ${btoa("me:p@ss/w:rd")}` ? {} : BASIC;
      },
    },
    media: sixPictures,
  };
  await withScript(guard, async (server) => {
    const url = server.url("movie", `me:${encodeURIComponent("p@ss/w:rd")}@`);
    for (const command of ["play", "probe"]) {
      const flags = ["--verbose", "--transport", "tcp"];
      const { stdout, stderr, status } = await runProgram(command, url, ...flags);
      assertEquals(status, 0, stderr);
      for (const secret of ["p@ss/w:rd", "p%40ss", btoa("me:p@ss/w:rd")]) {
        assertEquals((stdout + stderr).includes(secret), false, `${command} shows ${secret}`);
      }
    }
  });
});

Deno.test("a URL with a slip in it is refused without showing the password in it", async () => {
  const { status, stderr } = await runProgram("play", "rtsp:/me:s3cret@192.0.2.7/movie");
  assertEquals(status, 2);
  assertMatch(stderr, /got 1 word\(s\): rtsp:\/…@192\.0\.2\.7\/movie$/m);
});

Deno.test("probe shows the packets of a stream that is no JPEG", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    for (let sequence = 1; sequence <= 5; sequence++) {
      const fields = { payloadType: 97, sequence, timestamp: 3000 * sequence };
      await client.rtp(rtpPacket(Uint8Array.of(0x65, 1, 2, 3), fields));
    }
    await client.rtcp(goodbye());
  };
  await withScript({ sdp: H264, media }, async (server) => {
    const { stdout, status } = await runProgram("probe", server.url(), "--json", "-q");
    assertEquals(status, 0);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const packets = events.filter(({ event }) => event === "rtp");
    assertEquals(packets.map(({ payloadType }) => payloadType), [97, 97, 97, 97, 97]);
  });
});

Deno.test("Ctrl-C while SETUP is awaited ends at once, with status 0", async () => {
  await withScript({ answers: { SETUP: SILENCE } }, async (server) => {
    const program = new Program(["play", server.url(), "--transport", "tcp"]);
    await server.request("SETUP");
    program.kill("SIGINT");
    const { status, stderr } = await program.finish();
    assertEquals([status, stderr], [0, ""]);
  });
});

for (const moment of ["while PLAY is awaited", "while it plays"]) {
  Deno.test(`Ctrl-C ${moment} tears down, keeps what came and exits with 0`, async () => {
    const isPlaying = moment === "while it plays";
    const script: Script = isPlaying
      ? { media: (client) => client.rtp(...PACKETS.flat()) }
      : { answers: { PLAY: SILENCE } };
    await withScript(script, async (server, folder) => {
      const out = `${folder}/out`;
      const flags = ["--transport", "tcp", "--json", "--out", out, "--format", "lab"];
      const program = new Program(["dump", server.url(), ...flags]);
      await server.request("PLAY");
      if (isPlaying) {
        const line = await program.line();
        assertEquals(JSON.parse(line!).event, "frame");
      }
      program.kill("SIGINT");
      const { status, stdout, stderr } = await program.finish();
      assertEquals(status, 0, stderr);
      const summary = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
      assertEquals(summary.event, "summary");
      assertEquals(server.methods.at(-1), "TEARDOWN");
      if (isPlaying) assert((await Deno.stat(out)).size > PICTURES[0]!.length);
    });
  });
}

Deno.test("a server that hangs up at PLAY: status 3", async () => {
  await withScript({ answers: { PLAY: HANG_UP } }, async (server) => {
    const { status, stderr } = await runProgram("play", server.url());
    assertEquals(status, 3);
    assertMatch(stderr, /rtspkit: no reply to PLAY: the server closed the connection\n$/);
  });
});
