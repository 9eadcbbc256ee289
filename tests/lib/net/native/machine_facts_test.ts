import { networkAddresses, openDescriptors } from "../../../../lib/net/native/machine_facts.ts";
import { libc } from "../../../../lib/net/native/libc.ts";
import { isLoopback } from "../../../../lib/net/address.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

/** Elsewhere nothing of this can be told. */
const ignore = libc() === undefined;

Deno.test({
  name: "descriptors are counted, those that are opened too, and counting opens none for good",
  ignore,
  fn: () => {
    const before = openDescriptors()!;
    const file = Deno.openSync(new URL(import.meta.url));
    assertEquals(openDescriptors(), before + 1);
    file.close();
    assertEquals(openDescriptors(), before);
  },
});

Deno.test({
  name: "addresses are those that other machines can reach, IPv4 first",
  ignore,
  fn: () => {
    const addresses = networkAddresses();
    const kinds = addresses.map((address) => address.includes(":"));
    assertEquals(kinds, [...kinds].sort());
    for (const address of addresses) {
      assert(!isLoopback(address) && !address.startsWith("fe80"), address);
      // Throws where it is none.
      new URL(`http://${address.includes(":") ? `[${address}]` : address}/`);
    }
  },
});
