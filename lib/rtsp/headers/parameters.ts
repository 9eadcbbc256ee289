import { MalformedError, quote } from "../../bytes/malformed.ts";
import { VALUE_LIMITS } from "../limits.ts";
import { isToken, parseDigits, trimBlanks } from "../text.ts";
import type { OnTolerance, ToleranceCode } from "../tolerance.ts";

/** Part of a header value, with its character offset in the value. */
export interface Piece {
  text: string;
  at: number;
}

/** `name` or `name=value`; the value as written, quotes included, so that it can be written back. */
export interface Parameter {
  name: string;
  value?: string;
}

/** A parameter with the offset of its value, for errors. */
export interface PlacedParameter extends Parameter {
  at: number;
}

/** A channel or port, or an inclusive range of two or more: `5000`, `5000-5001`. */
export interface NumberRange {
  first: number;
  /** Absent where one number stands alone. */
  last?: number;
}

/**
 * Cuts at `separator` outside of double quotes; blanks stay in the pieces.
 * @throws {MalformedError} when a quote is not closed or there are more than `most` pieces
 */
export function splitList(value: Piece, separator: string, element: string, most: number): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i <= value.text.length; i++) {
    if (value.text[i] === '"') quoted = !quoted;
    if (i < value.text.length && (quoted || value.text[i] !== separator)) continue;
    if (pieces.length === most) {
      throw new MalformedError(element, value.at + from, `More than ${most} parts`);
    }
    pieces.push({ text: value.text.slice(from, i), at: value.at + from });
    from = i + 1;
  }
  if (quoted) throw new MalformedError(element, value.at, "A quotation mark is not closed");
  return pieces;
}

/** A piece without blanks at its ends; the offset follows. */
export function trimPiece(piece: Piece): Piece {
  const trimmed = trimBlanks(piece.text);
  return { text: trimmed, at: piece.at + Math.max(0, piece.text.indexOf(trimmed)) };
}

/** What {@linkcode parseParameters} is told besides the pieces. */
export interface ParameterContext {
  element: string;
  onTolerance: OnTolerance | undefined;
  /** Reported when a blank stands beside `;` or `=`. */
  spaceCode: ToleranceCode;
}

/**
 * Parameters from the pieces between semicolons. Empty ones are left out and reported.
 * @throws {MalformedError} when a name is not a token, or there are more than the limit
 */
export function parseParameters(pieces: Piece[], context: ParameterContext): PlacedParameter[] {
  if (pieces.length > VALUE_LIMITS.parameters) {
    const at = pieces[VALUE_LIMITS.parameters]!.at;
    throw new MalformedError(
      context.element,
      at,
      `More than ${VALUE_LIMITS.parameters} parameters`,
    );
  }
  return pieces.map(trimPiece).flatMap((piece, i) => {
    if (piece.text === "") {
      context.onTolerance?.("empty-parameter", `at character ${piece.at}`);
      return [];
    }
    return [parseParameter(piece, pieces[i]!, context)];
  });
}

function parseParameter(piece: Piece, raw: Piece, context: ParameterContext): PlacedParameter {
  const equals = piece.text.indexOf("=");
  const name = trimBlanks(equals < 0 ? piece.text : piece.text.slice(0, equals));
  if (!isToken(name)) {
    throw new MalformedError(context.element, piece.at, `Name ${quote(name)} is not a token`);
  }
  if (equals < 0) {
    if (raw.text !== piece.text) context.onTolerance?.(context.spaceCode, quote(raw.text));
    return { name, at: piece.at };
  }
  const value = trimPiece({ text: piece.text.slice(equals + 1), at: piece.at + equals + 1 });
  if (raw.text !== `${name}=${value.text}`) {
    context.onTolerance?.(context.spaceCode, quote(raw.text));
  }
  return { name, value: value.text, at: value.at };
}

/** `name` or `name=value`. */
export function formatParameter(parameter: Parameter): string {
  const { name, value } = parameter;
  return value === undefined ? name : `${name}=${value}`;
}

/** Text without the double quotes around it, if both are there. */
export function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/**
 * A parameter's value as a number of 0 … `most`.
 * @throws {MalformedError} for anything else
 */
export function parseNumber(parameter: PlacedParameter, element: string, most: number): number {
  const number = parseDigits(parameter.value ?? "", most);
  if (number !== undefined) return number;
  throw new MalformedError(
    element,
    parameter.at,
    `${parameter.name} ${quote(parameter.value ?? "")} is not a number of 0 to ${most}`,
  );
}

/**
 * A parameter's value as one number or two with `-` between, ascending, each 0 … `most`.
 * @throws {MalformedError} for anything else
 */
export function parseNumberRange(
  parameter: PlacedParameter,
  element: string,
  most: number,
): NumberRange {
  const [first, last, ...more] = (parameter.value ?? "").split("-");
  const { name, at } = parameter;
  const range: NumberRange = {
    first: parseNumber({ name, at, value: first ?? "" }, element, most),
  };
  if (last === undefined) return range;
  range.last = parseNumber({ name, at, value: last }, element, most);
  if (range.last < range.first || more.length > 0) {
    const problem = `${name} ${quote(parameter.value ?? "")} is not an ascending range`;
    throw new MalformedError(element, at, problem);
  }
  return range;
}

/** `5000` or `5000-5001`. */
export function formatNumberRange(range: NumberRange): string {
  return range.last === undefined ? `${range.first}` : `${range.first}-${range.last}`;
}
