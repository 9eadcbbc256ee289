// Nothing but regular media files below the root, by whatever name, link or kind of file.
import { MediaLibrary } from "../../../../lib/media/library.ts";
import { labFile } from "../../media/frames.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { MOVIE, withServer } from "../../../support/rtsp_server.ts";

const SPELLINGS = [
  "../secret.Mjpeg",
  "..%2fsecret.Mjpeg",
  "%2e%2e/secret.Mjpeg",
  "%2e%2e%2fsecret.Mjpeg",
  "%252e%252e%252fsecret.Mjpeg",
  "..%252fsecret.Mjpeg",
  "..%5csecret.Mjpeg",
  "..\\secret.Mjpeg",
  "....//secret.Mjpeg",
  ".../secret.Mjpeg",
  "./../secret.Mjpeg",
  "in/../../secret.Mjpeg",
  "in/..%2f..%2fsecret.Mjpeg",
  "/../secret.Mjpeg",
  "//..//secret.Mjpeg",
  "%c0%ae%c0%ae/secret.Mjpeg",
  "..%c0%afsecret.Mjpeg",
  "%u002e%u002e/secret.Mjpeg",
  "in%00/../secret.Mjpeg",
  "secret.Mjpeg%00",
  "in/movie.Mjpeg/../../../secret.Mjpeg",
  "?/../secret.Mjpeg",
  "in?/../../secret.Mjpeg",
  "~/secret.Mjpeg",
  "file:///secret.Mjpeg",
  "link.Mjpeg",
  "out/secret.Mjpeg",
  "out",
  "pipe.Mjpeg",
  "null.Mjpeg",
  "in",
  ".",
  "",
];

Deno.test("no spelling, no link and no device leads out of the root, and none of them waits", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-traversal-" });
  const root = `${folder}/root`;
  await Deno.mkdir(`${root}/in`, { recursive: true });
  await Deno.writeFile(`${folder}/secret.Mjpeg`, labFile(MOVIE));
  await Deno.writeFile(`${root}/in/movie.Mjpeg`, labFile(MOVIE));
  await Deno.symlink(`${folder}/secret.Mjpeg`, `${root}/link.Mjpeg`);
  await Deno.symlink(folder, `${root}/out`);
  await Deno.symlink("/dev/null", `${root}/null.Mjpeg`);
  await Deno.symlink(`${root}/in/movie.Mjpeg`, `${root}/inside.Mjpeg`);
  await new Deno.Command("mkfifo", { args: [`${root}/pipe.Mjpeg`] }).output();
  const media = new MediaLibrary({ root });
  await withServer({ media }, async (test) => {
    const peer = await test.connect();
    const headers = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"];
    for (const name of SPELLINGS) {
      for (const method of ["DESCRIBE", "SETUP"]) {
        await peer.send(`${method} ${test.url(name)} RTSP/1.0\r\nCSeq: 1\r\n${headers[0]}\r\n\r\n`);
        const { status, body } = await peer.response();
        assert(status === 404 || status === 400, `${method} ${name}: ${status}`);
        assert(!new TextDecoder().decode(body).includes(folder), "no path of this machine is told");
      }
    }
    assertEquals(test.server.sessionCount, 0);
    for (const name of ["in/movie.Mjpeg", "inside.Mjpeg", "in/./movie.Mjpeg"]) {
      assertEquals((await peer.request("DESCRIBE", test.url(name))).status, 200, name);
    }
  });
  await media.close();
  await Deno.remove(folder, { recursive: true });
});
