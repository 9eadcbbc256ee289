/**
 * Which packets carry a stream, by their payload type.
 *
 * Tolerance: cameras mix in packets of a type they did not describe (Geovision: 50); but where none
 * of a described one has come, the description is what is wrong.
 */
export class DescribedTypes {
  readonly #types: ReadonlySet<number>;
  #met = false;

  /** @param types as described; none where there is no description */
  constructor(types: Iterable<number>) {
    this.#types = new Set(types);
  }

  /** Whether a packet of that type carries the stream, as far as is known when it comes. */
  takes(payloadType: number): boolean {
    const isDescribed = this.#types.has(payloadType);
    this.#met ||= isDescribed;
    return isDescribed || !this.#met;
  }
}
