import {
  httpOrigin,
  HttpOriginError,
  STILL_EVERY_MS,
} from "../../../../lib/media/live/http_origin.ts";
import { HTTP_SILENCE_MS } from "../../../../lib/media/live/watchdog.ts";
import type { LiveSink } from "../../../../lib/media/live/origin.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { ascii } from "../../../support/split.ts";
import { join, tinyJpeg } from "../frames.ts";

const A = tinyJpeg(1), B = tinyJpeg(2);

class Sink implements LiveSink {
  readonly frames: number[][] = [];
  readonly problems: string[] = [];
  frame(jpeg: Uint8Array): void {
    this.frames.push([...jpeg]);
  }
  trouble(problem: string): void {
    this.problems.push(problem);
  }
}

interface Pulled {
  clock: FakeClock;
  sink: Sink;
  abort: AbortController;
  done: Promise<void>;
  asked: RequestInit[];
}

function pull(answers: Response[], credentials?: { username: string; password: string }): Pulled {
  const clock = new FakeClock();
  const sink = new Sink();
  const abort = new AbortController();
  const asked: RequestInit[] = [];
  const origin = httpOrigin({
    ...{ url: "http://cam/x?y=1", credentials, clock },
    randomBytes: (length) => new Uint8Array(length),
    fetch: (_url, init) => {
      asked.push(init);
      const answer = answers.shift();
      if (answer !== undefined) return Promise.resolve(answer);
      return new Promise((_, reject) => {
        init.signal!.addEventListener("abort", () => reject(init.signal!.reason));
      });
    },
  });
  const done = origin(sink, abort.signal);
  done.catch(() => {});
  return { clock, sink, abort, done, asked };
}

function answer(type: string, body: Uint8Array<ArrayBuffer>, init: ResponseInit = {}): Response {
  return new Response(body, { headers: { "Content-Type": type }, ...init });
}

Deno.test("pictures of a multipart reply are cut out, trimmed, and what is none is told", async () => {
  const part = (body: Uint8Array): Uint8Array => {
    return join(ascii(`--b\r\nContent-Length: ${body.length}\r\n\r\n`), body, ascii("\r\n"));
  };
  const body = join(part(A), part(A.subarray(0, 30)), part(join(B, new Uint8Array(9))));
  const { sink, done } = pull([answer("multipart/x-mixed-replace; boundary=b", body)]);
  await done;
  assertEquals(sink.frames, [[...A], [...B]]);
  assertEquals(sink.problems.length, 1);
});

Deno.test("pictures one behind the other are cut apart", async () => {
  const { sink, done } = pull([answer("video/x-motion-jpeg", join(A, B))]);
  await done;
  assertEquals(sink.frames, [[...A], [...B]]);
});

Deno.test("a still picture is fetched again and again", async () => {
  const { clock, sink, abort, done, asked } = pull([
    answer("image/jpeg", A),
    answer("image/jpeg", B),
  ]);
  while (sink.frames.length < 1) await new Promise((resolve) => setTimeout(resolve, 0));
  await clock.timerSet();
  assertEquals(asked.length, 1, "not before its time");
  while (sink.frames.length < 2) {
    await clock.advance(STILL_EVERY_MS);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(sink.frames, [[...A], [...B]]);
  abort.abort(new Error("enough"));
  await assertRejects(() => done, Error, "enough");
});

for (
  const [name, response, says] of [
    [
      "an error",
      new Response("", { status: 404, statusText: "Not Found" }),
      "answers 404 Not Found",
    ],
    ["a web page", answer("text/html; charset=utf-8", A), 'sends "text/html", which is no Motion'],
    ["no boundary", answer("multipart/x-mixed-replace", A), "names no boundary"],
    ["noise", answer("multipart/mixed; boundary=b", new Uint8Array(70_000)), "No boundary comes"],
    ["a wish for a password", new Response("", { status: 401 }), "asks for a user and password"],
  ] as const
) {
  Deno.test(`a camera that answers with ${name} is given up with a reason`, async () => {
    await assertRejects(() => pull([response]).done, Error, says);
  });
}

Deno.test("Basic is answered, and a refusal is told without the password", async () => {
  const wanted = (): Response => {
    return new Response("", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="x"' } });
  };
  const who = { username: "eve", password: "secret" };
  const right = pull([wanted(), answer("video/x-motion-jpeg", A)], who);
  await right.done;
  assertEquals(right.sink.frames.length, 1);
  const { Authorization } = right.asked[1]!.headers as Record<string, string>;
  assertEquals(Authorization, `Basic ${btoa("eve:secret")}`);
  const error = await assertRejects(() => pull([wanted(), wanted()], who).done, Error);
  assertStringIncludes(error.message, "refuses the user and password");
});

Deno.test("a camera that says nothing any more is given up", async () => {
  const { clock, done } = pull([]);
  await clock.advance(HTTP_SILENCE_MS);
  await assertRejects(() => done, Error, "waited 10 s for the camera");
  assertEquals(clock.pending, 0);
});

Deno.test("a camera that is not there is told in the network's words, whatever fetch makes of them", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const origin = httpOrigin({
    url: `http://127.0.0.1:${port}/`,
    clock: new FakeClock(),
    randomBytes: (length) => new Uint8Array(length),
  });
  await assertRejects(
    () => origin(new Sink(), new AbortController().signal),
    HttpOriginError,
    "cannot be reached: Connection refused",
  );
});
