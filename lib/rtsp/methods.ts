/** The methods of RFC 2326 section 10, in the order of its table 2. Names are case-sensitive. */
export const METHODS = [
  "DESCRIBE",
  "ANNOUNCE",
  "GET_PARAMETER",
  "OPTIONS",
  "PAUSE",
  "PLAY",
  "RECORD",
  "REDIRECT",
  "SETUP",
  "SET_PARAMETER",
  "TEARDOWN",
] as const;

/** A method defined by RFC 2326; messages carry any token as their method. */
export type Method = typeof METHODS[number];

const KNOWN: ReadonlySet<string> = new Set(METHODS);

/** Whether RFC 2326 defines `name`; `"play"` is not `"PLAY"`. */
export function isMethod(name: string): name is Method {
  return KNOWN.has(name);
}
