import type { Libc } from "./libc.ts";

const SOL_SOCKET = 1;
/** Both the option and the type of the control message it brings. */
export const SO_TIMESTAMPNS = 35;
/** Asks when the datagram came that was taken last; asking makes the system note it from then on. */
const SIOCGSTAMPNS = 0x8907n;
const CLOCK_REALTIME = 0;

/** Seconds and nanoseconds of a `struct timespec`. */
const [SECONDS, NANOSECONDS] = [0, 1];

/**
 * How long datagrams waited in a socket before they were taken, by the moments at which the system
 * received them (socket(7), SO_TIMESTAMPNS). What a program notes itself is when it came to look.
 */
export class ArrivalStamps {
  readonly #stamp = new BigInt64Array(2);
  readonly #told = new BigInt64Array(2);
  /** What `performance.now()` said then. */
  #toldAt = 0;
  /** When nothing waited, by `performance.now()`: what comes later has come after. */
  #emptyAt = performance.now();
  readonly #on = Int32Array.of(1);
  readonly #off = Int32Array.of(0);

  constructor(readonly library: Libc, readonly descriptor: number) {
    library.ioctl(descriptor, SIOCGSTAMPNS, this.#stamp);
  }

  /** ms that the datagram waited which a plain call has just taken; 0 if not to be told. */
  ageOfLast(): number {
    this.tellTime();
    if (this.library.ioctl(this.descriptor, SIOCGSTAMPNS, this.#stamp) !== 0) return 0;
    return this.ageOf(this.#stamp[SECONDS]!, this.#stamp[NANOSECONDS]!);
  }

  /** Notes what time it is, for the ages of what has just been taken. */
  tellTime(): void {
    this.library.clock_gettime(CLOCK_REALTIME, this.#told);
    this.#toldAt = performance.now();
  }

  /** ms since a moment that the system stamped, or since nothing waited, if that is less. */
  ageOf(seconds: bigint, nanoseconds: bigint): number {
    const now = performance.now();
    const age = Number(this.#told[SECONDS]! - seconds) * 1000 +
      Number(this.#told[NANOSECONDS]! - nanoseconds) / 1e6 + now - this.#toldAt;
    // The clock may have been set meanwhile, or the machine have slept.
    return Math.min(Math.max(0, age), now - this.#emptyAt);
  }

  /** Everything that had come has been taken. */
  emptied(): void {
    this.#emptyAt = performance.now();
  }

  /** Whether taken datagrams bring their stamps along; those of plain calls cannot be asked for then. */
  set attached(attached: boolean) {
    const value = attached ? this.#on : this.#off;
    this.library.setsockopt(this.descriptor, SOL_SOCKET, SO_TIMESTAMPNS, value, value.byteLength);
  }
}
