import { equals } from "@std/bytes/equals";
import { MalformedError } from "../../bytes/malformed.ts";

/** Most bytes of a parameter set that is kept: what one packet can carry. */
export const MAX_PARAMETER_SET_LENGTH = 65_535;
/** Most parameter sets a description is read for. */
export const MAX_DESCRIBED_SETS = 64;

/** The parameter sets of a stream, the latest of each kind and number. */
export class ParameterSets {
  readonly #sets = new Map<number, Uint8Array>();
  #ordered: readonly Uint8Array[] | undefined;

  /**
   * @param rank of the kind: lower ones come first
   * @param id its number within the kind, 0 … 255
   * @returns whether it is another than before
   */
  set(rank: number, id: number, nal: Uint8Array): boolean {
    const key = rank * 256 + id;
    const known = this.#sets.get(key);
    if (known !== undefined && equals(known, nal)) return false;
    // The packet it came in is much larger than it.
    this.#sets.set(key, nal.slice());
    this.#ordered = undefined;
    return true;
  }

  /** All of them, by kind and number. */
  get ordered(): readonly Uint8Array[] {
    this.#ordered ??= [...this.#sets].sort(([a], [b]) => a - b).map(([, nal]) => nal);
    return this.#ordered;
  }
}

/**
 * NAL units in base64 with commas between, as in `sprop-parameter-sets` (RFC 6184 section 8.1). What
 * is no base64 is left out: cameras cut the value or leave it empty.
 */
export function parseParameterSets(text: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const part of text.split(",", MAX_DESCRIBED_SETS)) {
    try {
      const nal = fromBase64(part.trim());
      if (nal.length > 0 && nal.length <= MAX_PARAMETER_SET_LENGTH) found.push(nal);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }
  return found;
}

/** @throws {MalformedError} when the text is no base64 */
function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new MalformedError("Parameter set", 0, "The text is no base64");
  }
}
