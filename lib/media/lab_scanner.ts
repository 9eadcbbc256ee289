import { quote } from "../bytes/malformed.ts";
import type { FrameFindings, FrameScanner } from "./frame_scanner.ts";
import { findJpeg, isEndOfImage, JpegEnd } from "./jpeg_end.ts";
import { LENGTH_DIGITS, MAX_LAB_HEADER_BYTES, readLabHeader } from "./lab_header.ts";

/** The last marker of a JPEG, EOI. */
const EOI_BYTES = 2;
/** A JPEG that begins this close behind a damaged length is taken for that length's frame. */
const NEAR_BYTES = 16;
/** So much is looked at where a length belongs, and where one is checked. */
const HEADER_WINDOW_BYTES = NEAR_BYTES + MAX_LAB_HEADER_BYTES;
const END_WINDOW_BYTES = EOI_BYTES + MAX_LAB_HEADER_BYTES;

/** A frame whose length has been read; where it ends is still to be looked at. */
interface Stated {
  readonly header: number;
  readonly start: number;
  readonly length: number;
  readonly jpeg: boolean;
}

/** The search for the next frame after damage. */
interface Search {
  /** Where the damage was met. */
  readonly position: number;
  readonly problem: string;
  /** The JPEG of the damaged frame, while it may still turn out whole. */
  jpeg: { readonly start: number; readonly end: JpegEnd } | undefined;
  /** No JPEG began here: up to the next frame there may be stray bytes only. */
  readonly stray: boolean;
}

/** One window of the file, with `at` the place in it that is looked at. */
interface View {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** The window reaches the end of the file. */
  readonly last: boolean;
  readonly size: number;
}

/**
 * Finds the frames of a lab file by hopping from length to length. A length is believed when an end
 * of image stands where it leads, or another frame begins there. Else the file is searched, forward
 * only, for whichever comes first: the end of this frame's JPEG, read marker by marker, or another
 * length with a JPEG behind it.
 */
export class LabScanner implements FrameScanner {
  readonly #findings: FrameFindings;
  #position = 0;
  #finished = false;
  #stated: Stated | undefined;
  /** Why the length at this position, read before, is not to be believed. */
  #distrust: string | undefined;
  #search: Search | undefined;

  constructor(findings: FrameFindings) {
    this.#findings = findings;
  }

  get position(): number {
    return this.#position;
  }

  get finished(): boolean {
    return this.#finished;
  }

  scan(window: Uint8Array, size: number): void {
    const origin = this.#position;
    const last = origin + window.length >= size;
    for (let more = true; more && !this.#finished;) {
      const at = this.#position - origin;
      if (at < 0 || at > window.length) return;
      more = this.#step({ bytes: window, at, last, size });
    }
  }

  /** Looks at one place; false when the window is too short for it. */
  #step(view: View): boolean {
    if (this.#search !== undefined) return this.#searchOn(view, this.#search);
    const needed = this.#stated === undefined ? HEADER_WINDOW_BYTES : END_WINDOW_BYTES;
    if (!view.last && view.bytes.length - view.at < needed) return false;
    if (this.#stated === undefined) this.#readHeader(view);
    else this.#checkEnd(view, this.#stated);
    return true;
  }

  #readHeader({ bytes, at, size }: View): void {
    if (this.#position >= size) {
      this.#finished = true;
      return;
    }
    const header = readLabHeader(bytes, at);
    const distrust = this.#distrust;
    this.#distrust = undefined;
    if (header === undefined || distrust !== undefined) {
      return this.#beginSearch(bytes, at, distrust ?? notALength(bytes, at));
    }
    const start = this.#position + header.digits;
    const end = start + header.length;
    if (end > size) {
      const problem = `The length ${header.length} exceeds the ${size - start} bytes that are left`;
      return this.#beginSearch(bytes, at, problem);
    }
    this.#stated = { header: this.#position, start, length: header.length, jpeg: header.jpeg };
    this.#position = Math.max(start, end - EOI_BYTES);
  }

