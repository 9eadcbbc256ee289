import { MediaLibrary } from "../../../lib/media/library.ts";
import { FrameDamagedError, SourceClosedError } from "../../../lib/stream/frame_source.ts";
import { MediaNotFoundError, MediaUnreadableError } from "../../../lib/stream/media_provider.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { ascii } from "../../support/split.ts";
import { allFrames, join, labFile, tinyJpeg, tinyJpegs, withFolder } from "./frames.ts";

const CLIP = labFile(tinyJpegs(3));
const OTHER = labFile(tinyJpegs(4));
const BUILT_IN = new Map([["movie.Mjpeg", labFile(tinyJpegs(7))]]);
const NO_LINKS = Deno.build.os === "windows";

/** Runs `body` with a root folder and a library of it; a secret lies beside the root. */
async function withLibrary(
  body: (root: string, library: MediaLibrary) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/media`);
    await Deno.writeFile(`${folder}/secret.mjpeg`, CLIP);
    const library = new MediaLibrary({ root: `${folder}/media`, builtIn: BUILT_IN });
    try {
      await body(`${folder}/media`, library);
    } finally {
      await library.close();
    }
  });
}

/** How many frames media of that name has, or the name of the error. */
async function countOf(library: MediaLibrary, name: string): Promise<number | string> {
  try {
    const source = await library.open(name);
    const count = await source.frameCount();
    source.close();
    return count;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

Deno.test("media below the root are opened by name", () =>
  withLibrary(async (root, library) => {
    await Deno.mkdir(`${root}/lab/deep`, { recursive: true });
    await Deno.writeFile(`${root}/clip one.mjpeg`, CLIP);
    await Deno.writeFile(`${root}/lab/deep/bare.Mjpeg`, join(...tinyJpegs(4)));
    for (const name of ["clip one.mjpeg", "/clip%20one.mjpeg", "//clip one.mjpeg"]) {
      assertEquals(await countOf(library, name), 3, name);
    }
    assertEquals(await countOf(library, "lab/deep/bare.Mjpeg"), 4);
    const source = await library.open("/clip%20one.mjpeg");
    assertEquals([source.name, source.size], ["clip one.mjpeg", CLIP.length]);
    assertEquals(source.frame(0), tinyJpegs(1)[0], "the first frame is at hand");
    assertEquals(await allFrames(source), tinyJpegs(3));
    source.release();
  }));

Deno.test("a built-in clip answers when the root has no such file, in any case of letters", () =>
  withLibrary(async (root, library) => {
    for (const name of ["movie.Mjpeg", "/movie.Mjpeg", "MOVIE.mjpeg"]) {
      assertEquals(await countOf(library, name), 7, name);
    }
    assertEquals(await countOf(library, "lab/movie.Mjpeg"), "MediaNotFoundError");
    await Deno.writeFile(`${root}/Movie.mjpeg`, CLIP);
    assertEquals(await countOf(library, "movie.Mjpeg"), 3);
    await Deno.writeFile(`${root}/movie.Mjpeg`, ascii("damaged"));
    assertEquals(await countOf(library, "movie.Mjpeg"), "MediaUnreadableError");
  }));

Deno.test("built-in clips do without a root", async () => {
  const library = new MediaLibrary({ root: "/no/such/folder", builtIn: BUILT_IN });
  assertEquals(await countOf(library, "movie.Mjpeg"), 7);
  assertEquals(await countOf(library, "other.Mjpeg"), "MediaNotFoundError");
  assertEquals(await library.list(), ["movie.Mjpeg"]);
  await library.close();
});

Deno.test("names match in another case when that leaves no doubt", () =>
  withLibrary(async (root, library) => {
    await Deno.mkdir(`${root}/Lab`);
    await Deno.writeFile(`${root}/Lab/Clip.Mjpeg`, CLIP);
    assertEquals(await countOf(library, "lab/clip.mjpeg"), 3);
    if (Deno.build.os === "linux") {
      await Deno.writeFile(`${root}/Lab/CLIP.mjpeg`, OTHER);
      assertEquals(await countOf(library, "lab/clip.mjpeg"), "MediaNotFoundError");
      assertEquals(await countOf(library, "lab/CLIP.mjpeg"), 4);
    }
  }));

Deno.test("nothing outside the root is opened, however it is spelled", () =>
  withLibrary(async (root, library) => {
    await Deno.mkdir(`${root}/lab`);
    const secret = root.replace(/media$/, "secret.mjpeg");
    assertEquals((await Deno.stat(secret)).isFile, true);
    for (
      const name of [
        "../secret.mjpeg",
        "lab/../../secret.mjpeg",
        "/../secret.mjpeg",
        "%2e%2e/secret.mjpeg",
        "..%2Fsecret.mjpeg",
        "%2e%2e%2fsecret.mjpeg",
        "%252e%252e%252fsecret.mjpeg",
        "..\\secret.mjpeg",
        "..%5csecret.mjpeg",
        "....//secret.mjpeg",
        "secret.mjpeg%00",
        secret,
        `/${secret}`,
        secret.replaceAll("/", "%2f"),
        `file://${secret}`,
        "",
        "/",
        ".",
        "lab",
        "lab/",
      ]
    ) {
      const error = await assertRejects(() => library.open(name), MediaNotFoundError);
      assertEquals(error.media, name);
    }
  }));

