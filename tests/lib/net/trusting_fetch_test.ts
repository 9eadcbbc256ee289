import { trustingFetch } from "../../../lib/net/trusting_fetch.ts";
import { CertificateError } from "../../../lib/net/tls_trust.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { certificateFingerprint, TEST_CERTIFICATE } from "../../support/certificate.ts";

const OWN = await certificateFingerprint(TEST_CERTIFICATE);
const INIT: RequestInit = { headers: { Authorization: "Basic secret" } };

/** An HTTPS server that nobody knows, and what it was told. */
async function withHttps(
  hostname: string,
  body: (url: string, told: (string | null)[]) => Promise<void>,
): Promise<void> {
  const told: (string | null)[] = [];
  const options = { hostname, port: 0, ...TEST_CERTIFICATE, onListen: () => {} };
  const server = Deno.serve(options, ({ headers }) => {
    told.push(headers.get("Authorization"));
    return new Response("pictures");
  });
  try {
    await body(`https://${hostname}:${server.addr.port}/v?x=1`, told);
  } finally {
    await server.shutdown();
  }
}

for (
  const [what, trust] of [
    ["its SHA-256 is known", { fingerprint: OWN }],
    ["its certificate is there", { authorities: [TEST_CERTIFICATE.cert] }],
  ] as const
) {
  Deno.test(`a server is asked when ${what}, again and again`, () =>
    withHttps("127.0.0.1", async (url, told) => {
      const trusting = trustingFetch(trust);
      for (let i = 0; i < 2; i++) {
        assertEquals(await (await trusting(url, INIT)).text(), "pictures");
      }
      assertEquals(told, ["Basic secret", "Basic secret"]);
    }));

  Deno.test(`a server of another name is told nothing when ${what}`, () =>
    withHttps("127.0.0.2", async (url, told) => {
      await assertRejects(
        () => trustingFetch(trust)(url, INIT),
        CertificateError,
        'cannot trust its certificate: certificate not valid for name "127.0.0.2"',
      );
      assertEquals(told, []);
    }));
}

Deno.test("a server that shows another certificate, or one that nobody signed, is told nothing", () =>
  withHttps("127.0.0.1", async (url, told) => {
    await assertRejects(
      () => trustingFetch({ fingerprint: new Uint8Array(32) })(url, INIT),
      CertificateError,
      "cannot trust its certificate: its SHA-256 is ",
    );
    await assertRejects(
      () => trustingFetch()(url, INIT),
      CertificateError,
      "cannot trust its certificate: nobody whom this machine trusts has signed it",
    );
    assertEquals(told, []);
  }));

Deno.test("a server that is not there is an error as of fetch", async () => {
  const error = await assertRejects(() => trustingFetch()("https://127.0.0.1:1/", INIT), TypeError);
  assertEquals(error instanceof CertificateError, false);
});
