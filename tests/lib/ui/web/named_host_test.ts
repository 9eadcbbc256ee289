import { isNamedHost } from "../../../../lib/ui/web/named_host.ts";
import { assertEquals } from "../../../support/assert.ts";

const CASES: [listening: string, port: number, host: string, named: boolean][] = [
  ["127.0.0.1", 8080, "127.0.0.1:8080", true],
  ["127.0.0.1", 8080, "localhost:8080", true],
  ["127.0.0.1", 8080, "127.0.0.1:8081", false],
  ["127.0.0.1", 8080, "127.0.0.1", false],
  ["127.0.0.1", 80, "127.0.0.1", true],
  ["127.0.0.1", 8080, "192.0.2.2:8080", false],
  ["127.0.0.1", 8080, "localhost.evil.example:8080", false],
  ["127.0.0.1", 8080, "", false],
  ["::1", 8080, "[::1]:8080", true],
  ["::1", 8080, "localhost:8080", true],
  ["192.0.2.2", 8080, "192.0.2.2:8080", true],
  ["192.0.2.2", 8080, "localhost:8080", false],
  ["192.0.2.2", 8080, "evil.example:8080", false],
  ["0.0.0.0", 8080, "192.0.2.2:8080", true],
  ["0.0.0.0", 8080, "localhost:8080", true],
  ["::", 8080, "[fd00::2]:8080", true],
  ["::", 8080, "192.0.2.2:8080", true],
  ["0.0.0.0", 8080, "evil.example:8080", false],
  ["0.0.0.0", 8080, "1.2.3.4.evil.example:8080", false],
];

for (const [listening, port, host, named] of CASES) {
  const verb = named ? "names" : "does not name";
  Deno.test(`Host ${JSON.stringify(host)} ${verb} what listens on ${listening} port ${port}`, () => {
    assertEquals(isNamedHost(host, listening, port), named);
  });
}
