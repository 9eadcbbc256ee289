import {
  AuthenticationError,
  NoReplyError,
  ProtocolError,
  StatusError,
} from "../../../lib/client/errors.ts";
import { runMatrix } from "../../../lib/client/matrix/matrix.ts";
import type { MatrixRow } from "../../../lib/client/matrix/row.ts";
import { NoMediaError } from "../../../lib/client/errors.ts";
import { TimeoutError } from "../../../lib/net/clock.ts";
import { UnreachableError } from "../../../lib/net/errors.ts";
import { parseUrl } from "../../../lib/rtsp/url.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ParrotServer, reply, script } from "../parrot_server.ts";
import type { Target } from "../target.ts";
import { split } from "../target.ts";
import { DESCRIBE, DONE, MEDIA, OPTIONS, PLAY, SETUP, UNICAST } from "./client.ts";

const URL = parseUrl("rtsp://192.0.2.1/movie");
const TIMEOUT_MS = 1000;
const DURATION_MS = 30_000;
/** TEARDOWN of what is open comes on top. */
const AFTERWARDS_MS = 10_000;
const STEP_MS = 250;
const NEXT = 0x1e;
const REFUSALS = [
  ...[UnreachableError, StatusError, AuthenticationError, ProtocolError, NoReplyError],
  ...[NoMediaError, TimeoutError],
];

/** A server that answers each method in its way, always the same, and lets media follow PLAY. */
class StubbornServer extends ParrotServer {
  readonly #replies: Uint8Array[];

  constructor(bytes: Uint8Array, random: Seeded) {
    super(new Uint8Array(0), random);
    this.#replies = split(bytes, NEXT);
  }

  /** Says the pictures, over and over. */
  override more(): void {
    for (const part of this.#replies.slice(5)) this.say(part);
  }

  protected override reply(method: string): Uint8Array | undefined {
    const at = ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"].indexOf(method);
    return this.#replies[at < 0 ? 4 : at];
  }
}

/** The matrix comes to its end in its time, whatever is answered, and leaves nothing behind. */
async function checkMatrix(bytes: Uint8Array, random: Seeded): Promise<void> {
  const server = new StubbornServer(bytes, random);
  const clock = new FakeClock();
  const rows: MatrixRow[] = [];
  await server.inPlace(async () => {
    let outcome: { error?: unknown } | undefined;
    const options = { url: URL, clock, timeout: TIMEOUT_MS, duration: DURATION_MS };
    runMatrix({
      ...options,
      credentials: undefined,
      randomBytes: (length) => new Uint8Array(length).fill(0x5a),
      keepAliveMargin: 500,
      onRow: (row) => rows.push(row),
    }).then(() => outcome = {}, (error) => outcome = { error });
    const end = clock.now() + DURATION_MS + AFTERWARDS_MS;
    while (outcome === undefined) {
      assert(clock.now() < end, "it comes to an end");
      server.more();
      await clock.advance(STEP_MS);
    }
    const { error } = outcome;
    if (error !== undefined && !REFUSALS.some((kind) => error instanceof kind)) throw error;
  });
  await clock.advance(AFTERWARDS_MS);
  assertEquals(clock.pending, 0, "timers left");
  server.checkClosed();
  for (const { result, detail, milliseconds } of rows) {
    assert(detail.length < 20_000 && milliseconds <= DURATION_MS + AFTERWARDS_MS);
    // What is none of the errors there are would be a defect.
    assert(result !== "failed" || !/undefined|not a function|Cannot read/.test(detail), detail);
  }
}

const SEEDS: readonly Uint8Array[] = [
  script(OPTIONS, DESCRIBE, SETUP, PLAY, DONE, ...MEDIA),
  script(OPTIONS, DESCRIBE, UNICAST, PLAY, DONE, ...MEDIA),
  script(OPTIONS, DESCRIBE, UNICAST, PLAY, reply([], "", "455 Not Here"), ...MEDIA.slice(0, 2)),
  script(OPTIONS, DESCRIBE, reply([], "", "461 Unsupported"), PLAY, DONE),
];

export const MATRIX_TARGETS: readonly Target[] = [
  { name: "matrix", seeds: SEEDS, check: checkMatrix, testInputs: 40 },
];
