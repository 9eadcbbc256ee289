// What a lab client receives, over real sockets: byte for byte the file's frames, by their numbers.
import { assert, assertEquals } from "../../../support/assert.ts";
import type { LabClient } from "../../../support/lab_client.ts";
import { withServer } from "../../../support/server.ts";
import { eventually } from "../../../support/wait.ts";
import { labFile, tinyJpeg, tinyJpegs } from "../../media/frames.ts";

const JPEGS = tinyJpegs(60);
const FILES = { "movie.Mjpeg": labFile(JPEGS) };

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Checks that every frame is the file's frame of that number. */
function checkFrames(client: LabClient, jpegs: readonly Uint8Array[] = JPEGS): void {
  for (const { sequence, payload } of client.packets) {
    assertEquals(payload, jpegs[sequence - 1], `frame ${sequence}`);
  }
}

Deno.test("a whole file comes frame by frame, its numbers from 1, in media time", async () => {
  await withServer({ files: FILES, fps: 250 }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    await client.request("PLAY");
    await client.until(({ packets }) => packets.length === 60);
    assertEquals(client.numbers, range(1, 60));
    checkFrames(client);
    const rest = client.packets.map(({ marker, payloadType, timestamp, ssrc }) => {
      return [marker, payloadType, timestamp, ssrc];
    });
    assertEquals(rest, range(0, 59).map((i) => [true, 26, i * 360, 0]));
    assertEquals((await client.request("TEARDOWN")).status, 200);
    assertEquals(server.all("session-ended").map(({ frames }) => frames), [60]);
  });
});

Deno.test("pauses skip nothing and repeat nothing", async () => {
  await withServer({ files: FILES, fps: 100 }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    for (const frames of [1, 9, 23, 24, 60]) {
      await client.request("PLAY");
      await client.until(({ packets }) => packets.length >= frames);
      await client.request("PAUSE");
    }
    assertEquals(client.numbers, range(1, 60));
    checkFrames(client);
  });
});

/** Presses while frame 10 or a later one is the last sent, and the frames that follow it. */
const JUMPS: { method: string; line?: string; next: (last: number) => number }[] = [
  { method: "FORWARD", next: (last) => last + 21 },
  { method: "BACKWARD", next: (last) => Math.max(1, last - 19) },
  { method: "RESTART", next: () => 1 },
  { method: "SETTIME", line: "FRAME: 42\n", next: () => 42 },
  { method: "SETTIME", line: "FRAME: 9999\n", next: () => 60 },
  { method: "SETTIME", line: "FRAME: 0\n", next: () => 1 },
];

for (const { method, line, next } of JUMPS) {
  const name = line === undefined ? method : `${method} ${line.trim()}`;
  Deno.test(`${name} goes on where the seven buttons' client expects it`, async () => {
    await withServer({ files: FILES, fps: 100 }, async (server) => {
      const client = await server.client("RTSP/1.4");
      await client.request("SETUP");
      await client.request("PLAY");
      await client.until(({ packets }) => packets.length >= 10);
      assertEquals((await client.request(method, "movie.Mjpeg", line)).status, 200);
      // The reply comes when all frames from before the jump have, and before any from after it.
      const before = client.packets.length;
      await client.until(({ packets }) => packets.length > before);
      const numbers = client.numbers;
      assertEquals(numbers.slice(0, before), range(1, before));
      assertEquals(numbers[before], next(before));
      checkFrames(client);
    });
  });

  Deno.test(`${name} while paused stays paused, and PLAY goes on there`, async () => {
    await withServer({ files: FILES, fps: 100 }, async (server) => {
      const client = await server.client("RTSP/1.4");
      await client.request("SETUP");
      await client.request(method, "movie.Mjpeg", line);
      await client.request("OPTIONS");
      assertEquals(client.numbers, []);
      await client.request("PLAY");
      await client.until(({ packets }) => packets.length > 0);
      assertEquals(client.numbers[0], next(0));
    });
  });
}

Deno.test("near the end FORWARD shows the last frame, and after the end it does so again", async () => {
  await withServer({ files: FILES, fps: 200 }, async (server) => {
    const client = await server.client("RTSP/1.4");
    await client.request("SETUP");
    await client.request("PLAY");
    await client.until(({ packets }) => packets.length === 60);
    for (const count of [61, 62]) {
      await client.request("FORWARD");
      await client.until(({ packets }) => packets.length === count);
    }
    await client.request("BACKWARD");
    await client.until(({ packets }) => packets.length === 82);
    assertEquals(client.numbers, [...range(1, 60), 60, 60, ...range(41, 60)]);
  });
});

