// Files that dump writes, read by programs of others.
import { AviWriter } from "../../lib/media/avi_writer.ts";
import { GifWriter } from "../../lib/media/gif_writer.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { peerTest, program, superuser } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { Child, run } from "./support/child.ts";
import {
  decodedHashes,
  ffmpeg,
  ffmpegFrames,
  inFolder,
  labClip,
  movieFrames,
  sourceHashes,
} from "./support/clips.ts";
import { NOBODY } from "./support/peer_servers.ts";
import { rtspkit, withServer } from "./support/rtspkit.ts";

const FFMPEG = [program("ffmpeg"), program("ffprobe")];
const GSTREAMER = [program("gst-launch-1.0")];
const VLC = [program("cvlc"), superuser()];
/** So small that some seconds of a clip are many RIFFs. */
const SMALL_RIFF_BYTES = 300_000;

/** What ffprobe says of a file's video; it must warn of nothing. */
async function probe(path: string): Promise<Record<string, unknown>> {
  const entries = "stream=codec_name,width,height,avg_frame_rate,nb_read_packets,duration";
  const { code, stdout, stderr } = await run("ffprobe", [
    ...["-v", "warning", "-count_packets", "-show_entries", entries, "-of", "json", path],
  ]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, path);
  return JSON.parse(stdout).streams[0];
}

/** The JPEGs of a file, byte for byte, as ffmpeg finds them. */
async function copied(path: string): Promise<Uint8Array> {
  await ffmpeg(["-i", path, "-c", "copy", "-f", "mjpeg", "-y", `${path}.mjpeg`]);
  return await Deno.readFile(`${path}.mjpeg`);
}

async function writeAvi(
  path: string,
  frames: Uint8Array[],
  times: (index: number) => number,
  riffBytes?: number,
): Promise<void> {
  const writer = await AviWriter.create(path, riffBytes === undefined ? {} : { riffBytes });
  for (const [i, frame] of frames.entries()) await writer.write(frame, times(i));
  await writer.commit();
}

for (const [name, riffBytes] of [["one RIFF", undefined], ["many", SMALL_RIFF_BYTES]] as const) {
  for (
    const [fps, text] of [[25, "25/1"], [30_000 / 1001, "30000/1001"], [12.5, "25/2"]] as const
  ) {
    peerTest(`ffmpeg reads an AVI file in ${name} at ${text} frames a second`, FFMPEG, async () => {
      const frames = (await movieFrames()).slice(0, 200);
      await inFolder({}, async (folder) => {
        const path = `${folder}/out.avi`;
        await writeAvi(path, frames, (i) => i * 1000 / fps, riffBytes);
        assertEquals(await probe(path), {
          ...{ codec_name: "mjpeg", width: 384, height: 288, avg_frame_rate: text },
          ...{ nb_read_packets: "200", duration: (200 / fps).toFixed(6) },
        });
        assertEquals(await copied(path), concat(...frames));
        assertEquals(await decodedHashes(["-i", path]), await sourceHashes(concat(...frames)));
      });
    });
  }
}

/** When each packet of a file is shown, in seconds. */
async function packetTimes(path: string): Promise<number[]> {
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path],
  ]);
  return stdout.trim().split("\n").map(Number);
}

peerTest("ffmpeg finds a hole in time where it was", FFMPEG, async () => {
  const frames = (await movieFrames()).slice(0, 60);
  await inFolder({}, async (folder) => {
    const path = `${folder}/out.avi`;
    await writeAvi(path, frames, (i) => i * 40 + (i < 50 ? 0 : 400));
    const expected = frames.map((_, i) => (i < 50 ? i : i + 10) / 25);
    assertEquals(await packetTimes(path), expected);
  });
});

peerTest("ffmpeg seeks in an AVI file by its index", FFMPEG, async () => {
  const frames = (await movieFrames()).slice(0, 200);
  await inFolder({}, async (folder) => {
    const path = `${folder}/out.avi`;
    await writeAvi(path, frames, (i) => i * 40, SMALL_RIFF_BYTES);
    const expected = await sourceHashes(concat(...frames.slice(150)));
    assertEquals(await decodedHashes(["-ss", "6", "-i", path]), expected);
  });
});

for (const kill of ["SIGKILL", "SIGINT"] as const) {
  peerTest(`ffmpeg reads every frame of a recording ended by ${kill}`, FFMPEG, async () => {
    const frames = await movieFrames();
    await inFolder({ "movie.Mjpeg": labClip(frames) }, async (folder) => {
      await withServer({ root: folder, fps: 40 }, async (server) => {
        const out = `${folder}/out.avi`;
        const words = ["main.ts", "dump", server.url("movie.Mjpeg"), "--out", out, "--json"];
        const recording = new Child(Deno.execPath(), ["run", "-A", ...words], {
          cwd: new URL("../../", import.meta.url),
        });
        await recording.until("80 frames", ({ stdout }) => {
          return stdout.split("\n").length > 80 ? true : undefined;
        });
        await recording.stop(kill);
        const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
        const [name] = names.filter((name) => name.includes("out.avi"));
        assertEquals(name!.startsWith(".") ? "SIGKILL" : "SIGINT", kill);
        const path = `${folder}/recorded.avi`;
        await Deno.rename(`${folder}/${name}`, path);
        const { avg_frame_rate, nb_read_packets } = await probe(path);
        assertEquals(avg_frame_rate, "40/1");
        assert(Number(nb_read_packets) >= 80, `${nb_read_packets} packets`);
        const kept = frames.slice(0, Number(nb_read_packets));
        assertEquals(await copied(path), concat(...kept));
      });
    });
  });
}

