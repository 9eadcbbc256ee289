/** Viewers that one wake serves, before others are given a moment of their own. */
const FULL = 128;
/** How far from the newcomer's own time the moments it joins may lie at most, in ms. */
const MOST_APART_MS = 25;

/** One viewer's share in a phase; given back by {@linkcode Phases.leave}. */
export interface PhasePlace {
  readonly slot: number;
  /** The first of the slot's moments, in ms: the same number for all its viewers. */
  readonly origin: number;
  /** Intervals from then to the moment nearest to when the viewer begins. */
  readonly past: number;
}

/**
 * The moments at which frames of one interval leave. Waking up costs more than a frame does, so
 * viewers that came at different times share moments: a newcomer's first frame leaves at once, and
 * those that follow keep step with others, up to half an interval early or late. Whoever is alone
 * keeps exactly its own time.
 *
 * Moments are a slot's width apart, counted from the one who came first; a slot takes some viewers
 * before the next one is begun, as far from the others as can be.
 */
export class Phases {
  readonly #viewers: number[];
  readonly #apart: number;
  #anchor = 0;
  #size = 0;

  /**
   * @param interval ms from frame to frame
   * @param width ms from slot to slot at least
   */
  constructor(readonly interval: number, readonly width: number) {
    this.#viewers = Array(Math.max(1, Math.floor(interval / width))).fill(0);
    this.#apart = Math.min(interval / 2, MOST_APART_MS);
  }

  /** Viewers in all slots. */
  get size(): number {
    return this.#size;
  }

  /** @param now when the viewer begins, in ms */
  join(now: number): PhasePlace {
    if (this.#size === 0) this.#anchor = now;
    const slot = this.#chosen(now);
    this.#viewers[slot]!++;
    this.#size++;
    const origin = this.#anchor + slot * this.width;
    return { slot, origin, past: Math.round((now - origin) / this.interval) };
  }

  leave({ slot }: PhasePlace): void {
    this.#viewers[slot]!--;
    this.#size--;
  }

  /** The fullest slot that has room; else an empty one, far from others; else the least full. */
  #chosen(now: number): number {
    let chosen = 0;
    let best = -Infinity;
    for (let slot = 0; slot < this.#viewers.length; slot++) {
      if (this.#fromSlot(slot, now) > this.#apart) continue;
      const value = this.#value(slot);
      if (value > best) [chosen, best] = [slot, value];
    }
    return chosen;
  }

  #value(slot: number): number {
    const viewers = this.#viewers[slot]!;
    if (viewers >= FULL) return -viewers;
    if (viewers > 0 || this.#size === 0) return this.#viewers.length + viewers;
    return this.#distance(slot);
  }

  /** Slots to the nearest one that is taken. */
  #distance(slot: number): number {
    const slots = this.#viewers.length;
    for (let distance = 1; distance < slots; distance++) {
      const [before, after] = [(slot + slots - distance) % slots, (slot + distance) % slots];
      if (this.#viewers[before]! > 0 || this.#viewers[after]! > 0) return distance;
    }
    return slots;
  }

  /** ms to the slot's nearest moment, before or after. */
  #fromSlot(slot: number, now: number): number {
    const intervals = (now - this.#anchor - slot * this.width) / this.interval;
    return Math.abs(intervals - Math.round(intervals)) * this.interval;
  }
}
