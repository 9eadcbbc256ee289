import { TimeoutError } from "../../../lib/net/clock.ts";
import { libc } from "../../../lib/net/native/libc.ts";
import { SendBuffer } from "../../../lib/net/native/send_buffer.ts";
import { StreamWriter } from "../../../lib/net/stream_writer.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { type ConnectedPair, connectedPair } from "../../support/connected_pair.ts";
import { fillSendBuffer } from "../../support/fill_send_buffer.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ascii } from "../../support/split.ts";

/** A connection whose peer reads as much as a test says. */
class SlowConnection {
  localAddr: object = { transport: "unix", path: "" };
  taken = "";
  closed = false;
  /** What its writer told of. */
  readonly limits: string[] = [];
  #waiting: { bytes: Uint8Array; resolve: (n: number) => void; reject: (e: Error) => void }[] = [];

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => this.#waiting.push({ bytes, resolve, reject }));
  }

  /** The peer reads this many bytes of the write under way, at most. */
  async read(count: number): Promise<void> {
    const write = this.#waiting.shift();
    assert(write !== undefined, "a write is under way");
    const part = write.bytes.subarray(0, count);
    this.taken += new TextDecoder().decode(part);
    write.resolve(part.length);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }

  close(): void {
    this.closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Deno.errors.Interrupted());
  }
}

const WRITE_MS = 1000;
const BACKLOG = 100;
const BACKLOG_MS = 400;

function writerTo(connection: SlowConnection, clock = new FakeClock()): StreamWriter {
  const options = {
    clock,
    writeMs: WRITE_MS,
    backlogBytes: BACKLOG,
    backlogMs: BACKLOG_MS,
    onLimit: (limit: string) => connection.limits.push(limit),
  };
  return new StreamWriter(connection as unknown as Deno.Conn, options);
}

Deno.test("pieces are written whole, one after another", async () => {
  const connection = new SlowConnection();
  const writer = writerTo(connection);
  const done: string[] = [];
  writer.write(ascii("first")).then(() => done.push("first"));
  writer.offer(ascii("second"), () => done.push("second"));
  writer.write(ascii("third")).then(() => done.push("third"));
  assertEquals(writer.backlog, 16);
  for (const count of [2, 100, 1, 5, 100]) await connection.read(count);
  assertEquals(connection.taken, "firstsecondthird");
  assertEquals(done, ["first", "second", "third"]);
  assertEquals([writer.backlog, writer.failure], [0, undefined]);
});

Deno.test("an offer is declined while more than the limit waits, and a reply never is", async () => {
  const connection = new SlowConnection();
  const writer = writerTo(connection);
  let written = 0;
  const offer = (): boolean => writer.offer(new Uint8Array(60), () => written++);
  assertEquals([offer(), offer()], [true, true], "up to one piece above the limit");
  assertEquals([offer(), writer.backlog], [false, 120]);
  assertEquals(connection.limits, ["queued-bytes"]);
  const reply = writer.write(ascii("reply"));
  await connection.read(60);
  assertEquals([offer(), written], [true, 1], "60 and the reply wait, so there is room again");
  for (const count of [60, 5, 60]) await connection.read(count);
  await reply;
  assertEquals([written, writer.backlog], [3, 0]);
});

Deno.test("an offer is declined behind a piece that has waited for long, and accepted after it", async () => {
  const connection = new SlowConnection();
  const clock = new FakeClock();
  const writer = writerTo(connection, clock);
  const offer = (): boolean => writer.offer(new Uint8Array(10), () => {});
  offer();
  await clock.advance(BACKLOG_MS);
  assertEquals(offer(), true, "it has not waited for longer");
  await connection.read(5);
  await clock.advance(1);
  assertEquals(offer(), false, "what was begun has waited as a whole");
  await connection.read(5);
  assertEquals(offer(), true, "the next one was accepted a moment ago");
  await connection.read(10);
  await connection.read(10);
  await clock.advance(10 * BACKLOG_MS);
  assertEquals(offer(), true, "nothing waits");
  assertEquals(connection.limits, ["queued-time"]);
  writer.close();
});

