// RTSPS as people use it: a certificate of their own, one made on the spot, one renewed.
import { connectTls } from "../../lib/net/tcp.ts";
import { systemClock } from "../../lib/net/clock.ts";
import { labFile } from "../lib/media/frames.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../support/certificate.ts";
import { clipFrames } from "../support/clips.ts";
import { Program, runProgram } from "../support/program.ts";
import { WORKER_FLAGS } from "../support/serve_flags.ts";

const FRAMES = clipFrames({ frames: 20, width: 64, height: 48 });

/** The line that says the program serves. */
interface Ready {
  port: number;
  urls: string[];
  fingerprint?: string;
}

/** Runs `body` while the program serves a clip out of a folder of its own. */
async function serving(
  flags: (folder: string) => Promise<string[]> | string[],
  body: (ready: Ready, program: Program, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-tls-" });
  try {
    await Deno.mkdir(`${folder}/media`);
    await Deno.writeFile(`${folder}/media/movie.Mjpeg`, labFile(FRAMES));
    const root = ["--root", `${folder}/media`, "--host", "127.0.0.1", "--fps", "100"];
    const more = await flags(folder);
    const program = new Program(["serve", "0", "--json", ...root, ...WORKER_FLAGS, ...more]);
    try {
      await body(JSON.parse(await program.line() ?? "{}"), program, folder);
    } finally {
      program.kill("SIGINT");
      assertEquals((await program.finish()).status, 0);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a certificate and its key as files, and says how `serve` is told of them. */
async function writeCertificate(folder: string, certificate = TEST_CERTIFICATE): Promise<string[]> {
  await Deno.writeTextFile(`${folder}/key.pem`, certificate.key);
  await Deno.writeTextFile(`${folder}/cert.pem`, certificate.cert);
  return ["--tls-cert", `${folder}/cert.pem`, "--tls-key", `${folder}/key.pem`];
}

const PLAY = ["--ui", "none", "--json"];

async function framesOf(url: string, ...flags: string[]): Promise<number> {
  const { status, stdout, stderr } = await runProgram("play", url, ...PLAY, ...flags);
  assertEquals(status, 0, stderr);
  const { frames, damagedFrames } = JSON.parse(stdout.trim().split("\n").at(-1)!);
  assertEquals(damagedFrames, 0);
  return frames;
}

Deno.test("--tls-self-signed: known by the fingerprint that serve tells, and by nothing else", async () => {
  await serving(() => ["--tls-self-signed"], async ({ urls, fingerprint }) => {
    const [url = ""] = urls;
    assertMatch(url, /^rtsps:\/\/127\.0\.0\.1:\d+\/movie\.Mjpeg$/);
    assertMatch(fingerprint!, /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
    for (const transport of ["tcp", "udp"]) {
      const flags = ["--transport", transport, "--tls-fingerprint", fingerprint!];
      assertEquals(await framesOf(url, ...flags), FRAMES.length);
    }
    const refused = await runProgram("play", url, ...PLAY);
    assertEquals(refused.status, 3);
    assertMatch(
      refused.stderr,
      /^rtspkit: cannot trust the certificate of 127\.0\.0\.1:\d+: nobody whom this machine trusts has signed it \(--tls-ca .*\)\n$/,
    );
    const other = `00${fingerprint!.slice(2)}`.replace(/^00:00/, "01:00");
    const wrong = await runProgram("probe", url, "--tls-fingerprint", other);
    assertEquals(wrong.status, 3);
    assert(wrong.stderr.includes(`its SHA-256 is ${fingerprint}`), wrong.stderr);
  });
});

Deno.test("--tls-ca: play, probe and dump reach a server whose certificate the file holds", async () => {
  await serving(writeCertificate, async ({ urls: [url = ""] }, _program, folder) => {
    const trust = ["--tls-ca", `${folder}/cert.pem`];
    assertEquals(await framesOf(url, ...trust), FRAMES.length);
    const probe = await runProgram("probe", url, ...trust, "--packets", "3", "--quiet-packets");
    assertEquals(probe.status, 0, probe.stderr);
    const dump = await runProgram("dump", url, ...trust, "--out", `${folder}/frames`);
    assertEquals(dump.status, 0, dump.stderr);
    const names = (await Array.fromAsync(Deno.readDir(`${folder}/frames`))).map(({ name }) => name);
    assertEquals(names.filter((name) => name.endsWith(".jpg")).length, FRAMES.length);
  });
});

/** Which of two certificates a server shows now. */
async function shown(port: number): Promise<"old" | "new"> {
  const trust = { authorities: [TEST_CERTIFICATE.cert] };
  try {
    const options = { clock: systemClock, timeout: 10_000, trust };
    (await connectTls("127.0.0.1", port, options)).close();
    return "old";
  } catch {
    return "new";
  }
}

Deno.test({
  name: "a certificate that is renewed is taken without a restart, with SIGHUP or without",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await serving(writeCertificate, async ({ port, urls: [url = ""] }, program, folder) => {
      assertEquals(await shown(port), "old");
      await writeCertificate(folder, OTHER_CERTIFICATE);
      program.kill("SIGHUP");
      let message: string | undefined;
      while (message === undefined) {
        const line = await program.line();
        assert(line !== undefined, "it ended");
        const event = JSON.parse(line);
        if (event.event === "certificate") message = event.message;
      }
      assertMatch(message, /cert\.pem is used from now on$/);
      assertEquals(await shown(port), "new");
      const trust = ["--tls-ca", `${folder}/cert.pem`];
      assertEquals(await framesOf(url, ...trust), FRAMES.length);
      // What is no certificate is told, and the one before stays.
      await Deno.writeTextFile(`${folder}/cert.pem`, "none");
      program.kill("SIGHUP");
      for (let line = await program.line();; line = await program.line()) {
        const event = JSON.parse(line!);
        if (event.event !== "certificate") continue;
        assertMatch(event.message, /^the certificate stays as it was: /);
        break;
      }
      assertEquals(await shown(port), "new");
    });
  },
});

Deno.test("certificates that cannot be used end serve at once, saying why", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-tls-" });
  try {
    const flags = await writeCertificate(folder);
    await Deno.writeTextFile(`${folder}/key.pem`, OTHER_CERTIFICATE.key);
    const mismatch = await runProgram("serve", "0", ...flags);
    assertEquals(mismatch.status, 8, mismatch.stderr);
    const files = `--tls-cert ${folder}/cert.pem, --tls-key ${folder}/key.pem`;
    assertEquals(mismatch.stderr, `rtspkit: ${files}: the key is not the certificate's\n`);
    const both = await runProgram("serve", "0", ...flags, "--tls-self-signed");
    assertEquals(both.status, 2);
    assertMatch(both.stderr, /--tls-self-signed and --tls-cert exclude each other/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
