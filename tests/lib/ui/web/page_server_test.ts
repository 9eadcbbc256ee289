import { PageServer } from "../../../../lib/ui/web/page_server.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";

const TOKEN = "07".repeat(16);

/** Runs `use` with a page server whose token is known. */
async function withPage(use: (server: PageServer) => Promise<void>): Promise<void> {
  const server = new PageServer({
    assets: new Map([["", { type: "text/html; charset=utf-8", body: "<p>page" }]]),
    randomBytes: (length) => new Uint8Array(length).fill(7),
    onSocket: (socket) => socket.close(),
  });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

/** Asks as it is written, header by header, and says what came: no browser lets one do that. */
async function ask(
  { port }: PageServer,
  path: string,
  { host = `127.0.0.1:${port}`, headers = [], method = "GET" }: {
    host?: string;
    headers?: string[];
    method?: string;
  } = {},
): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...headers];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  const text = await new Response(connection.readable).text();
  return text;
}

const status = (answer: string): number => Number(answer.split(" ")[1]);

Deno.test("the page is answered below its token, with a policy that allows nothing from elsewhere", async () => {
  await withPage(async (server) => {
    const answer = await ask(server, `/${TOKEN}/`);
    assertEquals(status(answer), 200);
    assert(answer.endsWith("<p>page"));
    assertMatch(answer, /^content-security-policy: default-src 'none'; script-src 'self'; /im);
    assert(!/unsafe/.test(answer));
    assertMatch(answer, /^cache-control: no-store\r$/im);
    assertMatch(answer, /^x-content-type-options: nosniff\r$/im);
    assertMatch(answer, /^referrer-policy: no-referrer\r$/im);
    assertEquals(server.url, `http://127.0.0.1:${server.port}/${TOKEN}/`);
  });
});

Deno.test("without the token nothing is told, not even that there is one", async () => {
  await withPage(async (server) => {
    const paths = ["/", "/index.html", "/socket", `/${"08".repeat(16)}/`, `/${TOKEN.slice(1)}/`];
    for (const path of [...paths, `/${TOKEN}`, `/${TOKEN}x/`, `//${TOKEN}/`]) {
      const answer = await ask(server, path);
      assertEquals(status(answer), 404, path);
      assertEquals(answer.split("\r\n\r\n")[1], "Nothing here.\n");
    }
  });
});

Deno.test("other hosts, which a name may have been pointed here for, are refused", async () => {
  await withPage(async (server) => {
    const { port } = server;
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.2:${port}`]) {
      assertEquals(status(await ask(server, `/${TOKEN}/`, { host })), 403, host);
    }
    assertEquals(status(await ask(server, `/${TOKEN}/`, { host: `localhost:${port}` })), 200);
  });
});

Deno.test("other origins and other sites' requests are refused", async () => {
  await withPage(async (server) => {
    const { port } = server;
    for (
      const header of [
        "Origin: http://evil.example",
        "Origin: null",
        `Origin: https://127.0.0.1:${port}`,
        `Origin: http://127.0.0.1:${port + 1}`,
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
      ]
    ) {
      assertEquals(status(await ask(server, `/${TOKEN}/`, { headers: [header] })), 403, header);
    }
    const own = [`Origin: http://127.0.0.1:${port}`, "Sec-Fetch-Site: same-origin"];
    assertEquals(status(await ask(server, `/${TOKEN}/`, { headers: own })), 200);
  });
});

Deno.test("the socket opens for the page alone", async () => {
  await withPage(async (server) => {
    const upgrade = [
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    const path = `/${TOKEN}/socket`;
    assertEquals(status(await ask(server, path)), 403, "no upgrade");
    assertEquals(status(await ask(server, path, { headers: upgrade })), 403, "no origin");
    const foreign = [...upgrade, "Origin: http://evil.example"];
    assertEquals(status(await ask(server, path, { headers: foreign })), 403, "another origin");
  });
});

Deno.test("what is served can be read and not written", async () => {
  await withPage(async (server) => {
    assertEquals(status(await ask(server, `/${TOKEN}/`, { method: "HEAD" })), 200);
    for (const method of ["POST", "PUT", "DELETE"]) {
      const headers = ["Content-Length: 0"];
      assertEquals(status(await ask(server, `/${TOKEN}/`, { method, headers })), 405, method);
    }
  });
});

Deno.test("the token is 128 bits that cannot be guessed, another one each time", async () => {
  const tokens = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const server = new PageServer({
      assets: new Map(),
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      onSocket: () => {},
    });
    const token = new URL(server.url).pathname.slice(1, -1);
    assertMatch(token, /^[0-9a-f]{32}$/);
    tokens.add(token);
    await server.close();
  }
  assertEquals(tokens.size, 3);
});

Deno.test("a preferred port that is taken gives way to a free one", async () => {
  await withPage(async (first) => {
    const second = new PageServer({
      assets: new Map(),
      randomBytes: (length) => new Uint8Array(length),
      preferredPort: first.port,
      onSocket: () => {},
    });
    assert(second.port !== first.port);
    await second.close();
  });
});
