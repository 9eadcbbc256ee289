// A stream that breaks off and is asked for again, with a server and a clock of the test's own.
import { AuthenticationError, StatusError } from "../../../../lib/client/errors.ts";
import type { EndReason, MediaSession, PlayRequest } from "../../../../lib/client/media_session.ts";
import { UnreachableError } from "../../../../lib/net/errors.ts";
import { ReceiveStatistics } from "../../../../lib/stream/receive_statistics.ts";
import type { OpenStreamOptions } from "../../../../lib/ui/player/open_stream.ts";
import { PlayerControl } from "../../../../lib/ui/player/player_control.ts";
import { parseAddressForm } from "../../../../lib/ui/player/stream_address.ts";
import { assertEquals } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const ADDRESS = parseAddressForm({
  address: "camera.example",
  port: "554",
  rtpPort: "0",
  file: "stream",
  dialect: "rtsp",
  transport: "auto",
});
const RANGE = "a=control:track1\r\na=range:npt=0-20\r\na=framerate:20\r\n";

/** A server that can go away: every attempt gets the next answer. */
class Camera {
  /** What the attempts to come meet; a session when there is nothing. */
  readonly refusals: Error[] = [];
  readonly sessions: FakeSession[] = [];
  attempts = 0;
  /** Behind the first lines of the description. */
  description = "";

  readonly open = (_: unknown, options: OpenStreamOptions): Promise<MediaSession> => {
    this.attempts++;
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return Promise.reject(refusal);
    const session = new FakeSession(this, options);
    this.sessions.push(session);
    return Promise.resolve(session);
  };

  get last(): FakeSession {
    return this.sessions.at(-1)!;
  }
}

class FakeSession implements MediaSession {
  readonly totalFrames = undefined;
  readonly transport = "udp";
  readonly encoding = "JPEG";
  readonly statistics = new ReceiveStatistics(90_000);
  readonly tracks = [];
  readonly hostDrops = undefined;
  readonly #settle = Promise.withResolvers<EndReason>();
  readonly ended = this.#settle.promise;
  readonly played: PlayRequest[] = [];
  isClosed = false;
  #timestamp = 0;

  constructor(camera: Camera, readonly options: OpenStreamOptions) {
    this.ended.catch(() => {});
    const first = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    const body = `${first}m=video 0 RTP/AVP 26\r\n${camera.description}`;
    options.observer.message?.({
      ...{ time: 0, direction: "in", status: 200, reason: "OK", version: "RTSP/1.0" },
      headers: [["Content-Type", "application/sdp"]],
      body,
    });
  }

  play(request: PlayRequest = {}): Promise<void> {
    this.played.push(request);
    return Promise.resolve();
  }

  pause(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.#settle.resolve("stopped");
    return Promise.resolve();
  }

  /** One frame of 50 ms more. */
  frame(): void {
    const timestamp = this.#timestamp;
    this.#timestamp += 4500;
    const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xd9]);
    this.options.observer.frame?.({
      ...{ jpeg, timestamp, arrivedAt: 0, bytes: 4, damage: undefined },
      ...{ firstSequence: 1, lastSequence: 1 },
    }, undefined);
  }

  breakOff(): void {
    this.#settle.resolve("cut");
  }

  fail(error: Error): void {
    this.#settle.reject(error);
  }
}

const gone = (): Error => new UnreachableError("Cannot reach camera.example:554: refused");

/** Runs `use` with a player that has shown a picture of the camera. */
async function withPlaying(
  use: (playing: { player: PlayerControl; camera: Camera; clock: FakeClock }) => Promise<void>,
  { reconnectMs, description = "" }: { reconnectMs?: number; description?: string } = {},
): Promise<void> {
  const clock = new FakeClock();
  const camera = new Camera();
  camera.description = description;
  const { open } = camera;
  // The waits are three quarters of the longest.
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(128);
  const player = new PlayerControl({ clock, randomBytes, timeout: 3000, open, reconnectMs });
  await player.choose(ADDRESS);
  await player.start();
  camera.last.frame();
  await use({ player, camera, clock });
  await player.close();
  assertEquals(camera.sessions.every(({ isClosed }) => isClosed), true, "nothing is left open");
}

Deno.test("a stream that breaks off is asked for again, ever later, until it is there", async () => {
  await withPlaying(async ({ player, camera, clock }) => {
    camera.refusals.push(gone(), gone(), new StatusError("DESCRIBE", 404, "Not Found"));
    camera.last.breakOff();
    await clock.settle();
    const { state, failure, retry } = player.snapshot;
    assertEquals([state, failure?.title], ["Init", "The stream broke off"]);
    assertEquals(retry, { attempt: 1, at: clock.wallTime() + 375 });
    assertEquals(camera.last.isClosed, true);

    const attempts: number[] = [];
    for (const wait of [375, 750, 1500]) {
      await clock.advance(wait - 1);
      attempts.push(camera.attempts);
      await clock.advance(1);
    }
    assertEquals(attempts, [1, 2, 3], "no attempt comes early");
    assertEquals(player.snapshot.failure?.title, "There is no such file");
    assertEquals(player.snapshot.retry?.attempt, 4);
    assertEquals(player.snapshot.numbers.frames, 1, "what came is not forgotten");
    await clock.advance(3000);
    assertEquals([camera.attempts, player.snapshot.state], [5, "Playing"]);
    assertEquals([player.snapshot.failure, player.snapshot.retry], [undefined, undefined]);
    assertEquals(player.snapshot.reconnects, 1);
    camera.last.frame();

    camera.last.breakOff();
    await clock.settle();
    assertEquals(player.snapshot.retry, { attempt: 1, at: clock.wallTime() + 375 });
  });
});

