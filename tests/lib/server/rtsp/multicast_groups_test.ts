import { isMulticastV4 } from "../../../../lib/net/address.ts";
import { MulticastGroups } from "../../../../lib/server/rtsp/multicast_groups.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

Deno.test("a file's group and port are the same every day, and within the site's own", () => {
  const [today, tomorrow] = [new MulticastGroups({ ttl: 1 }), new MulticastGroups({ ttl: 1 })];
  const names = Array.from({ length: 500 }, (_, i) => `folder/clip ${i}.mjpeg`);
  for (const name of names) {
    const target = today.targetFor(name);
    assertEquals(tomorrow.targetFor(name), target);
    assert(target.group.startsWith("239.255.") && isMulticastV4(target.group), target.group);
    const { rtpPort } = target;
    assert(rtpPort % 2 === 0 && rtpPort >= 16_384 && rtpPort <= 32_766, String(rtpPort));
  }
  const places = names.map((name) => JSON.stringify(today.targetFor(name)));
  assertEquals(new Set(places).size, names.length, "no two files share a place");
});

Deno.test("the group of movie.Mjpeg, which firewalls may be set up for", () => {
  const target = new MulticastGroups({ ttl: 3 }).targetFor("movie.Mjpeg");
  assertEquals(target, { group: "239.255.213.57", rtpPort: 32_720, ttl: 3 });
});

Deno.test("one group for all files: the port tells them apart, counted up as they are asked for", () => {
  const groups = new MulticastGroups({ ttl: 1, group: "239.1.2.3", port: 5004 });
  const ports = ["a", "b", "a", "c", "b"].map((name) => groups.targetFor(name).rtpPort);
  assertEquals(ports, [5004, 5006, 5004, 5008, 5006]);
  assertEquals(groups.targetFor("d").group, "239.1.2.3");
});

Deno.test("ports that are counted up stay below 65,536, RTCP's too", () => {
  const groups = new MulticastGroups({ ttl: 1, group: "239.1.2.3", port: 65_530 });
  const ports = ["a", "b", "c", "d"].map((name) => groups.targetFor(name).rtpPort);
  assertEquals(ports, [65_530, 65_532, 65_534, 65_530]);
});

Deno.test("one group for all files without a port keeps a port of each file's own", () => {
  const groups = new MulticastGroups({ ttl: 1, group: "239.1.2.3" });
  assert(groups.targetFor("a").rtpPort !== groups.targetFor("b").rtpPort);
});