Deno.test("an absolute path is taken below the root", () =>
  withLibrary(async (root, library) => {
    await Deno.mkdir(`${root}/etc`);
    await Deno.writeFile(`${root}/etc/clip.mjpeg`, CLIP);
    assertEquals(await countOf(library, "/etc/clip.mjpeg"), 3);
  }));

Deno.test({
  name: "links count when they stay inside the root, and not when they lead out",
  ignore: NO_LINKS,
  fn: () =>
    withLibrary(async (root, library) => {
      await Deno.mkdir(`${root}/lab`);
      await Deno.writeFile(`${root}/lab/clip.mjpeg`, CLIP);
      await Deno.symlink("lab/clip.mjpeg", `${root}/inside.mjpeg`);
      await Deno.symlink("../secret.mjpeg", `${root}/out.mjpeg`);
      await Deno.symlink("..", `${root}/up`);
      await Deno.symlink("/", `${root}/top`);
      await Deno.symlink("loop.mjpeg", `${root}/loop.mjpeg`);
      await Deno.symlink("nowhere.mjpeg", `${root}/dangling.mjpeg`);
      // A folder beside the root whose path begins like the root's.
      await Deno.mkdir(`${root}-private`);
      await Deno.writeFile(`${root}-private/clip.mjpeg`, CLIP);
      await Deno.symlink(`${root}-private/clip.mjpeg`, `${root}/private.mjpeg`);
      assertEquals(await countOf(library, "inside.mjpeg"), 3);
      for (
        const name of [
          "out.mjpeg",
          "OUT.mjpeg",
          "up/secret.mjpeg",
          "UP/SECRET.mjpeg",
          `top${root}/../secret.mjpeg`,
          `top${root.replace(/media$/, "secret.mjpeg")}`,
          "loop.mjpeg",
          "dangling.mjpeg",
          "private.mjpeg",
        ]
      ) {
        assertEquals(await countOf(library, name), "MediaNotFoundError", name);
      }
      assertEquals(await library.list(), ["inside.mjpeg", "lab/clip.mjpeg", "movie.Mjpeg"]);
    }),
});

Deno.test({
  name: "a FIFO and a device are never opened",
  ignore: NO_LINKS,
  fn: () =>
    withLibrary(async (root, library) => {
      const made = await new Deno.Command("mkfifo", { args: [`${root}/pipe.mjpeg`] }).output();
      assert(made.success);
      await Deno.symlink("/dev/zero", `${root}/zero.mjpeg`);
      assertEquals(await countOf(library, "pipe.mjpeg"), "MediaNotFoundError");
      assertEquals(await countOf(library, "zero.mjpeg"), "MediaNotFoundError");
      assertEquals(await library.list(), ["movie.Mjpeg"]);
    }),
});

