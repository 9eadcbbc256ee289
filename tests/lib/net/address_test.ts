import { anyAddressFor, hostPort, isIpv6, plainAddress } from "../../../lib/net/address.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("an IPv4 address is the same however a socket shows it", () => {
  assertEquals(plainAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assertEquals(plainAddress("::FFFF:192.0.2.1"), "192.0.2.1");
  for (const address of ["192.0.2.1", "::1", "2001:db8::1"]) {
    assertEquals(plainAddress(address), address);
  }
});

Deno.test("IPv6 stands in brackets before a port, and is bound as its own family", () => {
  assertEquals(hostPort("::1", 554), "[::1]:554");
  assertEquals(hostPort("192.0.2.1", 554), "192.0.2.1:554");
  assertEquals([isIpv6("::1"), isIpv6("localhost")], [true, false]);
  assertEquals([anyAddressFor("::1"), anyAddressFor("192.0.2.1")], ["::", "0.0.0.0"]);
});
