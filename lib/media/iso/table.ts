import { MalformedError } from "../../bytes/malformed.ts";
import { u32be } from "../fixed_integers.ts";
import type { FileView, Scan } from "../guided_scanner.ts";
import { type Box, contents, FULL_BOX_BYTES } from "./box.ts";

/** Bytes of a table read together; several tables are read side by side. */
const WINDOW_BYTES = 32 * 1024;
const COUNT_BYTES = 4;

/** Where in a box a table stands, and how it is made. */
export interface TableLayout {
  /** Offset of the number of entries within the box's contents; default right behind the flags. */
  readonly countAt?: number;
  /** Bytes of an entry. */
  readonly entryBytes: number;
}

/** A table in a box, read a stretch at a time; never longer than its box, whatever it says. */
export class BoxTable {
  #first = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  private constructor(
    readonly view: FileView,
    readonly at: number,
    readonly count: number,
    readonly entryBytes: number,
  ) {}

  /**
   * A table behind the number of its entries.
   * @throws {MalformedError} when it says that it has more entries than its box has room for
   */
  static *open(view: FileView, box: Box, layout: TableLayout): Scan<BoxTable> {
    const { countAt = FULL_BOX_BYTES, entryBytes } = layout;
    const begin = countAt + COUNT_BYTES;
    const count = u32be(yield* contents(view, box, begin), countAt);
    return BoxTable.counted(view, box, { begin, count, entryBytes });
  }

  /**
   * A table of so many entries.
   * @param begin its offset within the box's contents
   * @throws {MalformedError} when its box has no room for them
   */
  static counted(
    view: FileView,
    box: Box,
    { begin, count, entryBytes }: { begin: number; count: number; entryBytes: number },
  ): BoxTable {
    const room = Math.max(0, Math.floor((box.end - box.data - begin) / entryBytes));
    if (count > room) {
      const problem = `States ${count} entries, with room for ${room}`;
      throw new MalformedError(box.type, box.at, problem);
    }
    return new BoxTable(view, box.data + begin, count, entryBytes);
  }

  /**
   * Entry `i`, which must be below {@linkcode count}; valid until the next call.
   * @throws {MalformedError} when the file ends before it
   */
  *entry(i: number): Scan<Uint8Array> {
    let from = (i - this.#first) * this.entryBytes;
    if (from < 0 || from + this.entryBytes > this.#bytes.length) {
      const most = Math.max(this.entryBytes, Math.min(WINDOW_BYTES, this.view.windowBytes));
      const wanted = Math.min((this.count - i) * this.entryBytes, most);
      const at = this.at + i * this.entryBytes;
      this.#bytes = yield* this.view.look(at, wanted, wanted);
      this.#first = i;
      from = 0;
      if (this.#bytes.length < this.entryBytes) {
        throw new MalformedError("table", at, "Is cut off by the end of the file");
      }
    }
    return this.#bytes.subarray(from, from + this.entryBytes);
  }
}
