/**
 * Places of which there are only so many: for connections, or for sessions. Servers on several
 * threads that are to hold to one limit together get the same cell in shared memory.
 */
export class Places {
  /**
   * @param limit places in all
   * @param cell where those taken are counted; one of its own when left out
   */
  constructor(readonly limit: number, readonly cell: Int32Array = new Int32Array(1)) {}

  /** Takes a place; false when there is none left. */
  take(): boolean {
    for (;;) {
      const taken = Atomics.load(this.cell, 0);
      if (taken >= this.limit) return false;
      // Another thread may have been quicker.
      if (Atomics.compareExchange(this.cell, 0, taken, taken + 1) === taken) return true;
    }
  }

  /** Gives a place back that was taken. */
  giveBack(): void {
    Atomics.sub(this.cell, 0, 1);
  }
}

/** The places of a server, its own or shared with others. */
export interface ServerPlaces {
  connections: Places;
  sessions: Places;
}
