// From link frames to datagrams and segments, and back.
import fc from "fast-check";
import { InternetChecksum } from "../../../../lib/media/capture/checksum.ts";
import { Dissector } from "../../../../lib/media/capture/dissector.ts";
import { formatIpAddress, parseIpAddress } from "../../../../lib/media/capture/ip_address.ts";
import { FragmentAssembler, MAX_FRAGMENTED } from "../../../../lib/media/capture/ip_fragments.ts";
import { type IpPacket, MAX_EXTENSIONS, parseIp } from "../../../../lib/media/capture/ip_packet.ts";
import { findIp, MAX_TAGS } from "../../../../lib/media/capture/link_layer.ts";
import {
  formatTcpFrame,
  formatUdpFrame,
  MAX_UDP_PAYLOAD,
} from "../../../../lib/media/capture/network_frame.ts";
import { parseTcp, parseUdp } from "../../../../lib/media/capture/transport_layer.ts";
import { assert, assertEquals, assertThrows } from "../../../support/assert.ts";
import { end } from "../../../support/capture_builder.ts";
import { hex } from "../../../support/golden.ts";
import { everyPrefix } from "../../../support/split.ts";

const FROM = end("192.0.2.1", 554);
const TO = end("192.0.2.10", 40_000);

Deno.test("a UDP frame is made byte for byte, with right checksums", () => {
  assertEquals(
    formatUdpFrame(FROM, TO, hex`8001 02`),
    hex`
      0200c000020a 0200c0000201 0800   # made-up cards, IPv4
      45 00 001f 0000 4000 40 11 b6c2  # 31 bytes, don't fragment, UDP
      c0000201 c000020a
      022a 9c40 000b 5b60              # ports, 11 bytes, checksum
      8001 02`,
  );
});

Deno.test("a TCP frame is made byte for byte, with right checksums", () => {
  const segment = { sequence: 1, acknowledgment: 2, flags: 0x18, payload: hex`41` };
  assertEquals(
    formatTcpFrame(FROM, TO, segment),
    hex`
      0200c000020a 0200c0000201 0800
      45 00 0029 0000 4000 40 06 b6c3
      c0000201 c000020a
      022a 9c40 00000001 00000002 50 18 ffff 4c52 0000
      41`,
  );
});

Deno.test("whatever is sent is found again, over IPv4 and IPv6, and all sums are right", () => {
  const bytes = fc.uint8Array({ maxLength: 50 });
  const port = fc.integer({ min: 0, max: 65_535 });
  const pair = fc.oneof(
    fc.tuple(fc.ipV4(), fc.ipV4()),
    fc.constant(["2001:db8::1", "fe80::2"] as [string, string]),
  );
  fc.assert(fc.property(pair, port, port, bytes, ([a, b], first, second, payload) => {
    const [from, to] = [end(a, first), end(b, second)];
    const frame = formatUdpFrame(from, to, payload);
    const packet = parseIp(frame, 14)!;
    assertEquals([packet.source, packet.destination], [from.address, to.address]);
    const datagram = parseUdp(packet.payload, packet.payloadLength)!;
    assertEquals(datagram, {
      sourcePort: first,
      destinationPort: second,
      payload,
      payloadLength: payload.length,
    });
    assertEquals(sumOf(packet), 0);
    const flags = 0x10;
    const segment = { sequence: 0xffff_ffff, acknowledgment: 7, flags, payload };
    const tcp = parseIp(formatTcpFrame(from, to, segment), 14)!;
    assertEquals(sumOf(tcp), 0);
    assertEquals(parseTcp(tcp.payload, tcp.payloadLength), {
      ...segment,
      sourcePort: first,
      destinationPort: second,
      payloadLength: payload.length,
    });
  }));
});

/** With the checksum in it, the sum is 0. */
function sumOf({ source, destination, protocol, payload }: IpPacket): number {
  return new InternetChecksum().bytes(source).bytes(destination).u16(protocol)
    .u16(payload.length).bytes(payload).value;
}

Deno.test("a datagram may be as long as IPv4 holds and not longer", () => {
  assertEquals(formatUdpFrame(FROM, TO, new Uint8Array(MAX_UDP_PAYLOAD)).length, 14 + 65_535);
  assertThrows(() => formatUdpFrame(FROM, TO, new Uint8Array(MAX_UDP_PAYLOAD + 1)), RangeError);
});

