/**
 * Losses, alone or in rows: a channel that is either good, and loses nothing, or bad, and loses
 * everything (the simple form of Gilbert's and Elliott's). The chances of going from one to the other
 * follow from the share of losses and the mean length of a row of them.
 */
export class BurstLoss {
  readonly #goesBad: number;
  readonly #staysBad: number;
  #bad: boolean | undefined;

  /**
   * @param loss share of packets lost in the long run, 0 … 1
   * @param burst mean length of a row of losses, at least {@linkcode leastBurst} of that share;
   * undefined where every packet is on its own
   */
  constructor(readonly loss: number, burst: number | undefined) {
    const alone = burst === undefined || loss <= 0 || loss >= 1;
    this.#staysBad = alone ? loss : 1 - 1 / burst;
    this.#goesBad = alone ? loss : Math.min(1, loss / (burst * (1 - loss)));
  }

  /** @param chance 0 … 1 without 1, drawn for each packet */
  next(chance: number): boolean {
    // The first packet finds the channel as it is on the whole.
    const share = this.#bad === undefined ? this.loss : this.#bad ? this.#staysBad : this.#goesBad;
    return this.#bad = chance < share;
  }
}

/** The mean length that rows of losses have at least when that share is lost. */
export function leastBurst(loss: number): number {
  // Between two rows at least one packet arrives.
  return Math.max(1, loss / (1 - loss));
}