Deno.test("after the end the session lives on, and PLAY after PAUSE begins anew", async () => {
  await withServer(
    { files: { "movie.Mjpeg": labFile(tinyJpegs(3)) }, fps: 100 },
    async (server) => {
      const client = await server.client();
      await client.request("SETUP");
      await client.request("PLAY");
      await eventually("the end", () => server.all("session-end-of-media").length === 1);
      await client.request("PAUSE");
      await client.request("PLAY");
      await client.until(({ packets }) => packets.length === 6);
      assertEquals(client.numbers, [1, 2, 3, 1, 2, 3]);
      assertEquals((await client.request("TEARDOWN")).status, 200);
    },
  );
});

Deno.test("a still counts its frames, though they are one picture", async () => {
  await withServer({ files: { "one.jpg": JPEGS[0]! }, fps: 100 }, async (server) => {
    const client = await server.client();
    await client.request("SETUP", "one.jpg");
    await client.request("PLAY", "one.jpg");
    await client.until(({ packets }) => packets.length >= 4);
    assertEquals(client.numbers.slice(0, 4), range(1, 4));
  });
});

Deno.test("a loop goes on counting, so that no client drops what comes", async () => {
  const jpegs = tinyJpegs(4);
  await withServer(
    { files: { "movie.Mjpeg": labFile(jpegs) }, fps: 200, loop: true },
    async (server) => {
      const client = await server.client();
      await client.request("SETUP");
      await client.request("PLAY");
      await client.until(({ packets }) => packets.length >= 11);
      assertEquals(client.numbers.slice(0, 11), range(1, 11));
      checkFrames(client, [...jpegs, ...jpegs, ...jpegs, ...jpegs]);
    },
  );
});

Deno.test("a loop goes on counting for a Java client too, whose replies tell no length", async () => {
  const files = { "movie.Mjpeg": labFile(tinyJpegs(3)) };
  await withServer({ files, fps: 200, loop: true }, async (server) => {
    const client = await server.client();
    const line = (method: string) => `${method} movie.Mjpeg RTSP/1.0\r\nCSeq: 1\r\n`;
    const transport = `Transport: RTP/UDP; client_port= ${client.socket.port}`;
    const { session } = await client.ask(`${line("SETUP")}${transport}\r\n`);
    await client.ask(`${line("PLAY")}Session: ${session}\r\n`);
    await client.until(({ packets }) => packets.length >= 11);
    assertEquals(client.numbers.slice(0, 11), range(1, 11));
  });
});

/** Presses in a later pass, and the number that the seven buttons' client counts from then. */
const LOOP_JUMPS: { method: string; counter: (last: number) => number }[] = [
  { method: "FORWARD", counter: (last) => last + 20 },
  { method: "BACKWARD", counter: (last) => last - 20 },
  { method: "RESTART", counter: () => 0 },
];

for (const { method, counter } of LOOP_JUMPS) {
  for (const length of [7, 50]) {
    Deno.test(`${method} in a loop of ${length} frames goes on above the client's counter`, async () => {
      const jpegs = tinyJpegs(length);
      const files = { "movie.Mjpeg": labFile(jpegs) };
      await withServer({ files, fps: 200, loop: true }, async (server) => {
        const client = await server.client("RTSP/1.4");
        await client.request("SETUP");
        await client.request("PLAY");
        for (const frames of [10, 70, 90]) {
          await client.until(({ packets }) => packets.length >= frames);
          assertEquals((await client.request(method)).status, 200);
          const before = client.packets.length;
          await client.until(({ packets }) => packets.length > before);
          const [last, next] = client.numbers.slice(before - 1) as [number, number];
          assert(next > counter(last), `${next} after ${last}`);
          if (method !== "BACKWARD") assertEquals(next, counter(last) + 1);
        }
        const passes = Math.ceil(Math.max(...client.numbers) / length);
        checkFrames(client, Array.from({ length: passes }, () => jpegs).flat());
      });
    });
  }
}

Deno.test("after TEARDOWN the connection takes a new SETUP, with another session", async () => {
  await withServer({ files: FILES, fps: 100 }, async (server) => {
    const client = await server.client();
    const sessions = new Set<string>();
    for (const end of ["TEARDOWN", "STOP", "TEARDOWN"]) {
      const before = client.packets.length;
      assertEquals((await client.request("SETUP")).status, 200);
      sessions.add(client.session);
      assertEquals((await client.request("PLAY")).status, 200);
      await client.until(({ packets }) => packets.length > before);
      assertEquals(client.numbers[before], 1);
      assertEquals((await client.request(end)).session, client.session);
      assertEquals(server.server.sessionCount, 0);
    }
    assertEquals(sessions.size, 3);
  });
});

