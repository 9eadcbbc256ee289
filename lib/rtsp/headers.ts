/**
 * The header fields of one message: ordered, names compared without case (RFC 2326 section 4.2),
 * repeated fields kept, spelling kept as received so that a message can be written back.
 */
export class HeaderList {
  #entries: [name: string, value: string][] = [];

  /** @param entries name and value pairs in order */
  constructor(entries: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of entries) this.append(name, value);
  }

  /** Number of fields, repeated ones counted each. */
  get size(): number {
    return this.#entries.length;
  }

  /** The first value of a field. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.#entries.find((entry) => entry[0].toLowerCase() === wanted)?.[1];
  }

  /** Every value of a field, in order; empty where it is absent. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#entries.filter((e) => e[0].toLowerCase() === wanted).map((e) => e[1]);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Makes this the only value of the field; it takes the first one's place, or the end. */
  set(name: string, value: string): this {
    const wanted = name.toLowerCase();
    const at = this.#entries.findIndex((entry) => entry[0].toLowerCase() === wanted);
    if (at < 0) return this.append(name, value);
    this.#entries[at] = [name, value];
    this.#entries = this.#entries.filter((entry, i) => {
      return i <= at || entry[0].toLowerCase() !== wanted;
    });
    return this;
  }

  /** Adds a field at the end, beside any of the same name. */
  append(name: string, value: string): this {
    this.#entries.push([name, value]);
    return this;
  }

  /** Removes every field of this name; true when there was one. */
  delete(name: string): boolean {
    const wanted = name.toLowerCase();
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry[0].toLowerCase() !== wanted);
    return this.#entries.length < before;
  }

  /** Name and value pairs in order, as spelled. */
  *entries(): IterableIterator<[name: string, value: string]> {
    for (const [name, value] of this.#entries) yield [name, value];
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries();
  }

  /** A list of its own with the same fields. */
  copy(): HeaderList {
    return new HeaderList(this.#entries);
  }

  /** Continues the last field on a folded line; false when there is none. */
  fold(text: string): boolean {
    const last = this.#entries.at(-1);
    if (last === undefined) return false;
    if (text !== "") last[1] = last[1] === "" ? text : `${last[1]} ${text}`;
    return true;
  }
}
