/** A whole number with its thousands apart: `20,480`. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number and what it counts: `1 packet`, `2,000 packets`. */
export function count(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** An SSRC as it is commonly written: eight hexadecimal digits. */
export function hexSsrc(ssrc: number): string {
  return ssrc.toString(16).padStart(8, "0");
}

const MOST_EXAMPLES = 3;

/** Counts something and keeps the first few cases of it to be shown. */
export class Examples {
  count = 0;
  readonly #shown: string[] = [];

  /** @param describe called only when the case will be shown */
  add(describe: () => string): void {
    this.count++;
    if (this.#shown.length < MOST_EXAMPLES) this.#shown.push(describe());
  }

  /** The first few, and how many more there are. */
  get text(): string {
    const more = this.count - this.#shown.length;
    const shown = this.#shown.join("; ");
    return more > 0 ? `${shown}; and ${grouped(more)} more` : shown;
  }
}