Deno.test("SETUP lost in the client's own race is answered again with the same session", async () => {
  await withServer({ files: FILES }, async (server) => {
    const client = await server.client();
    const transport = `Transport: RTP/UDP; client_port= ${client.socket.port}`;
    const setup = `SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\n${transport}`;
    const first = await client.ask(setup);
    assertEquals(await client.ask(setup), first);
    assertEquals(server.server.sessionCount, 1);
  });
});

Deno.test("another file is chosen while paused, and played from its first frame", async () => {
  const other = Array.from({ length: 5 }, (_, i) => tinyJpeg(100 + i));
  const files = { ...FILES, "other.Mjpeg": labFile(other) };
  await withServer({ files, fps: 100 }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    await client.request("PLAY");
    await client.until(({ packets }) => packets.length >= 3);
    await client.request("PAUSE");
    assertEquals((await client.request("SWITCH")).lines, ["movie.Mjpeg other.Mjpeg"]);
    const before = client.packets.length;
    const chosen = await client.request("CHOOSE", "other.Mjpeg");
    assertEquals([chosen.status, chosen.session], [200, client.session]);
    await client.request("PLAY", "other.Mjpeg");
    await client.until(({ packets }) => packets.length === before + 5);
    assertEquals(client.packets.slice(before).map(({ payload }) => payload), other);
  });
});

Deno.test("a frame that no datagram carries is left out and told, and the others come", async () => {
  const jpegs = [tinyJpeg(1), tinyJpeg(2, 65_496), tinyJpeg(3, 65_495), tinyJpeg(4, 20_469)];
  await withServer({ files: { "movie.Mjpeg": labFile(jpegs) }, fps: 50 }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    await client.request("PLAY");
    await client.until(({ packets }) => packets.length === 3);
    assertEquals(client.numbers, [1, 3, 4]);
    checkFrames(client, jpegs);
    assertEquals(server.all("session-warning").map(({ message }) => message), [
      "frame 2 has 65496 bytes and does not fit a datagram (at most 65495); left out, as others like it",
      "frame 3 has 65495 bytes; clients that receive 20,480 at a time show it cut",
    ]);
  });
});

/** How a client may leave without a word. */
const DEPARTURES: { name: string; leave: (client: LabClient) => Promise<void> | void }[] = [
  { name: "closes while it plays", leave: (client) => client.close() },
  { name: "closes its writing half", leave: ({ connection }) => connection.closeWrite() },
  {
    name: "closes in the middle of a request",
    leave: async (client) => {
      await client.say("PAUSE movie.Mjpeg RT");
      client.close();
    },
  },
];

for (const { name, leave } of DEPARTURES) {
  Deno.test(`a client that ${name} disturbs no other and leaves nothing`, async () => {
    await withServer({ files: FILES, fps: 100 }, async (server) => {
      const [leaver, stayer] = [await server.client(), await server.client()];
      for (const client of [leaver, stayer]) {
        await client.request("SETUP");
        await client.request("PLAY");
      }
      await leaver.until(({ packets }) => packets.length >= 5);
      await leave(leaver);
      await stayer.until(({ packets }) => packets.length === 60);
      assertEquals(stayer.numbers, range(1, 60));
      assertEquals([server.server.connectionCount, server.server.sessionCount], [1, 1]);
      assert(leaver.packets.length < 60);
    });
  });
}

Deno.test("a client whose UDP port is gone disturbs no other", async () => {
  await withServer({ files: FILES, fps: 100 }, async (server) => {
    const [deaf, other] = [await server.client(), await server.client()];
    for (const client of [deaf, other]) {
      await client.request("SETUP");
      await client.request("PLAY");
    }
    deaf.socket.close();
    await other.until(({ packets }) => packets.length === 60);
    assertEquals(other.numbers, range(1, 60));
    assertEquals((await deaf.request("TEARDOWN")).status, 200);
  });
});

Deno.test("a server that is closed ends every conversation and leaves nothing", async () => {
  await withServer({ files: FILES, fps: 100 }, async (server) => {
    const clients = [await server.client(), await server.client(), await server.client()];
    await clients[0]!.request("SETUP");
    await clients[1]!.request("SETUP");
    await clients[1]!.request("PLAY");
    await clients[1]!.until(({ packets }) => packets.length >= 2);
    server.server.close();
    for (const client of clients) {
      assertEquals(await client.hear().catch(() => undefined), undefined);
    }
    await server.idle();
    const ends = server.all("session-ended").map(({ reason }) => reason);
    assertEquals(ends, ["server stopped", "server stopped"]);
  });
});