Deno.test("what cannot be played says so, by name, frame and byte", () =>
  withLibrary(async (root, library) => {
    await Deno.writeFile(`${root}/cut.mjpeg`, CLIP.subarray(0, 20));
    const open = (): Promise<unknown> => library.open("/cut.mjpeg");
    const error = await assertRejects(
      open,
      MediaUnreadableError,
      "frame 1 at byte 0: The length 50",
    );
    assertEquals(error.media, "cut.mjpeg");
    await Deno.writeFile(`${root}/cut.mjpeg`, CLIP);
    assertEquals(await countOf(library, "cut.mjpeg"), 3);
  }));

Deno.test("those who watch a file share it until the last one leaves", () =>
  withLibrary(async (root, library) => {
    await Deno.writeFile(`${root}/clip.mjpeg`, CLIP);
    const [one, two] = await Promise.all([library.open("clip.mjpeg"), library.open("/clip.mjpeg")]);
    assert(await one.frame(1) === await two.frame(1), "the same bytes");
    one.close();
    one.close();
    one.release();
    await assertRejects(async () => await one.frame(1), SourceClosedError);
    await assertRejects(() => one.frameCount(), SourceClosedError);
    one.prefetch(2);
    assertEquals(two.frame(1), tinyJpegs(3)[1]);
    two.prefetch(2);
    assertEquals(await two.frame(2), tinyJpegs(3)[2]);
    assertEquals(await two.frameCount(), 3);
    assertEquals([two.knownFrameCount, two.frameRate, two.faults], [3, undefined, []]);
    two.release();
  }));

Deno.test("a file replaced while it is open is opened anew for those who come later", () =>
  withLibrary(async (root, library) => {
    await Deno.writeFile(`${root}/clip.mjpeg`, CLIP);
    const old = await library.open("clip.mjpeg");
    await Deno.writeFile(`${root}/new.part`, OTHER);
    if (Deno.build.os !== "windows") await Deno.rename(`${root}/new.part`, `${root}/clip.mjpeg`);
    else await Deno.writeFile(`${root}/clip.mjpeg`, OTHER);
    const fresh = await library.open("clip.mjpeg");
    assertEquals(await fresh.frameCount(), 4);
    if (Deno.build.os !== "windows") assertEquals(await old.frameCount(), 3);
    old.close();
    assertEquals(await countOf(library, "clip.mjpeg"), 4);
    assertEquals(await allFrames(fresh), tinyJpegs(4));
    fresh.close();
  }));

Deno.test("a file that was written to in place is opened anew", () =>
  withLibrary(async (root, library) => {
    await Deno.writeFile(`${root}/clip.mjpeg`, CLIP);
    const old = await library.open("clip.mjpeg");
    await Deno.writeFile(`${root}/clip.mjpeg`, labFile([tinyJpeg(50, 50), ...tinyJpegs(3)]));
    assertEquals(await countOf(library, "clip.mjpeg"), 4);
    // The same length, another time.
    await Deno.writeFile(`${root}/clip.mjpeg`, CLIP);
    await Deno.utime(`${root}/clip.mjpeg`, 1_000_000, 1_000_000);
    const first = await library.open("clip.mjpeg");
    await Deno.writeFile(`${root}/clip.mjpeg`, labFile([tinyJpeg(9, CLIP.length - 5)]));
    assertEquals(await countOf(library, "clip.mjpeg"), 1);
    first.close();
    old.close();
  }));

Deno.test("a removed file plays on for those who have it, and is not found by others", {
  ignore: Deno.build.os === "windows",
}, () =>
  withLibrary(async (root, library) => {
    await Deno.writeFile(`${root}/clip.mjpeg`, CLIP);
    const source = await library.open("clip.mjpeg");
    await Deno.remove(`${root}/clip.mjpeg`);
    assertEquals(await allFrames(source), tinyJpegs(3));
    assertEquals(await countOf(library, "clip.mjpeg"), "MediaNotFoundError");
    source.close();
  }));

