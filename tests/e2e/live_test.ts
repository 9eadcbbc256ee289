// Live sources of the program: a camera over HTTP that dies and comes back, another rtspkit, and
// standard input; seen by our own client in both dialects.
import { createHash } from "node:crypto";
import { toHex } from "../../lib/bytes/hex.ts";
import type { TlsCertificate } from "../../lib/net/tcp.ts";
import { certificateFingerprint, TEST_CERTIFICATE } from "../support/certificate.ts";
import { runProgram } from "../support/program.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { clip, clipFrames } from "../support/clips.ts";
import { ascii } from "../support/split.ts";
import { join } from "../lib/media/frames.ts";
import { withServe } from "./served.ts";

const FRAMES = clipFrames({ frames: 10, width: 64, height: 48 });
const CLIP = clip({ frames: 100, width: 64, height: 48 });
/** Between two pictures of the camera, in ms. */
const EVERY_MS = 20;
/** Pictures after which a connection to the camera breaks. */
const BREAKS_AFTER = 15;
const [USER, PASSWORD] = ["eve", "a:b c"];

/** An HTTP camera that wants Digest, and breaks every connection after some pictures. */
class Camera {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  /** Connections that got pictures, and those that had none now. */
  streams = 0;
  watching = 0;
  refused = 0;
  readonly #timers = new Set<ReturnType<typeof setInterval>>();

  /** @param certificate for HTTPS */
  constructor(readonly certificate?: TlsCertificate) {
    this.server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, ...certificate, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  url(userinfo = `${USER}:${encodeURIComponent(PASSWORD)}@`): string {
    const scheme = this.certificate === undefined ? "http" : "https";
    return `${scheme}://${userinfo}127.0.0.1:${this.server.addr.port}/video?x=1`;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.server.shutdown();
  }

  #answer(request: Request): Response {
    if (!isRight(request.headers.get("Authorization"))) {
      this.refused++;
      const headers = { "WWW-Authenticate": 'Digest realm="cam", nonce="n1", qop="auth"' };
      return new Response("who?", { status: 401, headers });
    }
    this.streams++;
    this.watching++;
    let timer: ReturnType<typeof setInterval>;
    let sent = 0;
    const end = (): void => {
      clearInterval(timer);
      if (this.#timers.delete(timer)) this.watching--;
    };
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        timer = setInterval(() => {
          const jpeg = FRAMES[sent % FRAMES.length]!;
          const head = `--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
          controller.enqueue(join(ascii(head), jpeg, ascii("\r\n")));
          if (++sent < BREAKS_AFTER) return;
          end();
          controller.close();
        }, EVERY_MS);
        this.#timers.add(timer);
      },
      cancel: end,
    });
    return new Response(body, {
      headers: { "Content-Type": "multipart/x-mixed-replace; boundary=b" },
    });
  }
}

/** Whether credentials answer the camera's challenge (RFC 7616, section 3.4.1). */
function isRight(authorization: string | null): boolean {
  const fields = new Map(
    [...(authorization ?? "").matchAll(/(\w+)="?([^",]*)"?/g)].map(([, name, value]) => {
      return [name!, value!];
    }),
  );
  const hash = (text: string): string => createHash("md5").update(text).digest("hex");
  const [nc, cnonce] = [fields.get("nc"), fields.get("cnonce")];
  const expected = [
    hash(`${USER}:cam:${PASSWORD}`),
    ...["n1", nc, cnonce, "auth"],
    hash("GET:/video?x=1"),
  ].join(":");
  return fields.get("response") === hash(expected);
}

async function withCamera(
  body: (camera: Camera) => Promise<void>,
  certificate?: TlsCertificate,
): Promise<void> {
  const camera = new Camera(certificate);
  try {
    await body(camera);
  } finally {
    await camera.close();
  }
}

for (const workers of ["1", "2"]) {
  Deno.test(`an HTTP camera that breaks off is pulled again while viewers wait (${workers} workers)`, () =>
    withCamera((camera) =>
      withServe(
        {},
        ["--workers", workers, "--source", `cam=${camera.url()}`],
        async ({ port, stop }) => {
          assertEquals(camera.refused, 0, "nobody watches, so it is not asked");
          const frames = String(2 * BREAKS_AFTER + 3);
          const watch = ["--frames", frames, "--ui", "none", "--json", "--timeout", "30s"];
          const viewers = await Promise.all([
            runProgram("play", `rtsp://127.0.0.1:${port}/cam`, ...watch),
            runProgram("play", `rtsp://127.0.0.1:${port}/cam`, "--transport", "tcp", ...watch),
            runProgram("play", "127.0.0.1", port, "0", "cam", "--dialect", "lab", ...watch),
          ]);
          for (const { stdout, stderr, status } of viewers) {
            assertEquals(status, 0, stderr);
            const summary = JSON.parse(stdout.trim().split("\n").at(-1)!);
            assertEquals([summary.lost, summary.damagedFrames], [0, 0]);
            assert(summary.frames >= Number(frames));
          }
          assert(camera.streams >= 3 && camera.watching <= 1, "one pull for all of them");
          const { stderr, stdout } = await stop();
          assertMatch(stderr, /source cam: the origin ended; next try in 0\.\d s/);
          assert(!stderr.includes(PASSWORD) && !stdout.includes(PASSWORD), "no password is told");
          assert(!stderr.includes("a%3Ab"), "nor an escaped one");
        },
      )
    ));
}

