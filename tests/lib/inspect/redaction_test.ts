import { type RedactionOptions, Redactor } from "../../../lib/inspect/redaction.ts";
import type { ObservedMessage } from "../../../lib/stream/observation.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import fc from "fast-check";

interface Row {
  name: string;
  options?: RedactionOptions;
  /** What is shown to it, in this order. */
  texts: string[];
  clean: string[];
}

const ANONYMOUS = { anonymous: true };

const ROWS: Row[] = [
  {
    name: "a name and a password in a URL",
    texts: ["rtsp://admin:sesame@192.0.2.7:554/live", "sesame opens the door of admin"],
    clean: [
      "rtsp://[user-1]:[password-1]@192.0.2.7:554/live",
      "[password-1] opens the door of [user-1]",
    ],
  },
  {
    name: "a password with @ and / in it that nobody escaped, and the same one escaped",
    texts: ["rtsp://admin:p@ss/wo@rd@192.0.2.7/live", "p%40ss%2Fwo%40rd and p@ss/wo@rd"],
    clean: ["rtsp://[user-1]:[password-1]@192.0.2.7/live", "[password-1] and [password-1]"],
  },
  {
    name: "tokens in a query, and nothing else of it",
    texts: ["rtsp://cam/live?channel=1&token=a1b2c3d4&subtype=0/trackID=1"],
    clean: ["rtsp://cam/live?channel=1&token=[token-1]&subtype=0/trackID=1"],
  },
  {
    name: "a token that has no telling name, and leaves the track's name alone",
    texts: ["rtsp://cam/live?x=9f8e7d6c5b4a39281706f5e4d3c2/trackID=1"],
    clean: ["rtsp://cam/live?x=[token-1]/trackID=1"],
  },
  {
    name: "a password in a path, as XiongMai cameras want it",
    texts: ["/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp"],
    clean: ["/user=[user-1]_password=[password-1]_channel=1_stream=0.sdp"],
  },
  {
    name: "keys in a session description",
    texts: ["k=clear:opensesame\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VzYW1lCg==|2^20"],
    clean: ["k=clear:[key-1]\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[key-2]|2^20"],
  },
  {
    name: "addresses stay where nobody asks for more",
    texts: ["o=- 1 1 IN IP4 192.0.2.7 at rtsp://cam.example/"],
    clean: ["o=- 1 1 IN IP4 192.0.2.7 at rtsp://cam.example/"],
  },
  {
    name: "on request addresses, hosts, hardware addresses and serial numbers, but not loopback",
    options: ANONYMOUS,
    texts: [
      "o=- 1 1 IN IP4 192.0.2.7\r\ns=DS-2CD2032-I2014AACH\r\nc=IN IP4 0.0.0.0",
      "rtsp://cam.example/x on 127.0.0.1, 192.0.2.70 and 192.0.2.7; CAM.EXAMPLE",
      "00:1A:2b:3c:4d:5e 2001:db8::7 S/N: abc-123 at 12:34:56",
    ],
    clean: [
      "o=- 1 1 IN IP4 [address-1]\r\ns=[serial-1]\r\nc=IN IP4 0.0.0.0",
      "rtsp://[host-1]/x on 127.0.0.1, [address-2] and [address-1]; [host-1]",
      "[mac-1] [address-3] S/N: [serial-2] at 12:34:56",
    ],
  },
];

for (const { name, options, texts, clean } of ROWS) {
  Deno.test(`a report has placeholders for ${name}`, () => {
    const redactor = new Redactor(options);
    assertEquals(texts.map((text) => redactor.text(text)), clean);
    assertEquals(clean.map((text) => redactor.text(text)), clean, "what is clean stays as it is");
  });
}

function message(
  headers: [string, string][],
  parts: Partial<ObservedMessage> = {},
): ObservedMessage {
  return {
    direction: "out",
    time: 0,
    method: "PLAY",
    version: "RTSP/1.0",
    headers,
    body: "",
    ...parts,
  };
}

Deno.test("the headers of a message lose what lets somebody in, and keep what tells why", () => {
  const redactor = new Redactor();
  const digest =
    'Digest username="ann", realm="cam", nonce="00ff", uri="rtsp://h/", response="abcd"';
  const clean = redactor.message(message([
    ["CSeq", "3"],
    ["Session", "A1B2C3;timeout=60"],
    ["Authorization", digest],
    ["Authorization", `Basic ${btoa("bob:opensesame")}`],
    ["X-Auth-Token", "letmein"],
  ], { target: "rtsp://h/A1B2C3", body: "opensesame letmein" }));
  assertEquals(clean.headers, [
    ["CSeq", "3"],
    ["Session", "[session-1];timeout=60"],
    [
      "Authorization",
      'Digest username="[user-1]", realm="cam", nonce="[nonce-1]", uri="rtsp://h/", response="[digest-1]"',
    ],
    ["Authorization", "Basic [password-2]"],
    ["X-Auth-Token", "[token-1]"],
  ]);
  assertEquals([clean.target, clean.body], ["rtsp://h/[session-1]", "[password-1] [token-1]"]);
  assertEquals([...redactor.counts.keys()].includes("password"), true);
});

