import { MalformedError } from "../../bytes/malformed.ts";
import type { PayloadFacts, StreamFormat } from "../depacketizer.ts";
import type { PacketFormat } from "../packet_units.ts";
import { parsePat, parsePmt, streamTypeName } from "./program_tables.ts";
import { NULL_PID, PAT_PID, type TransportPacket, transportPackets } from "./transport_packet.ts";

/** Most programs whose maps are read, and most streams listed. */
export const MAX_PROGRAMS = 32;
export const MAX_STREAMS = 256;

/** What is known of any transport stream. */
export const MPEG_TS: StreamFormat = Object.freeze({ codec: "MPEG-TS" });

/** Payloads of RFC 2250: whole transport packets. */
export class MpegTsFormat implements PacketFormat {
  readonly kind = "data";
  readonly #maps = new Set<number>();
  readonly #streams = new Map<number, string>();
  #seen: StreamFormat | undefined;

  get seen(): StreamFormat | undefined {
    return this.#seen;
  }

  check(payload: Uint8Array): string | undefined {
    try {
      transportPackets(payload);
      return undefined;
    } catch (error) {
      if (error instanceof MalformedError) return error.message;
      throw error;
    }
  }

  learn(payload: Uint8Array): void {
    for (const packet of transportPackets(payload)) {
      const table = packet.pid === PAT_PID || this.#maps.has(packet.pid);
      if (packet.unitStart && table && !packet.scrambled) this.#learnTable(packet);
    }
  }

  #learnTable({ pid, payload }: TransportPacket): void {
    try {
      if (pid === PAT_PID) {
        for (const map of parsePat(payload)) {
          if (this.#maps.size < MAX_PROGRAMS) this.#maps.add(map);
        }
        return;
      }
      for (const stream of parsePmt(payload)) {
        if (this.#streams.size < MAX_STREAMS) {
          this.#streams.set(stream.pid, streamTypeName(stream.type));
        }
      }
      this.#seen = { ...MPEG_TS, streams: [...this.#streams.values()] };
    } catch (error) {
      // A table over several packets; the stream is kept as it is all the same.
      if (!(error instanceof MalformedError)) throw error;
    }
  }
}

/** What one payload holds: `"7 TS packets PID 0 256 257"`. */
export function describeMpegTs(payload: Uint8Array): PayloadFacts {
  try {
    const found = transportPackets(payload);
    const pids = new Set(found.map(({ pid }) => pid));
    const named = [...pids].filter((pid) => pid !== NULL_PID).join(" ");
    const keyFrame = found.some(({ randomAccess }) => randomAccess);
    const text = `${found.length} TS packets PID ${named}${keyFrame ? " random access" : ""}`;
    return { text, fields: { packets: found.length, pids: named, randomAccess: keyFrame } };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { text: "malformed", fields: {}, problem: error.message };
  }
}