Deno.test("a list names the media files and built-in clips with their sizes", () =>
  withLibrary(async (root, library) => {
    await Deno.mkdir(`${root}/lab/.hidden`, { recursive: true });
    for (
      const name of ["b.mjpeg", "A.MJPG", "lab/c.Mjpeg", "lab/.hidden/d.mjpeg", ".e.mjpeg", "f.txt"]
    ) {
      await Deno.writeFile(`${root}/${name}`, CLIP);
    }
    const size = CLIP.length;
    assertEquals(await library.entries(), [
      { name: "A.MJPG", size, builtIn: false },
      { name: "b.mjpeg", size, builtIn: false },
      { name: "lab/c.Mjpeg", size, builtIn: false },
      { name: "movie.Mjpeg", size: BUILT_IN.get("movie.Mjpeg")!.length, builtIn: true },
    ]);
    await Deno.writeFile(`${root}/MOVIE.mjpeg`, CLIP);
    assertEquals(await library.list(), ["A.MJPG", "MOVIE.mjpeg", "b.mjpeg", "lab/c.Mjpeg"]);
    for (const name of await library.list()) {
      assert(typeof await countOf(library, name) === "number");
    }
  }));

Deno.test("a folder of numbered pictures is one medium, by its own name", () =>
  withLibrary(async (root, library) => {
    await Deno.mkdir(`${root}/holiday/Day One`, { recursive: true });
    const sizes: number[] = [];
    for (let i = 1; i <= 12; i++) {
      const picture = tinyJpeg(i, 100 + i);
      sizes.push(picture.length);
      await Deno.writeFile(`${root}/holiday/Day One/img_${i}.jpg`, picture);
    }
    await Deno.writeFile(`${root}/holiday/Day One/cover.JPEG`, tinyJpeg(90));
    await Deno.writeFile(`${root}/holiday/Day One/film.avi`, CLIP);
    await Deno.writeFile(`${root}/holiday/Day One/.img_13.jpg`, tinyJpeg(91));
    await Deno.writeFile(`${root}/holiday/Day One/frames.json`, ascii("{}"));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assertEquals((await library.entries()).filter(({ builtIn }) => !builtIn), [
      { name: "holiday/Day One", size: total, builtIn: false },
      { name: "holiday/Day One/cover.JPEG", size: 60, builtIn: false },
      { name: "holiday/Day One/film.avi", size: CLIP.length, builtIn: false },
    ]);
    for (const name of ["holiday/Day One", "/holiday/Day%20One/", "Holiday/DAY ONE"]) {
      const source = await library.open(name);
      assertEquals(source.frame(0), tinyJpeg(1, 101), "the first frame is at hand");
      assertEquals(await source.frame(9), tinyJpeg(10, 110), "10 comes after 9");
      assertEquals(source.knownFrameCount, 12);
      source.release();
    }
    assertEquals(await countOf(library, "holiday"), "MediaNotFoundError");
    assertEquals(await countOf(library, "holiday/Day One/img_3.jpg"), Infinity);
    assertEquals(await countOf(library, "holiday/Day One/cover.JPEG"), Infinity);
  }));

Deno.test("a root that is a folder of numbered pictures itself answers to its own name", () =>
  withLibrary(async (root, library) => {
    for (let i = 1; i <= 3; i++) await Deno.writeFile(`${root}/${i}.jpg`, tinyJpeg(i));
    assertEquals(await library.list(), ["media", "movie.Mjpeg"]);
    assertEquals(await countOf(library, "media"), 3);
    assertEquals(await countOf(library, "media/1.jpg"), "MediaNotFoundError");
    await Deno.mkdir(`${root}/media`);
    assertEquals(await countOf(library, "media"), "MediaNotFoundError");
  }));