Deno.test("what goes to a group has the group's card address", () => {
  const group = formatUdpFrame(FROM, end("239.129.2.3", 5000), hex`00`);
  assertEquals(group.slice(0, 6), hex`01005e010203`);
  const six = formatUdpFrame(end("fe80::1", 1), end("ff02::1:3", 5000), hex`00`);
  assertEquals(six.slice(0, 6), hex`333300010003`);
});

const ADDRESSES: [text: string, bytes: Uint8Array][] = [
  ["192.0.2.1", hex`c0000201`],
  ["::", hex`00000000000000000000000000000000`],
  ["::1", hex`00000000000000000000000000000001`],
  ["2001:db8::1:0:0:1", hex`20010db8000000000001000000000001`],
  ["1:0:2:3:4:5:6:7", hex`00010000000200030004000500060007`],
  ["fe80::", hex`fe800000000000000000000000000000`],
];

for (const [text, bytes] of ADDRESSES) {
  Deno.test(`the address ${text} is read and written`, () => {
    assertEquals(parseIpAddress(text), bytes);
    assertEquals(formatIpAddress(bytes), text);
  });
}

Deno.test("addresses are read in other spellings, and what is none is not", () => {
  assertEquals(parseIpAddress("::ffff:192.0.2.1"), hex`00000000000000000000ffffc0000201`);
  assertEquals(parseIpAddress("fe80::1%eth0"), hex`fe800000000000000000000000000001`);
  for (const text of ["", "1.2.3", "1.2.3.256", "1::2::3", "1:2:3", "g::", "1:2:3:4:5:6:7:8:9"]) {
    assertEquals(parseIpAddress(text), undefined, text);
  }
});

const IP = hex`45`;
const LINKS: [name: string, linkType: number, frame: Uint8Array, at: number][] = [
  ["Ethernet", 1, hex`000000000000 000000000000 0800 45`, 14],
  ["Ethernet with a VLAN tag", 1, hex`000000000000 000000000000 8100 0001 0800 45`, 18],
  ["Ethernet with two tags", 1, hex`000000000000 000000000000 88a8 0001 8100 0002 86dd 60`, 22],
  ["Ethernet with ARP", 1, hex`000000000000 000000000000 0806 45`, -1],
  ["Linux cooked", 113, hex`0000 0001 0006 000000000000 0000 0800 45`, 16],
  ["Linux cooked, second version", 276, hex`0800 0000 00000001 0001 00 06 0000000000000000 45`, 20],
  ["BSD loopback", 0, hex`02000000 45`, 4],
  ["OpenBSD loopback", 108, hex`0000001e 60`, 4],
  ["raw IP", 101, IP, 0],
  ["raw IPv6", 229, hex`60`, 0],
  ["a link type nobody knows", 147, IP, -1],
  ["an empty frame", 1, hex``, -1],
];

for (const [name, linkType, frame, at] of LINKS) {
  Deno.test(`the packet is found in a frame: ${name}`, () => {
    assertEquals(findIp(linkType, frame), at);
  });
}

Deno.test("there may be as many tags as the limit and not more", () => {
  const tagged = (tags: number): Uint8Array => {
    return Uint8Array.from([
      ...new Uint8Array(12),
      ...Array.from({ length: tags }, () => [0x81, 0, 0, 1]).flat(),
      8,
      0,
      0x45,
    ]);
  };
  assertEquals(findIp(1, tagged(MAX_TAGS)), 14 + 4 * MAX_TAGS);
  assertEquals(findIp(1, tagged(MAX_TAGS + 1)), -1);
});

/** An IPv6 packet of UDP behind destination options. */
function behindExtensions(count: number): Uint8Array {
  const header = new Uint8Array(40);
  header[0] = 0x60;
  header[5] = 8 * count + 8;
  header[6] = count === 0 ? 17 : 60;
  const options = Array.from({ length: count }, (_, i) => {
    return [i === count - 1 ? 17 : 60, 0, 1, 4, 0, 0, 0, 0];
  });
  return Uint8Array.from([...header, ...options.flat(), ...hex`1388 1389 0008 0000`]);
}