  #checkEnd({ bytes, at, size }: View, stated: Stated): void {
    const end = stated.start + stated.length;
    const behind = at + end - this.#position;
    const nextFollows = end === size || readLabHeader(bytes, behind)?.jpeg === true;
    this.#stated = undefined;
    if (stated.jpeg && (nextFollows || isEndOfImage(bytes, behind - EOI_BYTES))) {
      this.#findings.accept(stated.start, stated.length);
      this.#position = end;
    } else if (nextFollows) {
      this.#findings.reject(stated.header, `The ${stated.length} bytes of the frame are no JPEG`);
      this.#position = end;
      this.#finished = this.#findings.hopeless(end);
    } else {
      // The window may have left the header behind: it is read once more.
      this.#position = stated.header;
      this.#distrust = `The length ${stated.length} leads to byte ${end}, where no frame begins`;
    }
  }

  /** Starts at the frame's JPEG when one is near, but not at one that has a length of its own. */
  #beginSearch(bytes: Uint8Array, at: number, problem: string): void {
    const near = bytes.subarray(at, at + NEAR_BYTES);
    const found = findJpeg(near);
    const own = readLabHeader(near, 0)?.jpeg === true || findLabHeader(near, 1) < 0;
    const stray = found < 0 || !own;
    const start = this.#position + found;
    const jpeg = stray ? undefined : { start, end: new JpegEnd() };
    this.#search = { position: this.#position, problem, jpeg, stray };
    this.#position = jpeg?.start ?? this.#position + 1;
  }

  #searchOn({ bytes, at, last, size }: View, search: Search): boolean {
    if (this.#findings.hopeless(this.#position)) {
      this.#findings.reject(search.position, `${search.problem}; gave up searching for frames`);
      this.#finished = true;
      return false;
    }
    const header = findLabHeader(bytes, at);
    const stop = header >= 0 ? header : searchedUpTo(bytes, at, last);
    if (this.#endsJpeg(bytes.subarray(at, stop), search)) return true;
    this.#position += stop - at;
    if (header < 0 && !last) return false;
    this.#endSearch(search, header < 0 ? size : undefined);
    return true;
  }

  /** @param size length of the file, when the search has come to its end */
  #endSearch(search: Search, size: number | undefined): void {
    const gap = this.#position - search.position;
    if (search.stray && gap < NEAR_BYTES) {
      this.#findings.note(search.position, strayBytes(gap));
    } else {
      this.#findings.reject(search.position, lostProblem(search, size));
    }
    this.#search = undefined;
    this.#finished = this.#findings.hopeless(this.#position);
  }

  /** Feeds the damaged frame's JPEG; true when that was whole, and the search is over. */
  #endsJpeg(bytes: Uint8Array, search: Search): boolean {
    if (search.jpeg === undefined) return false;
    const { start, end } = search.jpeg;
    const answer = end.feed(bytes);
    if (answer.kind === "malformed") search.jpeg = undefined;
    if (answer.kind !== "value") return false;
    this.#findings.recover(search.position, `${search.problem}; the JPEG itself is whole`, {
      position: start,
      length: answer.value,
    });
    this.#position = start + answer.value;
    this.#search = undefined;
    return true;
  }
}

/** Offset of the first length with a JPEG behind it, from `from` on, or -1. */
function findLabHeader(bytes: Uint8Array, from: number): number {
  let jpeg = findJpeg(bytes, from + LENGTH_DIGITS);
  for (; jpeg >= 0; jpeg = findJpeg(bytes, jpeg + 1)) {
    // A sixth digit first, else the last five of six would be taken for the length.
    for (const header of [jpeg - LENGTH_DIGITS - 1, jpeg - LENGTH_DIGITS]) {
      if (header < from) continue;
      const found = readLabHeader(bytes, header);
      if (found?.jpeg === true && header + found.digits === jpeg) return header;
    }
  }
  return -1;
}

/** Where a search that found no length leaves off: one may have begun at the end of the window. */
function searchedUpTo(bytes: Uint8Array, at: number, last: boolean): number {
  return last ? bytes.length : Math.max(at, bytes.length - MAX_LAB_HEADER_BYTES + 1);
}

function strayBytes(count: number): string {
  return count === 1
    ? "1 stray byte belongs to no frame"
    : `${count} stray bytes belong to no frame`;
}

function notALength(bytes: Uint8Array, at: number): string {
  const text = String.fromCharCode(...bytes.subarray(at, at + LENGTH_DIGITS));
  return `The length ${quote(text)} is not five digits`;
}

/** @param size length of the file when the search has reached its end */
function lostProblem(search: Search, size: number | undefined): string {
  if (size === undefined) return search.problem;
  if (search.jpeg !== undefined) return `${search.problem}; the JPEG is cut off`;
  return `${search.problem}; no frame in the ${size - search.position} bytes from there on`;
}
