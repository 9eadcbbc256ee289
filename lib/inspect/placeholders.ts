/** What a placeholder stands for. */
export type SecretKind =
  | "password"
  | "user"
  | "token"
  | "session"
  | "key"
  | "nonce"
  | "digest"
  | "address"
  | "host"
  | "mac"
  | "serial"
  | "mail";

/** Shorter ones are replaced where they stand as secrets, and not wherever their letters occur. */
const LEAST_LETTERS = 4;

/** Spellings that are remembered; more of them are hidden, but no longer told apart. */
const MOST_SECRETS = 4000;
/** Characters of them all. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
/** Longer ones are looked for one by one: V8 takes at most 32,767 in one pattern. */
const LONGEST_PATTERN = 1024;

/** Not secrets as such: replaced as words, so that `10.0.0.1` does not spoil `10.0.0.12`. */
const WORDS: ReadonlySet<SecretKind> = new Set([
  ...["user", "address", "host", "mac", "serial", "mail"] as const,
]);

/** Secrets, and what stands for each of them wherever it occurs: `[password-1]`. */
export class Placeholders {
  /** By spelling. */
  readonly #all = new Map<string, string>();
  readonly #words = new Set<string>();
  readonly #counts = new Map<SecretKind, number>();
  /** Finds what has been learned; made anew when something has. */
  #known: RegExp | undefined;
  /** What is too long for a pattern. */
  readonly #long = new Set<string>();
  #characters = 0;

  /** How many there are of each kind. */
  get counts(): ReadonlyMap<SecretKind, number> {
    return this.#counts;
  }

  /** What stands for a secret, which is remembered in all its spellings. */
  of(kind: SecretKind, value: string): string {
    if (value === "" || isPlaceholders(value)) return value;
    const known = this.#all.get(value);
    if (known !== undefined) return known;
    const isFull = this.#all.size >= MOST_SECRETS || this.#characters >= MOST_CHARACTERS;
    if (isFull) return `[${kind}-more]`;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const placeholder = `[${kind}-${number}]`;
    const isWord = WORDS.has(kind);
    for (const spelling of spellingsOf(value, isWord && kind !== "user")) {
      if (this.#all.has(spelling)) continue;
      this.#all.set(spelling, placeholder);
      this.#characters += spelling.length;
      if (spelling.length > LONGEST_PATTERN) this.#long.add(spelling);
      else if (isWord) this.#words.add(spelling);
    }
    this.#known = undefined;
    return placeholder;
  }

  /** A text with every secret that is known replaced, wherever it stands. */
  putInto(text: string): string {
    if (this.#all.size === 0) return text;
    let out = text;
    for (const long of this.#long) out = out.replaceAll(long, () => this.#all.get(long)!);
    this.#known ??= new RegExp(
      [String.raw`\[[a-z]+-(?:\d+|more)\]`].concat(
        [...this.#all.keys()]
          .filter(({ length }) => length >= LEAST_LETTERS && length <= LONGEST_PATTERN)
          // Longer ones first: a secret may be a part of another.
          .sort((a, b) => b.length - a.length).map((value) => {
            const pattern = escapeRegExp(value);
            return this.#words.has(value) ? `(?<![a-zA-Z\\d])${pattern}(?![a-zA-Z\\d])` : pattern;
          }),
      ).join("|"),
      "g",
    );
    return out.replace(this.#known, (found) => this.#all.get(found) ?? found);
  }
}

/** A secret as it may be written: as it is, escaped for a URL, or unescaped. */
function spellingsOf(value: string, isIdentity: boolean): Set<string> {
  const spellings = new Set([value]);
  if (isIdentity) return spellings.add(value.toLowerCase()).add(value.toUpperCase());
  try {
    const plain = decodeURIComponent(value);
    spellings.add(plain).add(encodeURIComponent(plain));
  } catch {
    // It is not escaped, then.
  }
  try {
    spellings.add(encodeURIComponent(value)).add(encodeURI(value));
  } catch {
    // Half a character, which no URL can carry.
  }
  return spellings;
}

/** Whether a text is made of placeholders already. */
export function isPlaceholders(text: string): boolean {
  return text !== "" && text.replace(/\[[a-z]+-(?:\d+|more)\]/g, "").replace(/[:]/g, "") === "";
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
