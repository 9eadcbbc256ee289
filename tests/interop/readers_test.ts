// Files made by ffmpeg: our readers give exactly the JPEGs that ffmpeg itself takes out of them.
import { MediaLibrary } from "../../lib/media/library.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { allFrames } from "../lib/media/frames.ts";
import { isoFile } from "../support/iso_bytes.ts";
import { formatB } from "../support/mjpeg_b.ts";
import { run } from "./support/child.ts";
import { decodedHashes, drawnFrames, inFolder, sourceHashes } from "./support/clips.ts";

const FFMPEG = [program("ffmpeg"), program("ffprobe")];
const QUIET = ["-nostdin", "-y", "-loglevel", "error"];
const MJPEG = ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"];

interface Made {
  readonly name: string;
  readonly file: string;
  /** Behind the input's options. */
  readonly options: readonly string[];
  /** Of the pictures that go in, and of the file. */
  readonly rate?: string;
  readonly fps: number | undefined;
  readonly sound?: boolean;
}

const FILES: readonly Made[] = [
  { name: "AVI", file: "clip.avi", options: MJPEG, fps: 25 },
  { name: "AVI of 29.97 frames a second", file: "c.avi", options: MJPEG, rate: "ntsc", fps: 29.97 },
  { name: "AVI with sound", file: "s.avi", options: MJPEG, fps: 25, sound: true },
  { name: "AVI of slow pictures", file: "slow.avi", options: MJPEG, rate: "1/2", fps: 0.5 },
  { name: "MOV", file: "clip.mov", options: MJPEG, fps: 25 },
  { name: "MOV of 29.97 frames a second", file: "c.mov", options: MJPEG, rate: "ntsc", fps: 29.97 },
  { name: "MOV with sound", file: "s.mov", options: MJPEG, fps: 25, sound: true },
  {
    name: "MOV with its index in front",
    file: "front.mov",
    options: [...MJPEG, "-movflags", "faststart"],
    fps: 25,
  },
  { name: "MP4", file: "clip.mp4", options: MJPEG, fps: 25, sound: true },
  {
    name: "MP4 in fragments",
    file: "fragments.mp4",
    options: [...MJPEG, "-movflags", "frag_keyframe+empty_moov"],
    fps: 25,
  },
  {
    name: "MOV in fragments with sound",
    file: "fragments.mov",
    options: [...MJPEG, "-movflags", "frag_keyframe+default_base_moof", "-frag_size", "50000"],
    fps: 25,
    sound: true,
  },
  { name: "MJPEG stream", file: "clip.mjpeg", options: [...MJPEG, "-f", "mjpeg"], fps: undefined },
];

/** Makes a file of 40 pictures. */
async function make(
  path: string,
  { rate = "25", sound = false, options }: Omit<Made, "file" | "name">,
): Promise<void> {
  const pictures = ["-f", "lavfi", "-i", `testsrc2=size=160x120:rate=${rate}`];
  const codec = path.endsWith("mp4") ? "aac" : "pcm_s16le";
  const noise = sound ? ["-f", "lavfi", "-i", "sine", "-c:a", codec, "-shortest"] : [];
  await ffmpeg([...pictures, ...noise, ...options, "-frames:v", "40", path]);
}

async function ffmpeg(args: string[], cwd?: string): Promise<void> {
  const options = cwd === undefined ? {} : { cwd };
  const made = await run("ffmpeg", [...QUIET, ...args], options);
  assertEquals(made, { code: 0, stdout: "", stderr: "" });
}

/** The frames that ffmpeg takes out of a file without decoding them. */
async function takenOut(folder: string, file: string): Promise<Uint8Array[]> {
  await Deno.mkdir(`${folder}/out`);
  await ffmpeg(["-i", file, "-c:v", "copy", "-f", "image2", "out/%d.jpg"], folder);
  const frames: Uint8Array[] = [];
  for await (const _ of Deno.readDir(`${folder}/out`)) {
    frames.push(await Deno.readFile(`${folder}/out/${frames.length + 1}.jpg`));
  }
  return frames;
}

/** Frames per second as ffprobe reads it. */
async function probedRate(path: string): Promise<number> {
  const show = ["-select_streams", "v", "-show_entries", "stream=r_frame_rate", "-of", "csv=p=0"];
  const { stdout } = await run("ffprobe", ["-loglevel", "error", ...show, path]);
  const [rate = 0, scale = 0] = stdout.trim().split("/").map(Number);
  return rate / scale;
}

