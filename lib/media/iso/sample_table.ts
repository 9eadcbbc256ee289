import { MalformedError } from "../../bytes/malformed.ts";
import { u16be, u32be, u64be } from "../fixed_integers.ts";
import type { FrameFindings } from "../frame_scanner.ts";
import type { FileView, Scan } from "../guided_scanner.ts";
import { type Box, contents, findBox, FULL_BOX_BYTES, needBox } from "./box.ts";
import { BoxTable } from "./table.ts";

/** `stsz`: a size for all or 0, the number of samples, and each one's size. */
const SizeTable = Object.freeze({ COMMON: 4, COUNT: 8, HEAD_BYTES: 12, ENTRY_BYTES: 4 });
/** `stz2`: the same with sizes of 16 bits, or of 8 or 4, which no JPEG fits into. */
const CompactSizes = Object.freeze({ FIELD_SIZE: 7, BITS: 16, ENTRY_BYTES: 2 });
/** `stsc`: the first chunk of a run (from 1), samples in each, and their description. */
const Run = Object.freeze({ FIRST: 0, SAMPLES: 4, BYTES: 12 });
const OFFSET_BYTES = 4;
const LARGE_OFFSET_BYTES = 8;

/**
 * Places the samples of a track (ISO/IEC 14496-12, sections 8.7.3 to 8.7.5): chunk after chunk, in
 * each as many as its run says, one behind the other.
 * @param samples the `stbl` box
 */
export function* scanSampleTable(view: FileView, samples: Box, findings: FrameFindings): Scan {
  const sizes = yield* Sizes.open(view, samples);
  const chunks = yield* openOffsets(view, samples);
  const perChunk = yield* Runs.open(view, samples);
  let sample = 0;
  for (let chunk = 0; chunk < chunks.count && !findings.exhausted; chunk++) {
    const entry = yield* chunks.entry(chunk);
    let at = chunks.entryBytes === OFFSET_BYTES ? u32be(entry, 0) : u64be(entry, 0);
    const count = yield* perChunk.of(chunk);
    for (let i = 0; i < count && sample < sizes.count && !findings.exhausted; i++) {
      const size = yield* sizes.of(sample++);
      findings.place(at, size, view.size);
      at += size;
    }
    if (sample >= sizes.count) return;
  }
  if (sample < sizes.count && !findings.exhausted) {
    const problem = `Chunks have room for ${sample} of ${sizes.count} samples`;
    throw new MalformedError("stbl", samples.at, problem);
  }
}

function* openOffsets(view: FileView, samples: Box): Scan<BoxTable> {
  const large = yield* findBox(view, samples, "co64");
  if (large !== undefined) {
    return yield* BoxTable.open(view, large, { entryBytes: LARGE_OFFSET_BYTES });
  }
  const box = yield* needBox(view, samples, "stco");
  return yield* BoxTable.open(view, box, { entryBytes: OFFSET_BYTES });
}

/** How long each sample is. */
class Sizes {
  private constructor(
    readonly count: number,
    readonly common: number,
    readonly table: BoxTable | undefined,
  ) {}

  static *open(view: FileView, samples: Box): Scan<Sizes> {
    const compact = yield* findBox(view, samples, "stz2");
    if (compact !== undefined) return yield* Sizes.#openCompact(view, compact);
    const box = yield* needBox(view, samples, "stsz");
    const head = yield* contents(view, box, SizeTable.HEAD_BYTES);
    const common = u32be(head, SizeTable.COMMON);
    if (common > 0) return new Sizes(u32be(head, SizeTable.COUNT), common, undefined);
    const { COUNT: countAt, ENTRY_BYTES: entryBytes } = SizeTable;
    const table = yield* BoxTable.open(view, box, { countAt, entryBytes });
    return new Sizes(table.count, 0, table);
  }

  static *#openCompact(view: FileView, box: Box): Scan<Sizes> {
    const bits = (yield* contents(view, box, SizeTable.HEAD_BYTES))[CompactSizes.FIELD_SIZE];
    if (bits !== CompactSizes.BITS) {
      throw new MalformedError("stz2", box.at, `Has sizes of ${bits} bits, too few for a JPEG`);
    }
    const { ENTRY_BYTES: entryBytes } = CompactSizes;
    const table = yield* BoxTable.open(view, box, { countAt: SizeTable.COUNT, entryBytes });
    return new Sizes(table.count, 0, table);
  }

  *of(sample: number): Scan<number> {
    if (this.table === undefined) return this.common;
    const entry = yield* this.table.entry(sample);
    return entry.length === CompactSizes.ENTRY_BYTES ? u16be(entry, 0) : u32be(entry, 0);
  }
}

/** How many samples each chunk has; asked in order. */
class Runs {
  #run = -1;
  #samples = 0;
  /** The chunk with which the next run begins, from 0. */
  #next = 0;

  private constructor(readonly table: BoxTable) {}

  static *open(view: FileView, samples: Box): Scan<Runs> {
    const box = yield* needBox(view, samples, "stsc");
    const table = yield* BoxTable.open(view, box, {
      countAt: FULL_BOX_BYTES,
      entryBytes: Run.BYTES,
    });
    return new Runs(table);
  }

  *of(chunk: number): Scan<number> {
    while (chunk >= this.#next && this.#run + 1 < this.table.count) {
      this.#samples = u32be(yield* this.table.entry(++this.#run), Run.SAMPLES);
      if (this.#run + 1 >= this.table.count) this.#next = Infinity;
      else this.#next = u32be(yield* this.table.entry(this.#run + 1), Run.FIRST) - 1;
    }
    return this.#samples;
  }
}
