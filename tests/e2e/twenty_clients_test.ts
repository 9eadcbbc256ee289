// Twenty people at once, each pressing buttons as it comes to them; a seed repeats what they press.
import { labFile, tinyJpegs } from "../lib/media/frames.ts";
import { assert, assertEquals } from "../support/assert.ts";
import type { LabClient } from "../support/lab_client.ts";
import { Seeded } from "../support/seeded.ts";
import { type TestServer, withServer } from "../support/server.ts";

const CLIENTS = 20;
const PRESSES = 14;
const FPS = 100;
const JPEGS = tinyJpegs(2000);

/** One person at a seven-button client, who keeps an eye on what comes. */
class Person {
  /** Where in what came a jump broke the row of numbers. */
  readonly jumps = new Set<number>();
  #playing = false;

  constructor(readonly client: LabClient, readonly random: Seeded) {}

  /** One visit: SETUP, some presses, TEARDOWN or just leaving. */
  async visit(): Promise<void> {
    await this.press("SETUP");
    for (let i = 0; i < PRESSES; i++) {
      await this.press(this.random.one(this.#playing ? WHILE_PLAYING : WHILE_PAUSED));
      if (this.#playing) await this.watch(this.random.whole(0, 12));
    }
    if (this.random.next() < 0.7) await this.press("TEARDOWN");
    this.client.close();
  }

  /** Looks at that many more frames. */
  async watch(frames: number): Promise<void> {
    const enough = this.client.packets.length + frames;
    await this.client.until(({ packets }) => packets.length >= enough);
  }

  async press(button: string): Promise<void> {
    assertEquals((await this.client.request(button)).status, 200, button);
    if (button === "PLAY") this.#playing = true;
    if (button === "PAUSE") this.#playing = false;
    // The reply to a jump comes behind all frames from before it and ahead of all from after it.
    if (/^(FORWARD|BACKWARD|RESTART)$/.test(button)) this.jumps.add(this.client.packets.length);
  }

  /** Checks that each frame is the file's of its number, and each the next but for jumps. */
  check(): number {
    const { packets } = this.client;
    packets.forEach(({ sequence, payload }, i) => {
      assertEquals(payload, JPEGS[sequence - 1], `frame ${sequence}`);
      if (i === 0 || this.jumps.has(i)) return;
      assertEquals(sequence, packets[i - 1]!.sequence + 1, `packet ${i}`);
    });
    return packets.length;
  }
}

const WHILE_PLAYING = ["PAUSE", "PAUSE", "FORWARD", "BACKWARD", "RESTART", "OPTIONS", "DESCRIBE"];
const WHILE_PAUSED = ["PLAY", "PLAY", "PLAY", "FORWARD", "BACKWARD", "SWITCH"];

async function person(server: TestServer, random: Seeded): Promise<Person> {
  return new Person(await server.client("RTSP/1.4"), random);
}

for (const seed of [1, 2026]) {
  Deno.test(`twenty people pressing buttons lose no frame and leave nothing (seed ${seed})`, async () => {
    await withServer({ files: { "movie.Mjpeg": labFile(JPEGS) }, fps: FPS }, async (server) => {
      const random = new Seeded(seed);
      const people = await Promise.all(
        Array.from({ length: CLIENTS }, () => person(server, new Seeded(random.whole(0, 1e9)))),
      );
      // They come one after another, while those before them play.
      const visits = people.map(async (each, i) => {
        if (i > 0) await people[i - 1]!.client.until(({ packets }) => packets.length > 0);
        await each.visit();
      });
      await Promise.all(visits);
      const frames = people.map((each) => each.check());
      assert(frames.every((count) => count > 0), `everyone saw something: ${frames}`);
      assertEquals(server.all("session-setup").length, CLIENTS);
      await server.idle();
      assertEquals(server.all("session-ended").length, CLIENTS);
      const sent = server.all("session-ended").reduce((sum, { frames }) => sum + frames, 0);
      assert(sent >= frames.reduce((sum, count) => sum + count, 0));
    });
  });
}