Deno.test("extension headers are passed over, as many as the limit and not more", () => {
  for (const count of [0, 1, MAX_EXTENSIONS - 1]) {
    const packet = parseIp(behindExtensions(count), 0)!;
    assertEquals([packet.protocol, packet.payloadLength], [17, 8]);
  }
  assertEquals(parseIp(behindExtensions(MAX_EXTENSIONS), 0), undefined);
});

/** The pieces of a packet of IPv4, of `size` payload bytes each. */
function pieces(payload: Uint8Array, size: number, identification = 1): IpPacket[] {
  const all: IpPacket[] = [];
  for (let offset = 0; offset < payload.length; offset += size) {
    const piece = payload.subarray(offset, offset + size);
    all.push({
      source: FROM.address,
      destination: TO.address,
      protocol: 17,
      payload: piece,
      payloadLength: piece.length,
      fragment: { identification, offset, more: offset + size < payload.length },
    });
  }
  return all;
}

Deno.test("pieces of packets become whole in any order, doubled or overlapping", () => {
  const order = fc.tuple(
    fc.uint8Array({ minLength: 1, maxLength: 400 }),
    fc.integer({ min: 1, max: 10 }),
    fc.infiniteStream(fc.nat()),
  );
  fc.assert(fc.property(order, ([payload, units, random]) => {
    const parts = [...pieces(payload, units * 8), ...pieces(payload, (units + 1) * 8)];
    const mixed = parts.map((part) => ({ part, key: random.next().value! }))
      .sort((a, b) => a.key - b.key);
    const assembler = new FragmentAssembler();
    const whole = mixed.flatMap(({ part }) => assembler.push(part, 0) ?? []);
    assert(whole.length >= 1);
    assertEquals(whole[0]!.payload, payload);
    assertEquals(whole[0]!.fragment, undefined);
  }));
});

Deno.test("pieces are forgotten by age, and by number", () => {
  const [first, second] = pieces(new Uint8Array(16), 8) as [IpPacket, IpPacket];
  const assembler = new FragmentAssembler();
  assembler.push(first, 0);
  assertEquals(assembler.push(second, 60_001), undefined);
  assertEquals(assembler.incomplete, 1);
  const full = new FragmentAssembler();
  for (let i = 0; i <= MAX_FRAGMENTED; i++) full.push(pieces(new Uint8Array(16), 8, i)[0]!, 0);
  assertEquals(full.incomplete, 1);
  assertEquals(full.push(pieces(new Uint8Array(16), 8, 0)[1]!, 0), undefined);
  assert(full.push(pieces(new Uint8Array(16), 8, MAX_FRAGMENTED)[1]!, 0) !== undefined);
});

Deno.test("an IPv6 packet in pieces is found", () => {
  const fragment = (offset: number, more: number, data: Uint8Array): Uint8Array => {
    const header = new Uint8Array(48);
    header[0] = 0x60;
    header[5] = 8 + data.length;
    header[6] = 44;
    header[40] = 17;
    header[43] = offset | more;
    header[47] = 9;
    return Uint8Array.from([...header, ...data]);
  };
  const found: Uint8Array[] = [];
  const dissector = new Dissector({
    udp: (_, { payload }) => found.push(payload),
    tcp: () => {},
  });
  const push = (bytes: Uint8Array): void => {
    dissector.push({ seconds: 0, nanoseconds: 0, linkType: 101, bytes, originalLength: 0 }, 0);
  };
  push(fragment(8, 0, hex`0506`));
  push(fragment(0, 1, hex`1388 1389 000a 0000`));
  assertEquals(found, [hex`0506`]);
});

Deno.test("frames cut anywhere, or random, never stop the dissection", () => {
  const nothing = { udp: () => {}, tcp: () => {} };
  const dissector = new Dissector(nothing);
  const push = (linkType: number, bytes: Uint8Array): void => {
    dissector.push({ seconds: 0, nanoseconds: 0, linkType, bytes, originalLength: 0 }, 0);
  };
  everyPrefix(formatUdpFrame(FROM, TO, hex`00`), (prefix) => push(1, prefix));
  everyPrefix(behindExtensions(3), (prefix) => push(101, prefix));
  const links = fc.constantFrom(0, 1, 101, 108, 113, 276);
  fc.assert(fc.property(links, fc.uint8Array({ maxLength: 100 }), push), { numRuns: 2000 });
});
