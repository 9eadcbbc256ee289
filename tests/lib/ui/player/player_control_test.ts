// The player against the real server, with no page before it.
import { listLabFiles } from "../../../../lib/client/lab/list_files.ts";
import { systemClock } from "../../../../lib/net/clock.ts";
import { listenTcp } from "../../../../lib/net/tcp.ts";
import { PlayerControl } from "../../../../lib/ui/player/player_control.ts";
import { parseAddressForm } from "../../../../lib/ui/player/stream_address.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { clip } from "../../../support/clips.ts";
import { type TestServer, withServer } from "../../../support/server.ts";
import { eventually } from "../../../support/wait.ts";

const FRAMES = 200;
const FILES = { "movie.Mjpeg": clip({ frames: FRAMES, width: 32, height: 16 }) };

function newPlayer(): PlayerControl {
  return new PlayerControl({
    clock: systemClock,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    timeout: 3000,
  });
}

/** Runs `use` with a player whose stream is chosen; afterwards it is closed. */
async function withPlayer(
  port: number,
  dialect: string,
  use: (player: PlayerControl) => Promise<void>,
  file = "movie.Mjpeg",
): Promise<void> {
  const player = newPlayer();
  const form = { address: "127.0.0.1", port: `${port}`, rtpPort: "0", file, dialect };
  try {
    await player.choose(parseAddressForm({ ...form, transport: "auto" }));
    await use(player);
  } finally {
    await player.close();
  }
}

const passes = (player: PlayerControl, frame: number): Promise<void> => {
  return eventually(`frame ${frame}`, () => (player.snapshot.frame ?? 0) >= frame);
};

for (const dialect of ["lab", "rtsp"]) {
  Deno.test(`jumps and pauses are no loss and raise no alarm: ${dialect}`, async () => {
    await withServer({ files: FILES, fps: 50 }, async (server) => {
      await withPlayer(server.port, dialect, async (player) => {
        await player.start();
        await passes(player, 10);
        for (const action of ["backward", "restart", "pause", "play"] as const) {
          await player.act(action);
          assertEquals([player.snapshot.notice, player.snapshot.failure], [undefined, undefined]);
        }
        if (dialect === "lab") await player.act("forward");
        await passes(player, 30);
        await player.act("pause");
        const { numbers, findings } = player.snapshot;
        assertEquals([numbers.lost, numbers.damagedFrames], [0, 0]);
        const levels = findings.filter(({ level }) => level !== "info").map(({ code }) => code);
        assertEquals(levels, []);
      });
    });
  });

  Deno.test(`a button that does not work now does nothing: ${dialect}`, async () => {
    await withServer({ files: FILES }, async (server) => {
      await withPlayer(server.port, dialect, async (player) => {
        for (const action of ["play", "pause", "restart", "forward", "teardown"] as const) {
          await player.act(action);
        }
        assertEquals(player.log.entries.length, 0);
        await player.act("setup");
        const before = player.log.entries.length;
        await player.act("setup");
        await player.act("pause");
        assertEquals(player.log.entries.length, before);
      });
    });
  });
}

Deno.test("TEARDOWN calls off a SETUP that gets no answer", async () => {
  const silent = listenTcp("127.0.0.1", 0);
  try {
    await withPlayer(silent.addr.port, "rtsp", async (player) => {
      const setup = player.act("setup");
      assert(player.allows("teardown"));
      await player.act("teardown");
      await setup;
      const { state, failure, busy } = player.snapshot;
      assertEquals([state, failure, busy], ["Init", undefined, undefined]);
    });
  } finally {
    silent.close();
  }
});

Deno.test("another stream chosen in the middle takes the place of the first", async () => {
  const files = { ...FILES, "other.Mjpeg": clip({ frames: 50, width: 32, height: 16 }) };
  await withServer({ files }, async (server: TestServer) => {
    await withPlayer(server.port, "lab", async (player) => {
      await player.start();
      await passes(player, 5);
      const form = { address: "127.0.0.1", port: `${server.port}`, rtpPort: "0", dialect: "lab" };
      await player.choose(parseAddressForm({ ...form, file: "other.Mjpeg", transport: "auto" }));
      assertEquals([player.snapshot.state, player.frame], ["Init", undefined]);
      await player.start();
      await passes(player, 3);
      assertEquals(player.snapshot.frames, 50);
      assertEquals(server.all("session-ended").length, 1);
    });
  });
});

Deno.test("a file that is not there is a failure in plain words, not an error", async () => {
  await withServer({ files: FILES }, async (server) => {
    await withPlayer(server.port, "rtsp", async (player) => {
      await player.start();
      assertEquals(player.snapshot.failure?.title, "There is no such file");
      assertEquals(player.snapshot.state, "Init");
    }, "nothing.Mjpeg");
  });
});

Deno.test("a lab server of this program's says which files it has", async () => {
  const files = { ...FILES, "other.Mjpeg": clip({ frames: 2, width: 32, height: 16 }) };
  await withServer({ files }, async (server) => {
    const options = { clock: systemClock, timeout: 3000, observer: {} };
    const names = await listLabFiles("127.0.0.1", server.port, options);
    assertEquals(names?.toSorted(), ["movie.Mjpeg", "other.Mjpeg"]);
  });
});
