import { MalformedError, quote } from "../../bytes/malformed.ts";
import { VALUE_LIMITS } from "../limits.ts";
import { isToken, parseDigits, trimBlanks } from "../text.ts";
import type { OnTolerance } from "../tolerance.ts";
import { formatParameter, type Parameter, type Piece, trimPiece, unquote } from "./parameters.ts";

const ELEMENT = "RTP-Info";
const MAX_SEQ = 0xffff;
const MAX_RTPTIME = 0xffffffff;
/** A comma ends an entry only where one of these follows; urls have commas of their own. */
const ENTRY_END = /,(?=[ \t]*(?:url|seq|rtptime|ssrc)[ \t]*=)/gi;
/** A semicolon ends a url only where one of these follows; urls have semicolons of their own. */
const URL_END = /;(?=[ \t]*(?:seq|rtptime|ssrc)[ \t]*=)/i;

/** Where one stream of a presentation stands, RFC 2326 section 12.33. */
export interface RtpInfoEntry {
  /** The stream's URL as written: absolute, relative, or absent with peers that leave it out. */
  url?: string;
  /** Sequence number of the first packet that answers the request, 0 … 65,535. */
  seq?: number;
  /** RTP timestamp of the start of the Range, 0 … 2^32 - 1. */
  rtptime?: number;
  /** Parameters RFC 2326 does not know (`ssrc`), in order, values as written. */
  other?: Parameter[];
}

/**
 * The entries of an RTP-Info value. What they say is a hint: peers name unknown tracks and give 0
 * for numbers they do not have.
 * @throws {MalformedError} with the character offset of what is wrong
 */
export function parseRtpInfo(value: string, onTolerance?: OnTolerance): RtpInfoEntry[] {
  const pieces = splitAt({ text: value, at: 0 }, ENTRY_END)
    .map((piece) => trimPiece({ text: trimTail(piece.text, " \t,"), at: piece.at }))
    .filter((piece) => piece.text !== "");
  if (pieces.length > VALUE_LIMITS.rtpInfoEntries) {
    const at = pieces[VALUE_LIMITS.rtpInfoEntries]!.at;
    throw new MalformedError(ELEMENT, at, `More than ${VALUE_LIMITS.rtpInfoEntries} entries`);
  }
  // A piece of nothing but semicolons says nothing.
  return pieces.map((piece) => parseEntry(piece, onTolerance))
    .filter((entry) => Object.keys(entry).length > 0);
}

/** Entries as an RTP-Info value, parts that are absent left out. */
export function formatRtpInfo(entries: RtpInfoEntry[]): string {
  return entries.map((entry) => {
    const parts: Parameter[] = [];
    if (entry.url !== undefined) parts.push({ name: "url", value: entry.url });
    if (entry.seq !== undefined) parts.push({ name: "seq", value: `${entry.seq}` });
    if (entry.rtptime !== undefined) parts.push({ name: "rtptime", value: `${entry.rtptime}` });
    return [...parts, ...(entry.other ?? [])].map(formatParameter).join(";");
  }).join(",");
}

function parseEntry(piece: Piece, onTolerance: OnTolerance | undefined): RtpInfoEntry {
  const entry: RtpInfoEntry = {};
  let rest = piece;
  const url = /^url[ \t]*=/i.exec(piece.text);
  if (url === null) {
    onTolerance?.("rtp-info-without-url", quote(piece.text));
  } else {
    const from = url[0].length;
    const end = URL_END.exec(piece.text)?.index ?? piece.text.length;
    entry.url = readUrl(trimBlanks(piece.text.slice(from, end)), onTolerance);
    if (end === piece.text.length) return entry;
    rest = { text: piece.text.slice(end + 1), at: piece.at + end + 1 };
  }
  for (const part of splitAt(rest, /;/g).map(trimPiece)) applyPart(entry, part, onTolerance);
  return entry;
}

function readUrl(text: string, onTolerance: OnTolerance | undefined): string {
  const whole = trimTail(text, " \t;");
  if (whole !== text) onTolerance?.("empty-parameter", quote(text));
  const url = unquote(whole);
  if (url !== whole) onTolerance?.("quoted-url", quote(whole));
  return url;
}

/** `text` without any of `characters` at its end. */
function trimTail(text: string, characters: string): string {
  let to = text.length;
  while (to > 0 && characters.includes(text[to - 1]!)) to--;
  return text.slice(0, to);
}

function applyPart(entry: RtpInfoEntry, part: Piece, onTolerance: OnTolerance | undefined): void {
  if (part.text === "") {
    onTolerance?.("empty-parameter", `at character ${part.at}`);
    return;
  }
  const equals = part.text.indexOf("=");
  const name = trimBlanks(equals < 0 ? part.text : part.text.slice(0, equals));
  const value = equals < 0 ? undefined : trimBlanks(part.text.slice(equals + 1));
  if (!isToken(name)) {
    throw new MalformedError(ELEMENT, part.at, `Name ${quote(name)} is not a token`);
  }
  const known = name.toLowerCase();
  if (known !== "seq" && known !== "rtptime") {
    (entry.other ??= []).push(value === undefined ? { name } : { name, value });
    return;
  }
  const number = parseDigits(value ?? "", known === "seq" ? MAX_SEQ : MAX_RTPTIME);
  if (number === undefined) onTolerance?.("rtp-info-ignored", quote(part.text));
  else entry[known] = number;
}

function splitAt(piece: Piece, separator: RegExp): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of piece.text.matchAll(separator)) {
    pieces.push({ text: piece.text.slice(from, match.index), at: piece.at + from });
    from = match.index + 1;
  }
  pieces.push({ text: piece.text.slice(from), at: piece.at + from });
  return pieces;
}
