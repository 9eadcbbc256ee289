import { RedirectionError, StatusError } from "../../../../lib/client/errors.ts";
import { credentialsAt } from "../../../../lib/client/rtsp/redirect.ts";
import { parseUrl } from "../../../../lib/rtsp/url.ts";
import { type Answer, ScriptedServer } from "../../../support/scripted_server.ts";
import { onStage } from "../../../support/viewer.ts";
import { assertEquals, assertRejects } from "../../../support/assert.ts";

const CREDENTIALS = { username: "me", password: "secret" };
const CHALLENGE: Answer = {
  status: 401,
  headers: { "WWW-Authenticate": 'Basic realm="there"' },
};

/** Sends on to `location`. */
function redirect(location: string | undefined, status = 302): Answer {
  return { status, headers: { Location: location, Session: undefined }, body: "" };
}

async function withSecond(
  answers: Record<string, Answer | Answer[]>,
  body: (second: ScriptedServer) => Promise<void>,
): Promise<void> {
  const second = new ScriptedServer({ answers });
  try {
    await body(second);
  } finally {
    await second.close();
  }
}

for (const status of [301, 302, 303]) {
  Deno.test(`${status} leads to another port, where all begins anew`, async () => {
    await withSecond({}, async (second) => {
      const answers = { DESCRIBE: redirect(second.url("there"), status) };
      await onStage({ answers }, async (stage) => {
        const session = await stage.play();
        await session.close();
        assertEquals(stage.server.methods, ["OPTIONS", "DESCRIBE"]);
        assertEquals(second.methods, ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]);
        assertEquals(second.requests[1]?.uri, second.url("there"));
        assertEquals(stage.viewer.codes, ["redirect"]);
      });
    });
  });
}

Deno.test("OPTIONS answered with a redirection is no obstacle", async () => {
  await withSecond({}, async (second) => {
    const on = redirect(second.url("there"));
    await onStage({ answers: { OPTIONS: on, DESCRIBE: on } }, async (stage) => {
      await stage.play();
      assertEquals(second.methods, ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
    });
  });
});

Deno.test("a relative Location is on the same server", async () => {
  await onStage({ answers: { DESCRIBE: [redirect("/elsewhere"), {}] } }, async (stage) => {
    await stage.play();
    assertEquals(stage.server.asked("DESCRIBE")[1]?.uri, stage.server.url("elsewhere"));
  });
});

Deno.test("servers that send in circles are left after five redirections", async () => {
  const answers = { DESCRIBE: redirect("/again") };
  await onStage({ answers }, async (stage) => {
    const back = `in a circle, back to ${stage.server.url("again")}`;
    await assertRejects(() => stage.open(), RedirectionError, back);
    assertEquals(stage.server.asked("DESCRIBE").length, 6);
  });
  const onAndOn = Array.from({ length: 6 }, (_, i) => redirect(`/${i}`));
  await onStage({ answers: { DESCRIBE: onAndOn } }, async (stage) => {
    const last = `on and on, last to ${stage.server.url("5")}`;
    await assertRejects(() => stage.open(), RedirectionError, last);
  });
});

Deno.test("five redirections are followed", async () => {
  const on = redirect("/again");
  await onStage({ answers: { DESCRIBE: [on, on, on, on, on, {}] } }, async (stage) => {
    await stage.play();
    assertEquals(stage.server.asked("DESCRIBE").length, 6);
  });
});

for (const location of [undefined, "http://127.0.0.1/", "rtsp://:0/"]) {
  Deno.test(`a redirection to ${location ?? "nowhere"} is no use`, async () => {
    await onStage({ answers: { DESCRIBE: redirect(location) } }, async (stage) => {
      await assertRejects(() => stage.open(), RedirectionError, "the server");
    });
  });
}

Deno.test("a redirection of SETUP or PLAY is an error status", async () => {
  for (const method of ["SETUP", "PLAY"]) {
    await onStage({ answers: { [method]: redirect("/elsewhere") } }, async (stage) => {
      const error = await assertRejects(() => stage.play(), StatusError);
      assertEquals([error.method, error.status], [method, 302]);
    });
  }
});

Deno.test("another port of the same host gets the credentials when it asks", async () => {
  await withSecond({ DESCRIBE: [CHALLENGE, {}] }, async (second) => {
    await onStage({ answers: { DESCRIBE: redirect(second.url()) } }, async (stage) => {
      await stage.play({ credentials: CREDENTIALS });
      assertEquals(second.asked("DESCRIBE")[1]?.headers.get("Authorization"), "Basic bWU6c2VjcmV0");
    });
  });
});

const GIVEN: [
  what: string,
  place: string,
  first: string,
  given: boolean,
  got: string | undefined,
][] = [
  ["the server itself", "rtsp://h/a", "rtsp://h/a", true, "me"],
  ["another port", "rtsp://h:99/a", "rtsp://h/a", true, "me"],
  ["its name in capitals", "rtsp://H/a", "rtsp://h/a", true, "me"],
  ["encryption", "rtsps://h/a", "rtsp://h/a", true, "me"],
  ["another host", "rtsp://other/a", "rtsp://h/a", true, undefined],
  ["a host that begins alike", "rtsp://h.evil/a", "rtsp://h/a", true, undefined],
  ["no encryption any more", "rtsp://h/a", "rtsps://h/a", true, undefined],
  ["another host that brings its own", "rtsp://guest:g@other/a", "rtsp://h/a", true, "guest"],
  ["the server itself, named in the URL", "rtsp://u:p@h/a", "rtsp://u:p@h/a", false, "u"],
  ["another port, named in the first URL", "rtsp://h:99/a", "rtsp://u:p@h/a", false, "u"],
  ["another host, named in the first URL", "rtsp://other/a", "rtsp://u:p@h/a", false, undefined],
];

for (const [what, place, first, given, got] of GIVEN) {
  Deno.test(`credentials for ${what}: ${got ?? "none"}`, () => {
    const credentials = given ? CREDENTIALS : undefined;
    assertEquals(credentialsAt(parseUrl(place), parseUrl(first), credentials)?.username, got);
  });
}

Deno.test("credentials in the first URL do not reach another host that asks for some", async () => {
  const listener = new ScriptedServer({ answers: { DESCRIBE: CHALLENGE } });
  try {
    const elsewhere = `rtsp://localhost:${listener.port}/there`;
    await onStage({ answers: { DESCRIBE: redirect(elsewhere) } }, async (stage) => {
      const url = stage.server.url("movie", "me:secret@");
      const error = await stage.open({}, url).then(() => undefined, (error) => error);
      assertEquals(error?.name, "AuthenticationError");
      assertEquals(listener.asked("DESCRIBE").length, 1);
      for (const { headers } of listener.requests) {
        assertEquals(headers.get("Authorization"), undefined);
      }
    });
  } finally {
    await listener.close();
  }
});
