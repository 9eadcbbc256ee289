import { MalformedError, quote } from "../../bytes/malformed.ts";
import { VALUE_LIMITS } from "../limits.ts";
import { isToken } from "../text.ts";
import { splitList, trimPiece } from "./parameters.ts";

/**
 * The methods of a Public or Allow value (RFC 2326 sections 12.28 and 12.4), in order, as spelled.
 * Empty elements are legal in such lists (RFC 2068 section 2.1) and left out.
 * @throws {MalformedError} with the character offset of what is wrong
 */
export function parsePublic(value: string): string[] {
  const pieces = splitList({ text: value, at: 0 }, ",", "Public", VALUE_LIMITS.methods);
  return pieces.map(trimPiece).filter((piece) => piece.text !== "").map((piece) => {
    if (isToken(piece.text)) return piece.text;
    throw new MalformedError("Public", piece.at, `Method ${quote(piece.text)} is not a token`);
  });
}

/** Methods as a Public or Allow value. */
export function formatPublic(methods: readonly string[]): string {
  return methods.join(", ");
}
