import {
  AuthenticationError,
  NoMediaError,
  NoReplyError,
  ProtocolError,
  StatusError,
} from "../../../../lib/client/errors.ts";
import { TimeoutError } from "../../../../lib/net/clock.ts";
import { BindError, UnreachableError } from "../../../../lib/net/errors.ts";
import { CertificateError } from "../../../../lib/net/tls_trust.ts";
import { failureOf } from "../../../../lib/ui/player/plain_words.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";

const CASES: [Error, string, RegExp][] = [
  [new UnreachableError("cannot reach host:1: connection refused"), "unreachable", /No server/],
  [new CertificateError("cannot trust the certificate of host:1: x"), "unreachable", /certificate/],
  [new TimeoutError("a reply to SETUP", 3000), "unreachable", /No server/],
  [new NoReplyError("SETUP", "no reply to SETUP in 3 s"), "no-reply", /does not answer/],
  [new StatusError("DESCRIBE", 404, "Not Found"), "refused", /no such file/],
  [new StatusError("PLAY", 418, "Teapot"), "refused", /refuses/],
  [new AuthenticationError("DESCRIBE: the server asks"), "authentication", /who you are/],
  [new NoMediaError("no RTP packet came"), "no-media", /no picture/],
  [new ProtocolError("nonsense"), "protocol", /no sense/],
  [new TypeError("undefined is not a function"), "defect", /broke/],
];

for (const [error, kind, title] of CASES) {
  Deno.test(`${error.name} is told in plain words: ${error.message}`, () => {
    const failure = failureOf(error);
    assertEquals(failure.kind, kind as typeof failure.kind);
    assertMatch(failure.title, title);
    assertMatch(failure.text, /^[A-Z].*[.)]$/s);
    assert(failure.hint !== "");
  });
}

Deno.test("a port that is taken is said to be one of this machine", () => {
  const error = Object.assign(Object.create(BindError.prototype) as BindError, {
    message: "cannot bind port 6666: address already in use",
  });
  assertEquals(failureOf(error).kind, "port");
});
