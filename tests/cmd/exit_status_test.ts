import { EXIT, ExpectationError, explain, LocalError, UsageError } from "../../cmd/exit_status.ts";
import {
  AuthenticationError,
  NoMediaError,
  ProtocolError,
  StatusError,
} from "../../lib/client/errors.ts";
import { FrameRefusedError } from "../../lib/media/frame_writer.ts";
import { TimeoutError } from "../../lib/net/clock.ts";
import { BindError, UnreachableError } from "../../lib/net/errors.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";

/** The promise of the command line: what ends a command, and how. */
const ENDS: { error: unknown; status: number; line?: string }[] = [
  { error: new UsageError("no such flag"), status: 2, line: "no such flag" },
  { error: new UnreachableError("cannot reach h:1"), status: 3, line: "cannot reach h:1" },
  { error: new TimeoutError("a reply", 1500), status: 3, line: "Waited 1.5 s for a reply" },
  {
    error: new StatusError("SETUP", 404, "Not Found"),
    status: 4,
    line: "SETUP was answered 404 Not Found",
  },
  { error: new StatusError("SETUP", 461, ""), status: 4, line: "SETUP was answered 461" },
  { error: new ProtocolError("no RTSP"), status: 4 },
  { error: new AuthenticationError("refused"), status: 5 },
  { error: new NoMediaError("no packet"), status: 6 },
  { error: new ExpectationError("too few frames"), status: 7 },
  { error: new LocalError("disk full"), status: 8 },
  { error: new BindError("port taken"), status: 8 },
  { error: new FrameRefusedError(3, "Too long"), status: 8 },
  { error: new Deno.errors.NotFound("no such file"), status: 8 },
  { error: new Deno.errors.PermissionDenied("x"), status: 8, line: "permission denied" },
  {
    error: Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" }),
    status: 8,
    line: "No space left on device",
  },
  { error: Object.assign(new Error("x"), { code: "ERR_INVALID_ARG" }), status: 1 },
];

for (const { error, status, line } of ENDS) {
  Deno.test(`${(error as Error).name}: ${(error as Error).message} ends with status ${status}`, () => {
    const explained = explain(error);
    assertEquals(explained.status, status);
    if (line !== undefined) assertEquals(explained.line, line);
  });
}

Deno.test("anything else is a defect, told in one line that asks for a report", () => {
  for (const error of [new TypeError("x is\nundefined"), new RangeError("y"), "words", undefined]) {
    const { line, status } = explain(error);
    assertEquals(status, 1);
    assertMatch(line, /^this is a defect, please report it: [^\n]*$/);
  }
});

Deno.test("a message of several lines is told in one", () => {
  assertEquals(explain(new LocalError("a\n  b\r\nc")).line, "a b c");
});

Deno.test("the statuses are those that scripts are written against", () => {
  assertEquals(Object.values(EXIT), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
