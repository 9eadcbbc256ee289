import { equals } from "@std/bytes/equals";
import type { AccessUnit, StreamFormat } from "../codec/depacketizer.ts";

/** What a picture has of the one before. */
export type Repetition =
  /** It is the same, byte for byte. */
  | "equal"
  /** It says that nothing has changed, and no more. */
  | "unchanged"
  /** Something else. */
  | "new";

/** Bytes that a picture has in which every block is as before: some, and so many blocks a byte. */
const UNCHANGED: ReadonlyMap<string, { bytes: number; blocksPerByte: number }> = new Map([
  ["H264", { bytes: 28, blocksPerByte: 112 }],
  ["H265", { bytes: 44, blocksPerByte: 80 }],
]);
const BLOCK_PIXELS = 16;
/** Key frames of the same picture differ in length by less than one byte in so many. */
const SAME_LENGTH = 8;

/**
 * Tells pictures of H.264 and H.265 that show what the one before showed: the unit sent again, or one
 * that codes no change at all. A camera's noise alone takes more bytes than that.
 */
export class RepetitionWatcher {
  readonly #unchanged: { bytes: number; blocksPerByte: number } | undefined;
  #before: AccessUnit | undefined;
  #keyBytes = 0;
  #last: Repetition = "new";

  /** @param encoding as in `a=rtpmap` */
  constructor(encoding: string) {
    this.#unchanged = UNCHANGED.get(encoding.toUpperCase());
  }

  /**
   * Takes the next whole unit, which is kept until the one after it.
   * @param seen what the stream has told of its format
   */
  next(unit: AccessUnit, seen: StreamFormat | undefined): Repetition {
    this.#last = this.#judge(unit, seen);
    if (unit.keyFrame) this.#keyBytes = unit.bytes;
    this.#before = unit;
    return this.#last;
  }

  #judge(unit: AccessUnit, seen: StreamFormat | undefined): Repetition {
    if (this.#before === undefined || unit.kind !== "video") return "new";
    if (sameData(this.#before, unit)) return "equal";
    if (this.#unchanged === undefined) return "new";
    if (unit.keyFrame) {
      const apart = Math.abs(unit.bytes - this.#keyBytes);
      return this.#last === "unchanged" && apart * SAME_LENGTH < unit.bytes ? "unchanged" : "new";
    }
    const { width = 0, height = 0 } = seen ?? {};
    const blocks = Math.ceil(width / BLOCK_PIXELS) * Math.ceil(height / BLOCK_PIXELS);
    const { bytes, blocksPerByte } = this.#unchanged;
    return unit.bytes <= bytes + blocks / blocksPerByte ? "unchanged" : "new";
  }
}

function sameData(a: AccessUnit, b: AccessUnit): boolean {
  return a.bytes === b.bytes && a.data.length === b.data.length &&
    a.data.every((piece, i) => equals(piece, b.data[i]!));
}
