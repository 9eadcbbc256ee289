// Servers of others, for our client.
import type { PythonPeer } from "../../support/peers.ts";
import { Child, PEER_MS } from "./child.ts";
import { ffmpeg, inFolder } from "./clips.ts";
import { peerScript } from "./gstreamer.ts";

/** Who runs what refuses the superuser. */
export const NOBODY = 65_534;

/** JPEGs as an AVI file. */
export async function writeAvi(path: string, frames: Uint8Array, fps: number): Promise<void> {
  const jpegs = `${path}.mjpeg`;
  await Deno.writeFile(jpegs, frames);
  const input = ["-f", "mjpeg", "-framerate", String(fps), "-i", jpegs];
  await ffmpeg([...input, "-c:v", "copy", path]);
}

/** A clip for a server of others. */
export interface PeerClip {
  /** JPEGs one behind the other. */
  frames: Uint8Array;
  fps: number;
}

/**
 * Runs GStreamer's RTSP server while `use` runs.
 * @param flags of gst_server.py
 */
export async function withGstServer(
  python: PythonPeer,
  { frames, fps }: PeerClip,
  flags: string[],
  use: (url: string) => Promise<void>,
): Promise<void> {
  await inFolder({}, async (folder) => {
    await writeAvi(`${folder}/clip.avi`, frames, fps);
    const command = [peerScript("gst_server.py"), `${folder}/clip.avi`, ...flags];
    const server = new Child(python.path, command);
    try {
      const { port } = await server.until(
        "its port",
        ({ stdout }) => stdout.includes("\n") ? JSON.parse(stdout) : undefined,
      );
      await use(`rtsp://127.0.0.1:${port}/clip`);
    } finally {
      await server.stop();
    }
  });
}

/** Runs VLC's RTSP output while `use` runs. VLC plays from the moment it starts, viewers or not. */
export async function withVlcServer(
  { frames, fps }: PeerClip,
  use: (url: string) => Promise<void>,
): Promise<void> {
  await inFolder({}, async (folder) => {
    await writeAvi(`${folder}/clip.avi`, frames, fps);
    await Deno.chmod(folder, 0o777);
    const port = freePort();
    const url = `rtsp://127.0.0.1:${port}/clip`;
    const vlc = new Child("cvlc", [
      ...["--intf", "dummy", "--quiet", "--no-audio", `${folder}/clip.avi`],
      ...["--sout", `#rtp{sdp=${url}}`, "vlc://quit"],
    ], { uid: NOBODY, env: { HOME: folder, XDG_RUNTIME_DIR: folder } });
    try {
      await describes(port, url, vlc);
      await use(url);
    } finally {
      await vlc.stop();
    }
  });
}

/** A TCP port that was free a moment ago; VLC cannot choose one itself. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** Resolves once a server describes a stream: VLC listens before it has opened what it plays. */
async function describes(port: number, url: string, child: Child): Promise<void> {
  const giveUpAt = Date.now() + PEER_MS;
  for (;;) {
    const reply = await describe(port, url);
    if (/^m=video/m.test(reply)) return;
    if (child.exited || Date.now() > giveUpAt) {
      throw new Error(`No stream at ${url}: ${reply}\n${child.stdout}${child.stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a server answers to DESCRIBE, the beginning of it when more is slow to come. */
async function describe(port: number, url: string): Promise<string> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const request = `DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const reply = new Uint8Array(65_536);
    const length = await connection.read(reply) ?? 0;
    return new TextDecoder().decode(reply.subarray(0, length));
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return "connection refused";
    throw error;
  }
}