Deno.test("who was behind within two seconds is offered one thing at a time", async () => {
  const connection = new SlowConnection();
  const clock = new FakeClock();
  const writer = writerTo(connection, clock);
  const offer = (): boolean => writer.offer(new Uint8Array(10), () => {});
  for (const patience of [BACKLOG_MS, 5, BACKLOG_MS]) {
    assertEquals(offer(), true, "nothing waits");
    await clock.advance(patience);
    assertEquals(offer(), true, `after ${patience} ms`);
    await clock.advance(1);
    assertEquals(offer(), false, `after more than ${patience} ms`);
    await connection.read(10);
    await connection.read(10);
    if (patience < BACKLOG_MS) await clock.advance(2000);
  }
});

Deno.test("a peer that reads nothing in time is disconnected, and all who wait are told", async () => {
  const connection = new SlowConnection();
  const clock = new FakeClock();
  const writer = writerTo(connection, clock);
  const first = assertRejects(() => writer.write(ascii("first")), TimeoutError, "the peer to read");
  let given = 0;
  writer.offer(ascii("second"), () => given++);
  const third = assertRejects(() => writer.write(ascii("third")), TimeoutError);
  await clock.advance(WRITE_MS - 1);
  assertEquals(connection.closed, false);
  await clock.advance(1);
  assertEquals(connection.closed, true);
  await Promise.all([first, third]);
  assertEquals([given, writer.backlog, clock.pending], [1, 0, 0], "buffers are given back");
  assert(writer.failure instanceof TimeoutError);
  assertEquals(writer.offer(ascii("more"), () => given++), false);
  await assertRejects(() => writer.write(ascii("more")), TimeoutError);
  assertEquals(connection.taken, "");
});

Deno.test("a peer that reads a little now and then is waited for", async () => {
  const connection = new SlowConnection();
  const clock = new FakeClock();
  const writer = writerTo(connection, clock);
  const done = writer.write(ascii("0123456789"));
  for (let i = 0; i < 10; i++) {
    await clock.advance(WRITE_MS - 1);
    await connection.read(1);
  }
  await done;
  await clock.advance(2 * WRITE_MS);
  assertEquals([connection.closed, clock.pending], [false, 0]);
});

Deno.test("time in which nothing waits does not count", async () => {
  const connection = new SlowConnection();
  const clock = new FakeClock();
  const writer = writerTo(connection, clock);
  writer.write(ascii("a"));
  await connection.read(1);
  await clock.advance(WRITE_MS - 1);
  const late = writer.write(ascii("b"));
  await clock.advance(WRITE_MS - 1);
  assertEquals(connection.closed, false);
  await connection.read(1);
  await late;
});

Deno.test("close fails what waits, and leaves no timer", async () => {
  const connection = new SlowConnection();
  const clock = new FakeClock();
  const writer = writerTo(connection, clock);
  const waiting = [writer.write(ascii("a")), writer.write(ascii("b"))];
  writer.close();
  for (const each of waiting) await assertRejects(() => each, Deno.errors.Interrupted);
  assertEquals([connection.closed, writer.backlog, clock.pending], [true, 0, 0]);
});

Deno.test("a writer that was held up itself gives the peer its time again", async () => {
  const connection = new SlowConnection();
  const clock = new FakeClock();
  const writer = writerTo(connection, clock);
  const written = assertRejects(() => writer.write(ascii("piece")), TimeoutError);
  clock.stall(10 * WRITE_MS);
  await clock.advance(WRITE_MS - 1);
  assertEquals(connection.closed, false);
  await clock.advance(1);
  assertEquals(connection.closed, true);
  await written;
});

/** A writer that finds what the system holds for a real peer, and writes past it. */
function writerBeside(
  { ours: { localAddr, remoteAddr } }: ConnectedPair,
): { connection: SlowConnection; clock: FakeClock; writer: StreamWriter } {
  const connection = Object.assign(new SlowConnection(), { localAddr, remoteAddr });
  const clock = new FakeClock();
  return { connection, clock, writer: writerTo(connection, clock) };
}

Deno.test({
  name: "a peer that has read all there was is not who is waited for",
  ignore: libc() === undefined,
  fn: async () => {
    using pair = await connectedPair();
    const { connection, clock, writer } = writerBeside(pair);
    const written = writer.write(ascii("piece"));
    await clock.advance(10 * WRITE_MS);
    assertEquals(connection.closed, false);
    await connection.read(5);
    await written;
  },
});