Deno.test("a camera that refuses us is told to the viewer and to who runs the server", () =>
  withCamera((camera) =>
    withServe({}, ["--source", `cam=${camera.url("eve:wrong@")}`], async ({ port, stop }) => {
      const url = `rtsp://127.0.0.1:${port}/cam`;
      const { stderr, status } = await runProgram("play", url, "--ui", "none", "--timeout", "30s");
      assertEquals(status, 4);
      assertStringIncludes(stderr, "503");
      assertStringIncludes((await stop()).stderr, "source cam: refuses the user and password");
    })
  ));

Deno.test("another rtspkit is an origin, and its stream comes again when it ends", () =>
  withServe({ "clip.Mjpeg": CLIP }, ["--fps", "50"], (origin) =>
    withServe(
      {},
      ["--source", `relay=rtsp://127.0.0.1:${origin.port}/clip.Mjpeg`],
      async ({ port }) => {
        const { stdout, stderr, status } = await runProgram(
          ...["play", `rtsp://127.0.0.1:${port}/relay`, "--frames", "120", "--ui", "none"],
          ...["--json", "--timeout", "30s"],
        );
        assertEquals(status, 0, stderr);
        assert(JSON.parse(stdout.trim().split("\n").at(-1)!).frames >= 120);
      },
    )));

/** What a viewer of a source gets: its exit status, and how many pictures. */
async function watch(port: string, name: string): Promise<{ status: number; frames: number }> {
  const url = `rtsp://127.0.0.1:${port}/${name}`;
  const flags = ["--frames", "10", "--ui", "none", "--json", "--timeout", "30s"];
  const { stdout, status } = await runProgram("play", url, ...flags);
  const summary = JSON.parse(stdout.trim().split("\n").at(-1) || "{}");
  return { status, frames: summary.frames ?? 0 };
}

Deno.test("an https:// camera and an rtsps:// server whom nobody signed are pulled when they are known", () =>
  withCamera(
    (camera) =>
      withServe({ "clip.Mjpeg": CLIP }, ["--tls-self-signed"], async (origin) => {
        const cameraHex = toHex(await certificateFingerprint(TEST_CERTIFICATE));
        const relayed = `rtsps://127.0.0.1:${origin.port}/clip.Mjpeg`;
        const sources = ["--source", `cam=${camera.url()}`, "--source", `relay=${relayed}`];
        await withServe({}, sources, async ({ port, stop }) => {
          const seen = await Promise.all(["cam", "relay"].map((name) => watch(port, name)));
          assertEquals(seen, Array(2).fill({ status: 4, frames: 0 }));
          assertEquals([camera.refused, camera.streams], [0, 0], "it is told nothing");
          const { stderr } = await stop();
          for (const name of ["cam", "relay"]) {
            assertMatch(
              stderr,
              new RegExp(
                `source ${name}: cannot trust .*certificate.*: nobody whom this machine trusts has ` +
                  `signed it \\(--source-trust ${name}=SHA256 would do\\); next try in`,
              ),
            );
          }
        });
        const trust = ["--source-trust", `cam=${cameraHex}`];
        const known = ["--source-trust", `relay=${origin.fingerprint}`];
        await withServe({}, [...sources, ...trust, ...known], async ({ port }) => {
          for (const name of ["cam", "relay"]) {
            const { status, frames } = await watch(port, name);
            assertEquals([status, frames >= 10], [0, true], name);
          }
        });
      }),
    TEST_CERTIFICATE,
  ));

Deno.test("sources that make no sense are refused before anything is served", async () => {
  for (
    const [source, says] of [
      ["cam", "no = in it"],
      ["a b=-", '"a b" is no name'],
      ["test=-", "test pattern's name"],
      ["cam=ftp://x/", "is not NAME=URL"],
      ["cam=rtsp://:secret@/", "--source cam"],
    ] as const
  ) {
    const { stderr, status } = await runProgram("serve", "0", "--source", source);
    assertEquals(status, 2, source);
    assertStringIncludes(stderr, says);
    assert(!stderr.includes("secret"));
  }
  const twice = await runProgram("serve", "0", "--source", "a=-", "--source", "b=-");
  assertStringIncludes(twice.stderr, "standard input can be one source only");
});

Deno.test("the test pattern is there in both dialects, and says what is wrong with a query", () =>
  withServe({}, [], async ({ port, stop }) => {
    const watch = ["--ui", "none", "--json"];
    const url = `rtsp://127.0.0.1:${port}/test?size=320x240&rate=50&frames=25`;
    for (
      const target of [
        [url],
        ["127.0.0.1", port, "0", "test?rate=50&frames=25", "--dialect", "lab"],
      ]
    ) {
      const { stdout, stderr, status } = await runProgram("play", ...target, ...watch);
      assertEquals(status, 0, stderr);
      const { frames, lost } = JSON.parse(stdout.trim().split("\n").at(-1)!);
      assertEquals([frames, lost], [25, 0]);
    }
    const bad = await runProgram("play", url.replace("320x240", "0x0"), ...watch);
    assertEquals(bad.status, 4);
    assertStringIncludes((await stop()).stderr, 'error: test: size="0x0" is not WIDTHxHEIGHT');
  }));