peerTest("every kind of media file becomes every other, byte for byte", FFMPEG, async () => {
  const jpegs = await ffmpegFrames("320x240", 30, ["-pix_fmt", "yuvj420p"]);
  await inFolder({ "clip.mjpeg": jpegs }, async (folder) => {
    const input = ["-f", "mjpeg", "-framerate", "15", "-i", `${folder}/clip.mjpeg`];
    for (const name of ["ff.avi", "ff.mov"]) {
      // It warns of its own time base.
      const made = await run("ffmpeg", [
        ...["-nostdin", "-loglevel", "error", ...input, "-c:v", "copy", `${folder}/${name}`],
      ]);
      assertEquals(made, { code: 0, stdout: "", stderr: "" });
      const out = `${folder}/${name}.avi`;
      const { code, stderr } = await rtspkit(["dump", `${folder}/${name}`, "--out", out]);
      assertEquals(code, 0, stderr);
      // ffmpeg's AVI has twice the rate, and every other frame repeats the one before.
      const { avg_frame_rate, nb_read_packets } = await probe(out);
      assertEquals([avg_frame_rate, nb_read_packets], [name === "ff.avi" ? "30/1" : "15/1", "30"]);
      assertEquals(await packetTimes(out), await packetTimes(`${folder}/${name}`));
      assertEquals(await copied(out), jpegs);
    }
  });
});

peerTest("ffmpeg reads a GIF with each picture's time", FFMPEG, async () => {
  const frames = (await movieFrames()).slice(0, 20);
  await inFolder({}, async (folder) => {
    const path = `${folder}/out.gif`;
    const writer = await GifWriter.create(path);
    for (const [i, frame] of frames.entries()) {
      await writer.write(frame, i * 50 + (i < 10 ? 0 : 700));
    }
    await writer.commit();
    const { stdout, stderr } = await run("ffprobe", [
      ...["-v", "warning", "-show_entries", "stream=width,height"],
      ...["-of", "json", path],
    ]);
    assertEquals(stderr, "");
    const { streams } = JSON.parse(stdout);
    assertEquals(streams, [{ width: 384, height: 288 }]);
    assertEquals(await packetTimes(path), frames.map((_, i) => (i * 5 + (i < 10 ? 0 : 70)) / 100));
    assertEquals((await decodedHashes(["-i", path])).length, 20);
    // How near the pictures come is up to 256 colours; PSNR in dB over all frames.
    await Deno.writeFile(`${folder}/in.mjpeg`, concat(...frames));
    const compare =
      "[0:v]format=rgb24,settb=1/25,setpts=N[a];[1:v]format=rgb24,settb=1/25,setpts=N[b];[a][b]psnr";
    const compared = await run("ffmpeg", [
      ...["-nostdin", "-hide_banner", "-i", path, "-f", "mjpeg", "-i", `${folder}/in.mjpeg`],
      ...["-fps_mode", "passthrough", "-lavfi", compare, "-f", "null", "-"],
    ]);
    const psnr = Number(/average:([\d.]+)/.exec(compared.stderr)?.[1]);
    assert(psnr > 28, `PSNR ${psnr} dB\n${compared.stderr.slice(-500)}`);
  });
});

/** An AVI file as it lies there when its writer was killed. */
async function leftAvi(folder: string, path: string, frames: Uint8Array[]): Promise<void> {
  const writer = await AviWriter.create(`${folder}/killed.avi`);
  for (const [i, frame] of frames.entries()) await writer.write(frame, i * 40);
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const left = names.find((name) => name.startsWith(".") && name.includes("killed.avi"))!;
  await Deno.copyFile(`${folder}/${left}`, path);
  await writer.abort();
}

/** How an AVI file came to its end, and how it is made. */
const ENDS: [string, (folder: string, path: string, frames: Uint8Array[]) => Promise<void>][] = [
  ["closed", (_, path, frames) => writeAvi(path, frames, (i) => i * 40, SMALL_RIFF_BYTES)],
  ["whose writer was killed", leftAvi],
];

for (const [how, make] of ENDS) {
  peerTest(`GStreamer reads an AVI file ${how}`, GSTREAMER, async () => {
    const frames = (await movieFrames()).slice(0, 60);
    await inFolder({}, async (folder) => {
      await make(folder, `${folder}/out.avi`, frames);
      const pipeline = ["filesrc", `location=${folder}/out.avi`, "!", "avidemux", "!", "filesink"];
      const { code, stderr } = await run("gst-launch-1.0", [
        ...["-q", ...pipeline, `location=${folder}/o`],
      ]);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const [got, whole] = [await Deno.readFile(`${folder}/o`), concat(...frames)];
      assertEquals(got.length, whole.length);
      assert(got.every((byte, at) => byte === whole[at]), "the frames as they were written");
    });
  });

  peerTest(`VLC plays an AVI file ${how} to its end`, VLC, async () => {
    const frames = (await movieFrames()).slice(0, 30);
    await inFolder({}, async (folder) => {
      await make(folder, `${folder}/in.avi`, frames);
      await Deno.chmod(folder, 0o777);
      const copy = `#std{access=file,mux=avi,dst=${folder}/vlc.avi}`;
      const { code } = await run("cvlc", [
        ...["--intf", "dummy", "--no-audio", `${folder}/in.avi`, "--sout", copy, "vlc://quit"],
      ], { uid: NOBODY, env: { HOME: folder, XDG_RUNTIME_DIR: folder } });
      assertEquals(code, 0);
      const got = await copied(`${folder}/vlc.avi`);
      // What it writes itself ends two frames early, whatever it reads.
      const least = concat(...frames.slice(0, -2)).length;
      assert(got.length >= least, `${got.length} bytes of ${least}`);
      assertEquals(got, concat(...frames).subarray(0, got.length));
    });
  });
}
