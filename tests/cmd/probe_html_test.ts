import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { assertWellFormed } from "../support/html.ts";
import { runProgram } from "../support/program.ts";
import { ScriptedServer, sdp } from "../support/scripted_server.ts";
import { goodbye, packetsOf, PICTURES } from "../support/scripted_media.ts";
import { withServedClip } from "./served_clip.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("probe --report writes one page: of a live stream, and of its capture the same", async () => {
  await withServedClip(async (port, folder) => {
    const [live, captured, pcap] = ["live.html", "captured.html", "x.pcapng"]
      .map((name) => `${folder}/${name}`) as [string, string, string];
    const watched = await runProgram(
      ...["probe", `rtsp://127.0.0.1:${port}/movie.Mjpeg`, "--packets", "60", "--quiet-packets"],
      ...["--report", live, "--report-pictures", "--pcap", pcap],
    );
    assertEquals({ status: watched.status, stderr: watched.stderr }, { status: 0, stderr: "" });
    const read = await runProgram(
      ...["probe", pcap, "--quiet-packets", "--report", captured],
      ...["--expect", "lost=0,codec=JPEG,transport=udp"],
    );
    assertEquals({ status: read.status, stderr: read.stderr }, { status: 0, stderr: "" });
    assertStringIncludes(read.stdout, "transport=udp, measured udp");
    const [first, second] = await Promise.all(
      [live, captured].map((path) => Deno.readTextFile(path)),
    );
    for (const page of [first!, second!]) {
      assertWellFormed(page);
      for (const part of ['class="verdict healthy"', "DESCRIBE", "Bit rate", "JPEG 32x16"]) {
        assertStringIncludes(page, part);
      }
      assert(!page.includes("<script"));
    }
    assertStringIncludes(first!, "data:image/jpeg;base64,");
    assert(!second!.includes("data:image/jpeg;base64,"), "pictures only where they are asked for");
  });
});

Deno.test("a report has no secret of the command line, of the server or of the camera's words", async () => {
  const secrets = ["t0psecret!word", "a1b2c3d4e5", "S3SS10N99", "n0nce4711", "cr7pt0keyvalue"];
  const [password, token, session, nonce, key] = secrets as [
    string,
    string,
    string,
    string,
    string,
  ];
  const challenge = {
    "WWW-Authenticate": `Digest realm="cam", nonce="${nonce}"`,
    Session: undefined,
  };
  const server = new ScriptedServer({
    sdp: sdp(
      `i=<script>alert("${token}")</script>`,
      ...["m=video 0 RTP/AVP 26", "a=control:track1", `a=crypto:1 AES_CM inline:${key}`],
    ),
    answers: {
      DESCRIBE: [{ status: 401, headers: challenge }, {}],
      SETUP: () => ({ headers: { Session: `${session};timeout=30` } }),
      PLAY: { headers: { Session: session, Server: "Cam 00:11:22:33:44:55" } },
    },
    media: async (connection) => {
      await connection.rtp(...packetsOf(PICTURES).flat());
      await connection.rtcp(goodbye());
    },
  });
  try {
    await inFolder(async (folder) => {
      const user = `viewer:${encodeURIComponent(password)}@`;
      const url = `${server.url("live", user)}?token=${token}`;
      const flags = ["--report", `${folder}/r.html`, "--report-anonymous", "--transport", "tcp"];
      const { status } = await runProgram("probe", url, "--quiet-packets", ...flags);
      assertEquals(status, 0);
      const page = await Deno.readTextFile(`${folder}/r.html`);
      const hidden = [...secrets, encodeURIComponent(password), "viewer", "00:11:22:33:44:55"];
      for (const each of hidden) assert(!page.includes(each), `the page has ${each}`);
      for (const placeholder of ["[token-1]", "[session-1]", "[nonce-1]", "[mac-1]", "[key-1]"]) {
        assertStringIncludes(page, placeholder);
      }
      assertWellFormed(page);
      assert(!page.includes("<script"), "what a camera says is text");
      assertStringIncludes(page, "&lt;script&gt;");
    });
  } finally {
    await server.close();
  }
});

Deno.test("a report is written of what failed, too", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/r.html`;
    const { status } = await runProgram("probe", "rtsp://127.0.0.1:9/x", "--report", path);
    assertEquals(status, 3);
    const page = await Deno.readTextFile(path);
    assertWellFormed(page);
    assertStringIncludes(page, "It ended early:");
  });
});

Deno.test("a report that cannot be written is a problem of this machine", async () => {
  await withServedClip(async (port) => {
    const { status, stderr } = await runProgram(
      ...["probe", `rtsp://127.0.0.1:${port}/movie.Mjpeg`, "--packets", "3", "--quiet-packets"],
      ...["--report", "/nowhere/at/all.html"],
    );
    assertEquals(status, 8);
    assertStringIncludes(stderr, "--report /nowhere/at/all.html: cannot write there");
  });
});
