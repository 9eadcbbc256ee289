import { failureOf } from "../../cmd/probe_failure.ts";
import {
  AuthenticationError,
  NoMediaError,
  NoReplyError,
  ProtocolError,
  RedirectionError,
  StatusError,
  UnreadableReplyError,
} from "../../lib/client/errors.ts";
import { Exchange } from "../../lib/inspect/exchange.ts";
import { failureFinding, type SessionFailure } from "../../lib/inspect/failure.ts";
import { TimeoutError } from "../../lib/net/clock.ts";
import { UnreachableError } from "../../lib/net/errors.ts";
import { assertEquals } from "../support/assert.ts";

const CASES: [error: Error, kind: SessionFailure["kind"], code: string | undefined][] = [
  [new UnreachableError("cannot reach x: no such host name"), "host-unknown", "host-unknown"],
  [
    new UnreachableError("cannot reach x: connection refused"),
    "connection-refused",
    "connection-refused",
  ],
  [new UnreachableError("cannot reach x: no answer in 10 s"), "unreachable", "unreachable"],
  [new TimeoutError("connect", 10), "unreachable", "unreachable"],
  [new NoReplyError("OPTIONS", "no reply to OPTIONS in 1 s"), "no-reply", "no-reply"],
  [new ProtocolError("the server's words are no RTSP"), "protocol", "not-rtsp"],
  [new UnreadableReplyError("More than 256 header fields"), "unreadable-reply", "unreadable-reply"],
  [new RedirectionError("more than 5 redirections"), "redirection", "redirection"],
  [new AuthenticationError("DESCRIBE: refused"), "authentication", "auth-missing"],
  [new StatusError("DESCRIBE", 500, "Oh"), "status", "request-refused"],
  [new NoMediaError("nothing"), "no-media", undefined],
  [new RangeError("a defect"), "other", undefined],
];

for (const [error, kind, code] of CASES) {
  Deno.test(`${error.name} "${error.message}" is ${kind}`, () => {
    const failure = failureOf(error, undefined);
    assertEquals(failure.kind, kind);
    assertEquals(failureFinding(failure, new Exchange())?.code, code);
  });
}

Deno.test("a password is special where URLs or cameras may get it wrong", () => {
  const isSpecial = (password: string | undefined): boolean => {
    return failureOf(new AuthenticationError("no"), password).specialPassword ?? false;
  };
  assertEquals([undefined, "", "Secret-1.2_3~"].map(isSpecial), [false, false, false]);
  assertEquals(["a@b", "a#b", "ä", "50%", "a b", "a:b"].map(isSpecial), Array(6).fill(true));
});
