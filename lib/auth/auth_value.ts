import { MalformedError } from "../bytes/malformed.ts";
import { AUTH_LIMITS } from "./limits.ts";

/**
 * A challenge or credentials: a scheme followed by either one opaque token or parameters
 * (RFC 7235, 2.1).
 */
export interface AuthValue {
  /** As written; compared without regard to case: `Basic`, `Digest`. */
  scheme: string;
  /** The single token some schemes have instead of parameters. For Basic it holds the password. */
  token68?: string;
  /** Names in lower case, values without quotes and escapes, in order. */
  parameters: Map<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const QUOTED = /"((?:[^"\\]|\\[^])*)"/y;
const SPACES = /[ \t]*/y;
/** Empty list elements are allowed (RFC 7230, 7). */
const SEPARATORS = /[ \t,]*/y;
const BARE_TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * Reads challenges or credentials out of one header value. Its errors never quote the value: it
 * may hold a password.
 */
export class AuthScanner {
  #position = 0;

  /**
   * @param text the header's value
   * @param element the header's name, for errors
   * @throws {MalformedError} when the value is longer than `AUTH_LIMITS.value`
   */
  constructor(readonly text: string, readonly element: string) {
    if (text.length > AUTH_LIMITS.value) {
      throw this.#malformed(`Longer than ${AUTH_LIMITS.value} characters`, AUTH_LIMITS.value);
    }
  }

  /**
   * The next challenge or credentials, or `undefined` at the end.
   * @throws {MalformedError} on anything that is not of the form of RFC 7235, 2.1
   */
  next(): AuthValue | undefined {
    this.#take(SEPARATORS);
    if (this.#position === this.text.length) return undefined;
    const scheme = this.#expect(TOKEN, "Expected the name of a scheme");
    const afterScheme = this.#position;
    const value: AuthValue = { scheme, parameters: new Map() };
    this.#take(SPACES);
    if (this.#position === afterScheme) {
      this.#endOfElement();
      return value;
    }
    const token68 = this.#take(TOKEN68);
    if (token68 !== undefined) value.token68 = token68;
    else this.#readParameters(value.parameters);
    return value;
  }

  #readParameters(parameters: Map<string, string>): void {
    for (;;) {
      this.#take(SEPARATORS);
      const start = this.#position;
      if (start === this.text.length) return;
      const name = this.#expect(TOKEN, "Expected the name of a parameter").toLowerCase();
      this.#take(SPACES);
      if (this.text[this.#position] !== "=") {
        // No parameter but the scheme of the next challenge.
        this.#position = start;
        if (parameters.size === 0 && !this.#afterComma(start)) {
          throw this.#malformed("Expected = behind the name of a parameter", start);
        }
        return;
      }
      this.#position++;
      if (parameters.has(name)) throw this.#malformed(`The parameter ${name} comes twice`, start);
      parameters.set(name, this.#readValue());
      if (parameters.size > AUTH_LIMITS.parameters) {
        throw this.#malformed(`More than ${AUTH_LIMITS.parameters} parameters`, start);
      }
      this.#endOfElement();
    }
  }

  #readValue(): string {
    this.#take(SPACES);
    if (this.text[this.#position] !== '"') {
      return this.#expect(TOKEN, "Expected a token or a quoted string");
    }
    const quoted = this.#expect(QUOTED, "A quoted string does not end");
    return quoted.slice(1, -1).replace(/\\([^])/g, "$1");
  }

  #afterComma(position: number): boolean {
    return this.text.slice(0, position).trimEnd().endsWith(",");
  }

  /** White space, then a comma or the end. */
  #endOfElement(): void {
    this.#take(SPACES);
    const next = this.text[this.#position];
    if (next !== undefined && next !== ",") throw this.#malformed("Expected a comma");
  }

  #expect(pattern: RegExp, problem: string): string {
    const found = this.#take(pattern);
    if (found === undefined) throw this.#malformed(problem);
    return found;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.#position += found[0].length;
    return found[0];
  }

  #malformed(problem: string, position = this.#position): MalformedError {
    return new MalformedError(this.element, position, problem);
  }
}

/**
 * Writes a challenge or credentials.
 * @param unquoted names of parameters written without quotes; all others get them
 * @throws {RangeError} when a part cannot be written in a header; the message names the part and
 * never shows a value
 */
export function formatAuthValue(value: AuthValue, unquoted: ReadonlySet<string>): string {
  if (!BARE_TOKEN.test(value.scheme)) throw new RangeError("The scheme is not a token");
  if (value.token68 !== undefined) {
    if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(value.token68)) {
      throw new RangeError(`The token of scheme ${value.scheme} has characters it must not have`);
    }
    return `${value.scheme} ${value.token68}`;
  }
  const parameters = Array.from(value.parameters, ([name, text]) => {
    if (!BARE_TOKEN.test(name)) throw new RangeError("The name of a parameter is not a token");
    if (CONTROL.test(text)) throw new RangeError(`Control character in the parameter ${name}`);
    if (unquoted.has(name) && BARE_TOKEN.test(text)) return `${name}=${text}`;
    return `${name}="${text.replace(/["\\]/g, "\\$&")}"`;
  });
  return parameters.length === 0 ? value.scheme : `${value.scheme} ${parameters.join(", ")}`;
}

/** Whether a value is of the scheme called `scheme`. */
export function isScheme(value: AuthValue, scheme: string): boolean {
  return value.scheme.toLowerCase() === scheme.toLowerCase();
}