Deno.test("the bytes of a message are not kept: they would have its secrets", () => {
  const clean = new Redactor().message(message([], { wire: "PLAY rtsp://a:secret@h/" }));
  assertEquals(clean.wire, undefined);
});

Deno.test("a realm keeps its words and loses a serial number on request", () => {
  const headers: [string, string][] = [[
    "WWW-Authenticate",
    'Digest realm="Login to 4M05F1EPAK12345"',
  ]];
  const clean = new Redactor(ANONYMOUS).message(message(headers));
  assertEquals(clean.headers[0]![1], 'Digest realm="Login to [serial-1]"');
});

/** What people choose, and what machines make. */
const SECRET = fc.oneof(
  fc.stringMatching(/^[a-z]{4,8}[A-Z0-9!$^*+.#%&@/:-]{2,8}z$/),
  fc.base64String({ minLength: 8, maxLength: 40 }),
  fc.stringMatching(/^[0-9a-f]{8,32}$/),
);

Deno.test("no password of a URL is in what comes out, wherever else it stood", () => {
  fc.assert(fc.property(SECRET, fc.boolean(), (password, anonymous) => {
    const redactor = new Redactor({ anonymous });
    const escaped = encodeURIComponent(password);
    const url = redactor.text(`rtsp://user:${escaped}@h/live?a=1`);
    const seen = [url, ...[`x${password}y ${escaped}`, escaped].map((text) => redactor.text(text))];
    for (const text of seen) {
      assert(!text.includes(password), `${text} has ${password}`);
      assert(!text.includes(escaped), `${text} has ${escaped}`);
    }
  }));
});

Deno.test("no secret of a header is in what comes out, before it or after it", () => {
  const headersOf: ((secret: string) => [string, string])[] = [
    (secret) => ["Session", `${secret};timeout=30`],
    (secret) => ["Authorization", `Basic ${btoa(`user:${secret}`)}`],
    (secret) => ["Authorization", `Bearer ${secret}`],
    (secret) => ["authorization", `Digest username="u", response="${secret}"`],
    (secret) => ["Cookie", secret],
  ];
  const token = fc.stringMatching(/^[A-Za-z0-9]{6,30}$/);
  fc.assert(fc.property(token, fc.nat(headersOf.length - 1), (secret, which) => {
    const redactor = new Redactor();
    const all = [
      message([["X-Before", `a${secret}b`]], { body: `${secret}\r\n` }),
      message([headersOf[which]!(secret)], { target: `rtsp://h/${secret}` }),
    ];
    for (const each of all) redactor.learnMessage(each);
    const text = JSON.stringify(all.map((each) => redactor.message(each)));
    assert(!text.includes(secret), text);
  }));
});

Deno.test("the same secret has the same placeholder, and another another", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[a-z]{6,12}$/), { minLength: 2, maxLength: 6 }),
      (all) => {
        const redactor = new Redactor();
        const say = (): string[] => all.map((each) => redactor.text(`rtsp://x:${each}@h/`));
        const first = say();
        assertEquals(say(), first);
        assertEquals(new Set(first).size, all.length);
      },
    ),
  );
});

Deno.test("whatever the text, it ends, and what comes out is clean already", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
    const redactor = new Redactor(ANONYMOUS);
    const once = redactor.text(text);
    assertEquals(redactor.text(once), redactor.text(redactor.text(once)));
  }));
});

const TRICKY = [
  "a.a-",
  "a://",
  "a://b:c",
  "A-1",
  "a@",
  "1.2.3.",
  "_a=",
  "/a=",
  "a:b:",
  "?x=",
  "user=",
];

for (const piece of TRICKY) {
  Deno.test(`a long text of ${JSON.stringify(piece)} takes no time to speak of`, () => {
    const redactor = new Redactor(ANONYMOUS);
    assert(redactor.text(piece.repeat(Math.ceil(65_536 / piece.length))).length > 0);
  });
}

Deno.test("more secrets than are remembered are hidden all the same", () => {
  const redactor = new Redactor();
  const urls = Array.from({ length: 6000 }, (_, i) => `rtsp://u:password${i}x@h/`);
  const clean = redactor.text(urls.join(" "));
  assert(!/password\d/.test(clean));
  assertEquals(clean.endsWith("rtsp://[user-1]:[password-more]@h/"), true, clean.slice(-60));
});

Deno.test("a secret longer than a pattern may be is hidden wherever it stands", () => {
  const long = "ab12".repeat(10_000);
  const redactor = new Redactor(ANONYMOUS);
  assertEquals(
    redactor.text(`rtsp://h/?token=${long} and ${long}, ${long}`),
    "rtsp://[host-1]/?token=[token-1] and [token-1], [token-1]",
  );
});

Deno.test("more characters of secrets than are remembered are hidden all the same", () => {
  const redactor = new Redactor();
  for (let i = 0; i < 100; i++) redactor.text(`?password=${"x".repeat(50_000)}${100 + i}`);
  assertEquals(redactor.text(`?password=${"y".repeat(50_000)}`), "?password=[password-more]");
});
