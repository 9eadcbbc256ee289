import type { ObservedBytes } from "../../stream/observation.ts";

/** Keeps what crosses the network as it is seen; see `datagram` and `chunk` of a client's observer. */
export interface PacketRecorder {
  /** Takes a datagram. */
  datagram(datagram: ObservedBytes): void;
  /** Takes a piece of a connection. */
  chunk(chunk: ObservedBytes): void;
  /** Puts a remark to what came last, where the format has room for that. */
  remark(text: string): void;
  /** Packets that could not be kept. */
  readonly leftOut: number;
  /**
   * Ends the recording and gives the file its name.
   * @throws what writing threw, e.g. since the disk is full; what had been written is kept
   */
  close(): Promise<void>;
  /** Throws the recording away. */
  abort(): Promise<void>;
}