Deno.test("a stream that plays and at once breaks off again is not hammered", async () => {
  await withPlaying(async ({ player, camera, clock }) => {
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      camera.last.breakOff();
      await clock.settle();
      const wait = player.snapshot.retry!.at! - clock.wallTime();
      waits.push(wait);
      await clock.advance(wait);
    }
    assertEquals(waits, [375, 750, 1500, 3000]);
  });
});

Deno.test("recorded media goes on where it broke off, live media where it is", async () => {
  await withPlaying(async ({ camera, clock }) => {
    for (let i = 0; i < 60; i++) camera.last.frame();
    camera.last.breakOff();
    await clock.advance(500);
    assertEquals(camera.sessions.map(({ played }) => played), [[{}], [{ start: 3 }]]);
  }, { description: RANGE });
  await withPlaying(async ({ camera, clock }) => {
    for (let i = 0; i < 60; i++) camera.last.frame();
    camera.last.breakOff();
    await clock.advance(500);
    assertEquals(camera.sessions.map(({ played }) => played), [[{}], [{}]]);
  });
});

Deno.test("TEARDOWN ends the attempts, and what went wrong stays to be read", async () => {
  await withPlaying(async ({ player, camera, clock }) => {
    camera.last.breakOff();
    await clock.settle();
    assertEquals([player.allows("teardown"), player.allows("setup")], [true, true]);
    await player.act("teardown");
    const { state, failure, retry } = player.snapshot;
    assertEquals([state, failure?.title, retry], ["Init", "The stream broke off", undefined]);
    await clock.advance(60_000);
    assertEquals(camera.attempts, 1);
    assertEquals(player.allows("teardown"), false);
  });
});

Deno.test("who does not want to wait has it tried at once", async () => {
  await withPlaying(async ({ player, camera, clock }) => {
    camera.last.breakOff();
    await clock.settle();
    await player.start();
    await clock.settle();
    assertEquals([camera.attempts, player.snapshot.state], [2, "Playing"]);
    await clock.advance(60_000);
    assertEquals(camera.attempts, 2, "and not once more");
  });
});

Deno.test("SETUP takes the stream back into the person's hands", async () => {
  await withPlaying(async ({ player, camera, clock }) => {
    camera.last.breakOff();
    await clock.settle();
    await player.act("setup");
    await clock.advance(60_000);
    assertEquals([camera.attempts, player.snapshot.state], [2, "Ready"]);
    assertEquals([player.snapshot.failure, player.snapshot.retry], [undefined, undefined]);
  });
});

Deno.test("another stream chosen ends the attempts at the first", async () => {
  await withPlaying(async ({ player, camera, clock }) => {
    camera.last.breakOff();
    await clock.settle();
    await player.choose(ADDRESS);
    await clock.advance(60_000);
    assertEquals([camera.attempts, player.snapshot.state], [1, "Init"]);
    assertEquals(player.snapshot.failure, undefined);
  });
});

Deno.test("what never showed a picture is not asked for again", async () => {
  const clock = new FakeClock();
  const camera = new Camera();
  camera.refusals.push(gone());
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length);
  const player = new PlayerControl({ clock, randomBytes, timeout: 3000, open: camera.open });
  await player.choose(ADDRESS);
  await player.start();
  await clock.advance(60_000);
  assertEquals([camera.attempts, player.snapshot.retry], [1, undefined]);
  assertEquals(player.snapshot.failure?.title, "No server there");
  await player.close();
});

Deno.test("what will not pass is told at once: a password that is no longer right", async () => {
  await withPlaying(async ({ player, camera, clock }) => {
    camera.refusals.push(new AuthenticationError("The password is refused"));
    camera.last.fail(gone());
    await clock.advance(60_000);
    assertEquals([camera.attempts, player.snapshot.retry], [2, undefined]);
    assertEquals(player.snapshot.failure?.kind, "authentication");
  });
});

Deno.test("after the time that was given the stream is given up", async () => {
  await withPlaying(async ({ player, camera, clock }) => {
    camera.refusals.push(...Array.from({ length: 20 }, gone));
    camera.last.breakOff();
    await clock.advance(60_000);
    assertEquals(player.snapshot.retry, undefined);
    assertEquals(player.snapshot.failure?.title, "No server there");
    assertEquals(camera.attempts, 5, "after 375, 1125, 2625 and 5000 ms");
  }, { reconnectMs: 5000 });
  await withPlaying(async ({ player, camera, clock }) => {
    camera.last.breakOff();
    await clock.advance(60_000);
    assertEquals([camera.attempts, player.snapshot.retry], [1, undefined]);
    assertEquals(player.snapshot.failure?.title, "The stream broke off");
  }, { reconnectMs: 0 });
});