Deno.test("those who watch a folder share it until pictures come or go", () =>
  withLibrary(async (root, library) => {
    await Deno.mkdir(`${root}/shots`);
    for (let i = 1; i <= 2; i++) await Deno.writeFile(`${root}/shots/${i}.jpg`, tinyJpeg(i));
    const one = await library.open("shots");
    const two = await library.open("shots");
    assert(one.frame(0) === two.frame(0), "the same bytes");
    await Deno.writeFile(`${root}/shots/3.jpg`, tinyJpeg(3));
    assertEquals(await countOf(library, "shots"), 3);
    assertEquals(await one.frameCount(), 2);
    await Deno.remove(`${root}/shots/2.jpg`);
    const gone = async (): Promise<unknown> => await one.frame(1);
    await assertRejects(gone, FrameDamagedError, '"2.jpg": The file is not there any more');
    one.release();
    two.release();
  }));

Deno.test("a folder whose first picture is none says so", () =>
  withLibrary(async (root, library) => {
    await Deno.mkdir(`${root}/shots`);
    for (let i = 1; i <= 2; i++) await Deno.writeFile(`${root}/shots/${i}.jpg`, ascii("text"));
    const open = (): Promise<unknown> => library.open("shots");
    await assertRejects(
      open,
      MediaUnreadableError,
      'shots: Frame 1 at byte 0: "1.jpg": The file is neither a JPEG nor a PNG',
    );
  }));

Deno.test({
  name: "pictures of a folder obey the rules of files: no links out, no FIFOs",
  ignore: NO_LINKS,
  fn: () =>
    withLibrary(async (root, library) => {
      await Deno.mkdir(`${root}/shots`);
      await Deno.writeFile(`${root}/shots/1.jpg`, tinyJpeg(1));
      await Deno.writeFile(`${root}/shots/2.jpg`, tinyJpeg(2));
      await Deno.symlink("../../secret.mjpeg", `${root}/shots/3.jpg`);
      const made = await new Deno.Command("mkfifo", { args: [`${root}/shots/4.jpg`] }).output();
      assert(made.success);
      await Deno.symlink("2.jpg", `${root}/shots/5.jpg`);
      const source = await library.open("shots");
      assertEquals(await source.frameCount(), 5);
      for (const index of [2, 3]) {
        await assertRejects(async () => await source.frame(index), FrameDamagedError);
      }
      assertEquals(await source.frame(4), tinyJpeg(2));
      source.release();
      // A folder that is a link out is none.
      await Deno.mkdir(`${root}-private`);
      for (let i = 1; i <= 2; i++) await Deno.writeFile(`${root}-private/${i}.jpg`, tinyJpeg(i));
      await Deno.symlink(`${root}-private`, `${root}/private`);
      assertEquals(await countOf(library, "private"), "MediaNotFoundError");
      assertEquals(await countOf(library, "PRIVATE"), "MediaNotFoundError");
      assertEquals(await library.list(), ["shots", "movie.Mjpeg"]);
    }),
});

Deno.test("a list goes so many folders deep and no deeper", () =>
  withLibrary(async (root, library) => {
    const deep = `${root}/${"d/".repeat(8)}`;
    await Deno.mkdir(`${deep}d`, { recursive: true });
    await Deno.writeFile(`${deep}in.mjpeg`, CLIP);
    await Deno.writeFile(`${deep}d/out.mjpeg`, CLIP);
    assertEquals(await library.list(), [`${"d/".repeat(8)}in.mjpeg`, "movie.Mjpeg"]);
  }));

Deno.test("a library closed while media is being opened hands none out", () =>
  withLibrary(async (root, library) => {
    await Deno.writeFile(`${root}/clip.mjpeg`, CLIP);
    const first = await library.open("clip.mjpeg");
    const second = library.open("clip.mjpeg");
    second.catch(() => {});
    const closing = library.close();
    await assertRejects(() => second, SourceClosedError);
    await closing;
    first.close();
  }));

Deno.test("a closed library has closed everything and opens nothing", () =>
  withLibrary(async (root, library) => {
    await Deno.writeFile(`${root}/clip.mjpeg`, CLIP);
    const source = await library.open("clip.mjpeg");
    await library.close();
    await assertRejects(async () => await source.frame(2), SourceClosedError);
    await assertRejects(() => library.open("movie.Mjpeg"), SourceClosedError);
    source.close();
  }));
