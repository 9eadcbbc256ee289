import type { RtcpPacket } from "./packet.ts";

/**
 * What a compound packet lacks of the rules of RFC 3550 section 6.1 and appendix A.2: one sentence
 * per finding, none when all is well. Receivers are best lenient with all of these.
 */
export function checkCompound(packets: readonly RtcpPacket[]): string[] {
  const first = packets[0];
  if (first === undefined) return ["No packets at all"];
  const findings: string[] = [];
  if (first.type !== "SR" && first.type !== "RR") {
    findings.push(
      `First packet is ${nameOf(first)}, not SR or RR; only reduced-size RTCP (RFC 5506) allows it`,
    );
  }
  if (!packets.some(hasCname)) {
    findings.push("No SDES packet with a CNAME; every compound packet must carry one");
  }
  packets.forEach((packet, i) => {
    if (packet.padding !== undefined && i < packets.length - 1) {
      findings.push(`Packet ${i + 1} (${nameOf(packet)}) is padded, only the last one may be`);
    }
  });
  return findings.concat(findLifeAfterGoodbye(packets));
}

function findLifeAfterGoodbye(packets: readonly RtcpPacket[]): string[] {
  const left = new Set<number>();
  const findings: string[] = [];
  packets.forEach((packet, i) => {
    const returned = sourcesOf(packet).find((source) => left.has(source));
    if (returned !== undefined) {
      const ssrc = `0x${returned.toString(16).padStart(8, "0")}`;
      findings.push(`Packet ${i + 1} (${nameOf(packet)}) is from ${ssrc}, which has said BYE`);
    }
    if (packet.type === "BYE") packet.sources.forEach((source) => left.add(source));
  });
  return findings;
}

/** The sources that a packet is from, as far as its type is known. */
function sourcesOf(packet: RtcpPacket): number[] {
  switch (packet.type) {
    case "SR":
    case "RR":
      return [packet.ssrc];
    case "SDES":
      return packet.chunks.map((chunk) => chunk.source);
    case "BYE":
      return packet.sources;
    case "APP":
      return [packet.source];
    case "unknown":
      return [];
  }
}

function hasCname(packet: RtcpPacket): boolean {
  return packet.type === "SDES" &&
    packet.chunks.some((chunk) => chunk.items.some((item) => item.type === "CNAME"));
}

function nameOf(packet: RtcpPacket): string {
  return packet.type === "unknown" ? `of packet type ${packet.packetType}` : packet.type;
}
