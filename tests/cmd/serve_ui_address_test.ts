import { UsageError } from "../../cmd/exit_status.ts";
import { parseUiAddress } from "../../cmd/serve_ui_address.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

const GOOD: [text: string, hostname: string, port: number][] = [
  ["8080", "127.0.0.1", 8080],
  ["0", "127.0.0.1", 0],
  ["192.0.2.2:80", "192.0.2.2", 80],
  ["0.0.0.0:65535", "0.0.0.0", 65_535],
  ["[::1]:8080", "::1", 8080],
  ["localhost:0", "localhost", 0],
];

for (const [text, hostname, port] of GOOD) {
  Deno.test(`--ui ${text} is understood`, () => {
    assertEquals(parseUiAddress(text), { hostname, port });
  });
}

for (const text of ["", "x", "65536", ":8080", "192.0.2.2:", "::1:8080", "[::1]", "a b:1", "1:x"]) {
  Deno.test(`--ui ${JSON.stringify(text)} is refused`, () => {
    assertThrows(() => parseUiAddress(text), UsageError);
  });
}
