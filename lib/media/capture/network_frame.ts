import { ByteWriter } from "../../bytes/writer.ts";
import { InternetChecksum } from "./checksum.ts";
import { IPV4_LENGTH } from "./ip_address.ts";
import { IP_PROTOCOL } from "./ip_packet.ts";
import { ETHER_TYPE } from "./link_layer.ts";
import { TCP_HEADER_LENGTH, UDP_HEADER_LENGTH } from "./transport_layer.ts";

/** One end of a conversation: an IPv4 or IPv6 address in bytes, and a port. */
export interface Endpoint {
  address: Uint8Array;
  port: number;
}

/** A TCP segment to write. */
export interface WrittenSegment {
  sequence: number;
  acknowledgment: number;
  flags: number;
  payload: Uint8Array;
  /** Options, a multiple of 4 bytes. */
  options?: Uint8Array;
}

/** Most payload bytes of a UDP datagram that a frame can hold (RFC 768, RFC 791). */
export const MAX_UDP_PAYLOAD = 65_507;
const ETHERNET_LENGTH = 14;
const IPV4_HEADER_LENGTH = 20;
const IPV6_HEADER_LENGTH = 40;
const IPV4_VERSION_AND_LENGTH = 0x45;
const IPV6_VERSION = 0x6000_0000;
const DO_NOT_FRAGMENT = 0x4000;
const HOPS = 64;
const WINDOW = 0xffff;
/** First byte of an address that nobody was given: locally administered (IEEE 802). */
const LOCAL_MAC = 0x02;
const NO_OPTIONS = new Uint8Array(0);

/**
 * An Ethernet frame with an IP packet with a UDP datagram, checksums and all.
 * @throws {RangeError} when the payload is above {@linkcode MAX_UDP_PAYLOAD} bytes
 */
export function formatUdpFrame(
  from: Endpoint,
  to: Endpoint,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (payload.length > MAX_UDP_PAYLOAD) {
    throw new RangeError(`UDP payload of ${payload.length} bytes, at most ${MAX_UDP_PAYLOAD} fit`);
  }
  const length = UDP_HEADER_LENGTH + payload.length;
  const writer = beginPacket(from, to, IP_PROTOCOL.UDP, length);
  const at = writer.length;
  writer.u16(from.port).u16(to.port).u16(length).u16(0).bytes(payload);
  const checksum = checksumOf(from, to, IP_PROTOCOL.UDP, writer.finish().subarray(at));
  // 0 means that there is none.
  return writer.patchU16(at + 6, checksum || 0xffff).finish();
}

/** An Ethernet frame with an IP packet with a TCP segment, likewise. */
export function formatTcpFrame(
  from: Endpoint,
  to: Endpoint,
  segment: WrittenSegment,
): Uint8Array<ArrayBuffer> {
  const { sequence, acknowledgment, flags, payload, options = NO_OPTIONS } = segment;
  const headerLength = TCP_HEADER_LENGTH + options.length;
  const writer = beginPacket(from, to, IP_PROTOCOL.TCP, headerLength + payload.length);
  const at = writer.length;
  writer.u16(from.port).u16(to.port).u32(sequence).u32(acknowledgment);
  writer.u8(headerLength << 2).u8(flags).u16(WINDOW).u16(0).u16(0).bytes(options).bytes(payload);
  const checksum = checksumOf(from, to, IP_PROTOCOL.TCP, writer.finish().subarray(at));
  return writer.patchU16(at + 16, checksum).finish();
}

function beginPacket(from: Endpoint, to: Endpoint, protocol: number, length: number): ByteWriter {
  const writer = new ByteWriter(ETHERNET_LENGTH + IPV6_HEADER_LENGTH + length);
  const isIpv4 = from.address.length === IPV4_LENGTH;
  writer.bytes(macOf(to.address)).bytes(macOf(from.address));
  writer.u16(isIpv4 ? ETHER_TYPE.IPV4 : ETHER_TYPE.IPV6);
  if (isIpv4) writeIpv4Header(writer, from, to, protocol, length);
  else writeIpv6Header(writer, from, to, protocol, length);
  return writer;
}

function writeIpv4Header(
  writer: ByteWriter,
  from: Endpoint,
  to: Endpoint,
  protocol: number,
  length: number,
): void {
  const at = writer.length;
  writer.u8(IPV4_VERSION_AND_LENGTH).u8(0).u16(IPV4_HEADER_LENGTH + length);
  // Atomic datagrams need no identification (RFC 6864, section 4.1).
  writer.u16(0).u16(DO_NOT_FRAGMENT).u8(HOPS).u8(protocol).u16(0);
  writer.bytes(from.address).bytes(to.address);
  const checksum = new InternetChecksum().bytes(writer.finish().subarray(at)).value;
  writer.patchU16(at + 10, checksum);
}

function writeIpv6Header(
  writer: ByteWriter,
  from: Endpoint,
  to: Endpoint,
  protocol: number,
  length: number,
): void {
  writer.u32(IPV6_VERSION).u16(length).u8(protocol).u8(HOPS);
  writer.bytes(from.address).bytes(to.address);
}

/** Of a UDP datagram or TCP segment, with the pseudo-header before it. */
function checksumOf(from: Endpoint, to: Endpoint, protocol: number, bytes: Uint8Array): number {
  return new InternetChecksum()
    .bytes(from.address).bytes(to.address).u16(protocol).u16(bytes.length).bytes(bytes).value;
}

/** What stands for the network card of an address; of a group what RFC 1112 and RFC 2464 say. */
function macOf(address: Uint8Array): Uint8Array {
  const last = address.subarray(-4);
  if (address.length === IPV4_LENGTH) {
    return address[0]! >>> 4 === 0xe
      ? Uint8Array.of(0x01, 0x00, 0x5e, last[1]! & 0x7f, last[2]!, last[3]!)
      : Uint8Array.of(LOCAL_MAC, 0, ...last);
  }
  const isGroup = address[0] === 0xff;
  return isGroup ? Uint8Array.of(0x33, 0x33, ...last) : Uint8Array.of(LOCAL_MAC, 1, ...last);
}