/** One who was behind, for whom nothing is being written while the system holds much. */
async function heldBack(
  pair: ConnectedPair,
): Promise<ReturnType<typeof writerBeside> & { buffer: SendBuffer }> {
  const beside = writerBeside(pair);
  const buffer = SendBuffer.of(pair.ours)!;
  fillSendBuffer(buffer);
  beside.writer.offer(ascii("piece"), () => {});
  await beside.clock.advance(BACKLOG_MS + 1);
  assertEquals(beside.writer.hasRoomFor(10), false, "a piece has waited for too long");
  await beside.connection.read(5);
  assertEquals([beside.writer.idle, beside.writer.hasRoomFor(10)], [true, false]);
  return { ...beside, buffer };
}

const FRAME_MS = 40;

Deno.test({
  name: "who never reads what the system holds is disconnected, whatever small it takes meanwhile",
  ignore: libc() === undefined,
  fn: async () => {
    using pair = await connectedPair();
    const { connection, clock, writer } = await heldBack(pair);
    for (let ms = 0; ms < WRITE_MS; ms += FRAME_MS) {
      assertEquals([connection.closed, writer.hasRoomFor(10)], [false, false], `after ${ms} ms`);
      if (ms % 200 === 0) {
        const report = writer.write(ascii("report"));
        await connection.read(6);
        await report;
      }
      await clock.advance(FRAME_MS);
    }
    assertEquals([connection.closed, clock.pending], [true, 0]);
    assertEquals(connection.limits.at(-1), "slow-reader");
    assert(writer.failure instanceof TimeoutError);
  },
});

Deno.test({
  name: "who reads what the system holds, however slowly, is waited for until it has",
  ignore: libc() === undefined,
  fn: async () => {
    using pair = await connectedPair();
    const { connection, clock, writer, buffer } = await heldBack(pair);
    const bytes = new Uint8Array(1024 * 1024);
    let rests = 0;
    for (; buffer.unsent! > 0; rests++) {
      assertEquals([connection.closed, writer.hasRoomFor(10)], [false, false]);
      await clock.advance(WRITE_MS - 1);
      const before = buffer.acknowledged;
      while (buffer.acknowledged === before) await pair.theirs.read(bytes);
    }
    assert(rests > 2, `it took ${rests} times ${WRITE_MS - 1} ms`);
    assertEquals(connection.closed, false);
    await clock.advance(10 * WRITE_MS);
    assertEquals([connection.closed, clock.pending], [false, 0], "nothing is waited for");
  },
});

Deno.test({
  name: "who reads slower than is sent is behind while the system still takes everything",
  ignore: libc() === undefined,
  fn: async () => {
    using pair = await connectedPair();
    const { connection, clock, writer } = writerBeside(pair);
    fillSendBuffer(SendBuffer.of(pair.ours)!);
    const bytes = new Uint8Array(64 * 1024);
    let frames = 0;
    for (; frames < 50 && writer.hasRoomFor(20_000); frames++) {
      await pair.theirs.read(bytes);
      await clock.advance(FRAME_MS);
    }
    assert(frames > 2 && frames * FRAME_MS <= 1000, `${frames} frames were sent`);
    assertEquals([writer.idle, connection.limits], [true, ["queued-time"]]);
    writer.close();
  },
});

Deno.test({
  name: "who was behind is offered nothing while the system holds more than that for it",
  ignore: libc() === undefined,
  fn: async () => {
    using pair = await connectedPair();
    const { connection, clock, writer } = writerBeside(pair);
    const held = fillSendBuffer(SendBuffer.of(pair.ours)!);
    assertEquals(writer.offer(new Uint8Array(10), () => {}), true, "it was never behind");
    await clock.advance(BACKLOG_MS + 1);
    assertEquals(writer.hasRoomFor(10), false);
    await connection.read(10);
    assertEquals(
      [writer.idle, writer.hasRoomFor(10)],
      [true, false],
      "of what is held nothing left",
    );
    const bytes = new Uint8Array(64 * 1024);
    for (let read = 0; read < held;) read += (await pair.theirs.read(bytes))!;
    assertEquals(writer.hasRoomFor(10), true);
    assertEquals(connection.limits, ["queued-time", "queued-time"]);
  },
});
