import { AuthenticationError } from "../../../../lib/client/errors.ts";
import {
  digestAlgorithm,
  type DigestVerdict,
  readDigest,
  verifyDigest,
} from "../../../../lib/auth/digest.ts";
import { parseCredentials } from "../../../../lib/auth/credentials.ts";
import type { RtspRequest } from "../../../../lib/rtsp/message.ts";
import type { Answer, Script } from "../../../support/scripted_server.ts";
import { onStage } from "../../../support/viewer.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";

const CREDENTIALS = { username: "me", password: "secret" };
const REALM = "camera";
const METHODS = ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"];

function challenge(...values: string[]): Answer {
  return {
    exactly: "RTSP/1.0 401 Unauthorized\r\nCSeq: CSEQ\r\n" +
      values.map((value) => `WWW-Authenticate: ${value}\r\n`).join("") + "\r\n",
  };
}

/** Fills in what a reply must say of its request. */
function repliedTo(request: RtspRequest, answer: Answer): Answer {
  if (typeof answer !== "object" || typeof answer.exactly !== "string") return answer;
  return { exactly: answer.exactly.replace("CSEQ", request.headers.get("CSeq")!) };
}

/** A server that lets in whoever satisfies `check`, and asks `demand` of everybody else. */
function guarded(
  demand: (request: RtspRequest) => string[],
  check: (authorization: string, request: RtspRequest) => boolean,
): Script {
  const answers = METHODS.map((method): [string, Answer] => [method, (request) => {
    const authorization = request.headers.get("Authorization");
    if (authorization !== undefined && check(authorization, request)) return {};
    return repliedTo(request, challenge(...demand(request)));
  }]);
  return { answers: Object.fromEntries(answers) };
}

function digest(parameters: string): string {
  return `Digest realm="${REALM}", ${parameters}`;
}

function verdict(authorization: string, request: RtspRequest, algorithm?: string): DigestVerdict {
  return verifyDigest({
    credentials: readDigest(parseCredentials(authorization))!,
    method: request.method,
    realm: REALM,
    password: CREDENTIALS.password,
    algorithms: [digestAlgorithm(algorithm)!],
  });
}

function parameter(authorization: string, name: string): string | undefined {
  return parseCredentials(authorization).parameters.get(name);
}

Deno.test("Basic: the first challenge is answered, and every request after it answers too", async () => {
  const script = guarded(() => [`Basic realm="${REALM}"`], (text) => text === "Basic bWU6c2VjcmV0");
  await onStage(script, async (stage) => {
    const session = await stage.play({ credentials: CREDENTIALS });
    await session.close();
    assertEquals(stage.server.methods, ["OPTIONS", ...METHODS]);
  });
});

const DIGESTS: [
  name: string,
  parameters: string,
  algorithm: string | undefined,
  qop: string | undefined,
][] = [
  ["MD5 by default, without qop (RFC 2069)", 'nonce="n1"', undefined, undefined],
  ["MD5 with qop", 'nonce="n1", algorithm=MD5, qop="auth"', "MD5", "auth"],
  ["MD5 with several qop", 'nonce="n1", qop="auth-int,auth"', undefined, "auth"],
  ["SHA-256 without qop", 'nonce="n1", algorithm=SHA-256', "SHA-256", undefined],
  ["SHA-256 with qop", 'nonce="n1", algorithm="SHA-256", qop=auth', "SHA-256", "auth"],
];

for (const [name, parameters, algorithm, qop] of DIGESTS) {
  Deno.test(`Digest ${name}`, async () => {
    const counts: (string | undefined)[] = [];
    const script = guarded(() => [digest(parameters)], (text, request) => {
      assertEquals(parameter(text, "uri"), request.uri);
      assertEquals(parameter(text, "qop"), qop);
      counts.push(parameter(text, "nc"));
      return verdict(text, request, algorithm) === "match";
    });
    await onStage(script, async (stage) => {
      const session = await stage.play({ credentials: CREDENTIALS });
      await session.close();
      assertEquals(stage.server.methods, ["OPTIONS", ...METHODS]);
      const numbers = ["00000001", "00000002", "00000003", "00000004", "00000005"];
      assertEquals(counts, qop === undefined ? counts.map(() => undefined) : numbers);
    });
  });
}

