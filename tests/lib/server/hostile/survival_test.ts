// Faults of one session are told and stay its own; a server that stops answers what it was asked.
import { describeFault } from "../../../../lib/server/fault.ts";
import { ScheduledTask } from "../../../../lib/server/moments.ts";
import { Scheduler } from "../../../../lib/server/scheduler.ts";
import { MediaLibrary } from "../../../../lib/media/library.ts";
import { RtspServer } from "../../../../lib/server/server.ts";
import { DEFAULT_SERVER_OPTIONS } from "../../../../lib/server/options.ts";
import type { ServerEvent } from "../../../../lib/server/events.ts";
import { systemClock, withTimeout } from "../../../../lib/net/clock.ts";
import { listenTcp } from "../../../../lib/net/tcp.ts";
import type { FrameSource } from "../../../../lib/stream/frame_source.ts";
import type { MediaProvider } from "../../../../lib/stream/media_provider.ts";
import { labFile } from "../../media/frames.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { MOVIE, pass, withServer } from "../../../support/rtsp_server.ts";
import { eventually } from "../../../support/wait.ts";

/** Media of which one frame is a defect: thrown at once, or as a promise's. */
function faulty(
  frame: number,
  how: "at once" | "later",
): { media: MediaProvider; close: () => void } {
  const builtIn = new Map([["movie.Mjpeg", labFile(MOVIE)], ["other.Mjpeg", labFile(MOVIE)]]);
  const library = new MediaLibrary({ root: "/nonexistent", builtIn });
  const open: MediaProvider["open"] = async (name) => {
    const lease = await library.open(name);
    if (name !== "movie.Mjpeg") return lease;
    const source = new Proxy(lease.source, {
      get: (target, key) => {
        if (key !== "frame") {
          const value = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        }
        return (index: number) => {
          if (index !== frame) return target.frame(index);
          const error = new TypeError("a defect of the test's own");
          if (how === "at once") throw error;
          return Promise.reject(error);
        };
      },
    }) as FrameSource;
    return { source, origin: lease.origin, release: () => lease.release() };
  };
  return { media: { open, list: () => library.list() }, close: () => library.close() };
}

for (const how of ["at once", "later"] as const) {
  Deno.test(`a defect in a frame's reading, thrown ${how}, is told with its session, and others play on`, async () => {
    const { media, close } = faulty(3, how);
    await withServer({ media }, async (test) => {
      const [peer, other] = [await test.connect(), await test.connect()];
      const [session, its] = [
        await test.setUp(peer),
        await test.setUp(other, undefined, {
          url: test.url("other.Mjpeg"),
        }),
      ];
      await test.play(peer, session);
      const url = test.url("other.Mjpeg");
      await other.request("PLAY", url, { headers: [its.header] });
      await test.until("session-playing", 2);
      await pass(test.clock, 500);
      await peer.frames(8);
      await other.frames(9);
      const told = test.told("session-warning");
      assertEquals(told.length, 1);
      assertEquals(told[0]!.session, session.id);
      assertMatch(
        told[0]!.message,
        /^frame 4 left out: TypeError: a defect of the test's own\n\s+at /,
      );
    });
    close();
  });
}

Deno.test("a task that throws keeps no other from its time, and is told", async () => {
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const scheduler = new Scheduler(clock, 1, undefined, (error) => faults.push(error));
  const ran: string[] = [];
  scheduler.schedule(new ScheduledTask(() => ran.push("before")), clock.now() + 1);
  scheduler.schedule(
    new ScheduledTask(() => {
      throw new TypeError("broken");
    }),
    clock.now() + 1,
  );
  scheduler.schedule(new ScheduledTask(() => ran.push("after")), clock.now() + 1);
  scheduler.schedule(new ScheduledTask(() => ran.push("later")), clock.now() + 5);
  await clock.advance(10);
  assertEquals(ran, ["before", "after", "later"]);
  assertEquals(faults.map((fault) => describeFault(fault).split("\n")[0]), ["TypeError: broken"]);
});

Deno.test("what was asked before a server stops is answered, and then the connection is closed", () => {
  const opened = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const builtIn = new Map([["movie.Mjpeg", labFile(MOVIE)]]);
  const library = new MediaLibrary({ root: "/nonexistent", builtIn });
  const media: MediaProvider = {
    open: async (name) => {
      asked.resolve();
      await opened.promise;
      return await library.open(name);
    },
    list: () => library.list(),
  };
  return withServer({ media }, async (test) => {
    const [peer, idle] = [await test.connect(), await test.connect()];
    await idle.request("OPTIONS", "*");
    const answer = peer.request("DESCRIBE", test.url());
    await asked.promise;
    test.server.close();
    await idle.closed();
    opened.resolve();
    assertEquals((await answer).status, 200);
    await peer.closed();
    await library.close();
  });
});

Deno.test("what is not answered in time does not keep a server from stopping", () => {
  const asked = Promise.withResolvers<void>();
  const never = Promise.withResolvers<never>();
  const media: MediaProvider = {
    open: () => {
      asked.resolve();
      return never.promise;
    },
    list: () => Promise.resolve([]),
  };
  return withServer({ media }, async (test) => {
    const peer = await test.connect();
    peer.request("DESCRIBE", test.url()).catch(() => {});
    await asked.promise;
    test.server.close();
    assert(!peer.closedByServer);
    await test.clock.advance(2000);
    await peer.closed();
    never.reject(new Error("given up"));
  });
});

/** A listener that has no descriptor for the first connections. */
function exhausted(listener: Deno.TcpListener, times: number): Deno.TcpListener {
  let left = times;
  return new Proxy(listener, {
    get: (target, key) => {
      if (key === "accept" && left-- > 0) {
        const error = Object.assign(new Error("Too many open files (os error 24)"), {
          code: "EMFILE",
        });
        return () => Promise.reject(error);
      }
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

Deno.test("EMFILE: a server without descriptors waits a little, goes on, and tells the limit", async () => {
  const clock = new FakeClock();
  const events: ServerEvent[] = [];
  const listener = listenTcp("127.0.0.1", 0);
  const server = new RtspServer(exhausted(listener, 3), {
    ...DEFAULT_SERVER_OPTIONS,
    media: { open: () => Promise.reject(new Error("none")), list: () => Promise.resolve([]) },
    clock,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    onEvent: (event) => events.push(event),
  });
  const serving = server.serve();
  for (let i = 0; i < 3; i++) {
    await clock.timerSet();
    await clock.advance(100);
  }
  const socket = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  await eventually("the connection", () => server.connectionCount === 1);
  socket.close();
  server.close();
  await serving;
  const told = events.filter((event) => event.event === "limit-reached");
  assertEquals(told.map(({ limit, times }) => [limit, times]), [["descriptors", 1], [
    "descriptors",
    2,
  ]]);
});

Deno.test("who is accepted in the turn in which the server stops does not hold it up", async () => {
  using listener = listenTcp("127.0.0.1", 0);
  const accepted = Promise.withResolvers<Deno.TcpConn>();
  const server = new RtspServer({
    addr: listener.addr,
    accept: () => accepted.promise,
    close: () => {},
  }, {
    ...DEFAULT_SERVER_OPTIONS,
    media: { open: () => Promise.reject(new Error("none")), list: () => Promise.resolve([]) },
    clock: new FakeClock(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    onEvent: () => {},
  });
  const serving = server.serve();
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  accepted.resolve(await listener.accept());
  server.close();
  await withTimeout(systemClock, serving, 5000, "the server's end");
  assertEquals(await client.read(new Uint8Array(1)), null);
});