for (const made of FILES) {
  peerTest(
    `${made.name} by ffmpeg gives the JPEGs that ffmpeg takes out of it`,
    FFMPEG,
    () =>
      inFolder({}, async (folder) => {
        await make(`${folder}/${made.file}`, made);
        const expected = await takenOut(folder, made.file);
        assertEquals(expected.length, 40);
        const library = new MediaLibrary({ root: folder });
        try {
          const source = await library.open(made.file);
          assertEquals(await allFrames(source), expected);
          assertEquals(source.faults, []);
          assertEquals(source.frameRate && Math.round(source.frameRate * 100) / 100, made.fps);
          if (source.frameRate !== undefined) {
            assertEquals(source.frameRate, await probedRate(`${folder}/${made.file}`));
          }
          source.release();
        } finally {
          await library.close();
        }
      }),
  );
}

peerTest(
  "an AVI file with frames dropped shows those before them again",
  FFMPEG,
  () =>
    inFolder({}, async (folder) => {
      const drop = ["-vf", "select='not(eq(mod(n,5),3))'", "-fps_mode", "vfr"];
      await make(`${folder}/clip.avi`, { options: [...drop, ...MJPEG], fps: 25 });
      const expected = await takenOut(folder, "clip.avi");
      const library = new MediaLibrary({ root: folder });
      const source = await library.open("clip.avi");
      const frames = await allFrames(source);
      assertEquals(frames.filter((frame, i) => frame !== frames[i - 1]), expected);
      // Of every five pictures one is gone, and the one before it shows for its time.
      for (let i = 3; i < frames.length; i += 5) assert(frames[i] === frames[i - 1], `frame ${i}`);
      await library.close();
    }),
);

peerTest(
  "an AVI file cut while ffmpeg wrote it has all frames before the cut",
  FFMPEG,
  () =>
    inFolder({}, async (folder) => {
      await make(`${folder}/clip.avi`, { options: MJPEG, fps: 25 });
      const expected = await takenOut(folder, "clip.avi");
      const whole = await Deno.readFile(`${folder}/clip.avi`);
      const cut = Math.floor(whole.length / 2);
      await Deno.writeFile(`${folder}/cut.avi`, whole.subarray(0, cut));
      const library = new MediaLibrary({ root: folder });
      const source = await library.open("cut.avi");
      const frames = await allFrames(source);
      const all = await library.open("clip.avi");
      await all.frameCount();
      const before = expected.filter((jpeg, i) => all.position(i)! + jpeg.length <= cut);
      assert(before.length > 5 && before.length < 35);
      assertEquals(frames, before);
      assertEquals(source.faults.length, 1);
      assertEquals(source.frameRate, 25);
      await library.close();
    }),
);

peerTest(
  "folders of numbered pictures by ffmpeg play, JPEG and PNG",
  FFMPEG,
  () =>
    inFolder({}, async (folder) => {
      for (const extension of ["jpg", "png"]) {
        await Deno.mkdir(`${folder}/${extension}`);
        await make(`${folder}/${extension}/%d.${extension}`, { options: [], fps: 25 });
      }
      const library = new MediaLibrary({ root: folder });
      assertEquals(await library.list(), ["jpg", "png"]);
      const jpegs = await library.open("jpg");
      const frames = await allFrames(jpegs);
      assertEquals(frames.length, 40);
      for (const [i, frame] of frames.entries()) {
        assertEquals(frame, await Deno.readFile(`${folder}/jpg/${i + 1}.jpg`));
      }
      const pngs = await library.open("png");
      await Deno.mkdir(`${folder}/made`);
      const made = await allFrames(pngs);
      assertEquals(made.length, 40);
      await Promise.all(made.map((jpeg, i) => Deno.writeFile(`${folder}/made/${i + 1}.jpg`, jpeg)));
      assert(await psnr(folder, "made/%d.jpg", "png/%d.png") > 30);
      await library.close();
    }),
);

/** How near the pictures of two files are, in dB, as ffmpeg tells it. */
async function psnr(folder: string, one: string, other: string): Promise<number> {
  const inputs = ["-i", one, "-i", other];
  const filter = ["-lavfi", "[0]format=yuv444p[a];[1]format=yuv444p[b];[a][b]psnr", "-f", "null"];
  const { stderr } = await run("ffmpeg", ["-nostdin", ...inputs, ...filter, "-"], { cwd: folder });
  return Number(/average:([\d.]+)/.exec(stderr)?.[1]);
}

peerTest("ffmpeg sees in Motion JPEG format B what our JPEGs of it show", FFMPEG, async () => {
  const jpegs = drawnFrames({ width: 160, height: 120, frames: 5 });
  const mov = isoFile(jpegs.map((jpeg) => formatB(jpeg)), { codec: "mjpb" });
  await inFolder({ "b.mov": mov }, async (folder) => {
    const library = new MediaLibrary({ root: folder });
    const made = await allFrames(await library.open("b.mov"));
    await library.close();
    assertEquals(made.length, 5);
    // It warns of a header whose times are zero.
    const input = ["-loglevel", "fatal", "-i", `${folder}/b.mov`];
    assertEquals(await decodedHashes(input), await sourceHashes(concat(...made)));
  });
});