Deno.test("of several challenges the strongest is answered", async () => {
  const demand = [
    `Basic realm="${REALM}"`,
    digest('nonce="weak", algorithm=MD5'),
    digest('nonce="strong", algorithm=SHA-256'),
  ];
  const script = guarded(() => demand, (text, request) => {
    return parameter(text, "nonce") === "strong" && verdict(text, request, "SHA-256") === "match";
  });
  await onStage(script, async (stage) => {
    await stage.play({ credentials: CREDENTIALS });
    assertEquals(stage.server.methods, ["OPTIONS", "OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
  });
});

Deno.test("a stale nonce is no refusal, also right behind the first answer", async () => {
  let asked = 0;
  // Every nonce serves one request.
  const used = new Set<string>();
  const script = guarded(() => {
    asked++;
    return [digest(`nonce="n${asked}", qop="auth"${asked > 1 ? ", stale=true" : ""}`)];
  }, (text, request) => {
    const nonce = parameter(text, "nonce")!;
    const fresh = !used.has(nonce) && nonce !== "n1";
    used.add(nonce);
    if (fresh) assertEquals(parameter(text, "nc"), "00000001");
    return fresh && verdict(text, request) === "match";
  });
  await onStage(script, async (stage) => {
    const session = await stage.play({ credentials: CREDENTIALS });
    await session.close();
    assertEquals(stage.server.asked("TEARDOWN").length, 2);
  });
});

Deno.test("a new nonce without stale is answered when the server has let us in before", async () => {
  const script = guarded((request) => {
    return [digest(`nonce="for ${request.method}"`)];
  }, (text, request) => {
    return parameter(text, "nonce") === `for ${request.method}` &&
      verdict(text, request) === "match";
  });
  await onStage(script, async (stage) => {
    const session = await stage.play({ credentials: CREDENTIALS });
    await session.close();
    assertEquals(stage.server.methods, METHODS.flatMap((method) => [method, method]));
  });
});

Deno.test("a server to which every nonce is stale is given up", async () => {
  let nonce = 0;
  const script = guarded(() => [digest(`nonce="n${++nonce}", stale=true`)], () => false);
  await onStage(script, async (stage) => {
    await assertRejects(() => stage.open({ credentials: CREDENTIALS }), AuthenticationError);
    assertEquals(stage.server.methods.length, 4);
  });
});

for (const scheme of [`Basic realm="${REALM}"`, digest('nonce="n1", qop="auth"')]) {
  Deno.test(`a wrong password is tried once: ${scheme.split(" ")[0]}`, async () => {
    await onStage(guarded(() => [scheme], () => false), async (stage) => {
      await assertRejects(
        () => stage.open({ credentials: CREDENTIALS }),
        AuthenticationError,
        'OPTIONS: the server refused the user name or password (realm "camera")',
      );
      assertEquals(stage.server.methods, ["OPTIONS", "OPTIONS"]);
    });
  });
}

Deno.test("without a password the error says what is asked for and how to give it", async () => {
  const script = guarded(() => [digest('nonce="n", algorithm=SHA-256')], () => false);
  await onStage(script, async (stage) => {
    await assertRejects(
      () => stage.open(),
      AuthenticationError,
      "OPTIONS: the server asks for a user name and password (Digest SHA-256); give --user",
    );
    assertEquals(stage.server.methods, ["OPTIONS"]);
  });
});

Deno.test("a scheme that is not known is named", async () => {
  await onStage(guarded(() => ["Negotiate"], () => false), async (stage) => {
    await assertRejects(
      () => stage.open({ credentials: CREDENTIALS }),
      AuthenticationError,
      "asks for Negotiate, which is not supported",
    );
  });
});

Deno.test("401 without a challenge cannot be answered", async () => {
  await onStage(guarded(() => [], () => false), async (stage) => {
    await assertRejects(() => stage.open({ credentials: CREDENTIALS }), AuthenticationError);
  });
});

Deno.test("characters of a password work as typed and as escaped in a URL", async () => {
  const password = "p@ss#w!rd%^?&:x";
  const expected = `Basic ${btoa(`me:${password}`)}`;
  const script = guarded(() => [`Basic realm="${REALM}"`], (text) => text === expected);
  for (const typed of [password, encodeURIComponent(password)]) {
    await onStage(script, async (stage) => {
      await stage.play({}, stage.server.url("movie", `me:${typed}@`));
      assertEquals(stage.server.asked("PLAY").length, 1);
    });
  }
});

Deno.test("no watcher sees a password or what gives it away", async () => {
  const script = guarded(() => [`Basic realm="${REALM}"`], () => true);
  await onStage(script, async (stage) => {
    await stage.play({ credentials: CREDENTIALS });
    const seen = stage.viewer.messages.flatMap(({ headers }) => headers)
      .filter(([name]) => name === "Authorization");
    assert(seen.length > 0);
    for (const [, value] of seen) assertEquals(value.includes("bWU6c2VjcmV0"), false, value);
  });
});
