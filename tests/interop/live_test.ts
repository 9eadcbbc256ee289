// `ffmpeg … -f mjpeg - | rtspkit serve --source cam=-`, watched by ffmpeg; and the test pattern.
import { PERMISSION_FLAGS } from "../../scripts/permissions.ts";
import { assertEquals } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { WORKER_FLAGS } from "../support/serve_flags.ts";
import { allOf } from "./support/child.ts";
import { ffmpeg, inFolder } from "./support/clips.ts";
import { withServer } from "./support/rtspkit.ts";

const ROOT = new URL("../../", import.meta.url);
const FFMPEG = [program("ffmpeg")];
/** Optimised Huffman tables, as ffmpeg writes them by itself, which RFC 2435 has no room for. */
const LIVE = "-v error -re -f lavfi -i testsrc=size=320x240:rate=25 -t 60 -c:v mjpeg -f mjpeg -";

/** Runs `body` while ffmpeg's live pictures are served as `cam`. */
async function withPipedPictures(body: (url: string) => Promise<void>): Promise<void> {
  const serve = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", ...PERMISSION_FLAGS, "main.ts"],
      ...["serve", "0", "--json", "--quiet", "--source", "cam=-", ...WORKER_FLAGS],
    ],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const pictures = new Deno.Command("ffmpeg", { args: LIVE.split(" "), stdout: "piped" }).spawn();
  // It breaks off when either of them is ended.
  const piping = pictures.stdout.pipeTo(serve.stdin).catch(() => {});
  const reader = serve.stdout.getReader();
  try {
    let told = "";
    let port: string | undefined;
    while (port === undefined) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`It ended, and told only ${told}`);
      told += new TextDecoder().decode(value);
      port = /"event":"ready".*?"port":(\d+)/.exec(told)?.[1];
    }
    await body(`rtsp://127.0.0.1:${port}/cam`);
  } finally {
    serve.kill("SIGINT");
    pictures.kill("SIGKILL");
    while (!(await reader.read()).done);
    await Promise.all([serve.status, pictures.status, piping]);
  }
}

/** Lines of `framecrc` about pictures. */
function pictures(text: string): string[] {
  return text.split("\n").filter((line) => /^0,/.test(line));
}

peerTest("what ffmpeg pipes in is watched by ffmpeg over both transports", FFMPEG, async () => {
  await withPipedPictures(async (url) => {
    await allOf(["udp", "tcp"].map(async (transport) => {
      const input = ["-v", "error", "-rtsp_transport", transport, "-i", url];
      const text = await ffmpeg([...input, "-frames:v", "25", "-f", "framecrc", "-"]);
      assertEquals(pictures(text).length, 25);
    }));
  });
});

peerTest("ffmpeg gets the test pattern, and seeks in it", FFMPEG, async () => {
  await inFolder({}, async (root) => {
    await withServer({ root }, async (server) => {
      const url = server.url("test?size=320x240&rate=50&clock=off&frames=100");
      const crcs = async (...args: string[]): Promise<string[]> => {
        const text = await ffmpeg(["-v", "error", ...args, "-i", url, "-f", "framecrc", "-"]);
        return pictures(text).map((line) => line.split(",").at(-1)!.trim());
      };
      const tcp = ["-rtsp_transport", "tcp"];
      const all = await crcs(...tcp);
      assertEquals(all.length, 100);
      assertEquals(await crcs(...tcp, "-ss", "1"), all.slice(50));
    });
  });
});
