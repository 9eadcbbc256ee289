/// <reference lib="deno.worker" />
import { Seeded } from "../support/seeded.ts";
import { Sink } from "./sink.ts";
import { type Manner, MANNERS } from "./visits.ts";

/** What the crowd is asked to be; a second message, `"leave"`, ends it. */
export interface CrowdOrder {
  server: string;
  clients: number;
  seed: number;
}

/** What it answers once a second, and when all have left. */
export interface CrowdNews {
  /** Visitors that are there now. */
  present: number;
  /** Visits ended so far, by manner. */
  visits: Record<string, number>;
  /** Visits of polite clients that went wrong, by what went wrong. */
  failures: Record<string, number>;
  /** RTP packets that came over UDP. */
  packets: number;
  left: boolean;
}

const LONGEST_STAY_MS = 40_000;
const LONGEST_ABSENCE_MS = 8000;
const MEAN_STAY_MS = 12_000;
const NEWS_MS = 1000;

class Crowd {
  readonly #sink = new Sink();
  readonly #left = Promise.withResolvers<void>();
  readonly #visits: Record<string, number> = {};
  readonly #failures: Record<string, number> = {};
  readonly #waiting = new Set<() => void>();
  #present = 0;
  #leaving = false;

  constructor(readonly order: CrowdOrder) {}

  async run(): Promise<void> {
    const news = setInterval(() => this.#tell(false), NEWS_MS);
    const random = new Seeded(this.order.seed);
    const seats = Array.from(
      { length: this.order.clients },
      () => new Seeded(random.whole(0, 1e9)),
    );
    await Promise.all(seats.map((own) => this.#seat(own)));
    clearInterval(news);
    this.#sink.close();
    this.#tell(true);
    this.#left.resolve();
  }

  leave(): void {
    this.#leaving = true;
    for (const go of this.#waiting) go();
  }

  /** One after another on a seat of the crowd. */
  async #seat(random: Seeded): Promise<void> {
    while (!this.#leaving) {
      await this.#wait(random.whole(0, LONGEST_ABSENCE_MS));
      if (this.#leaving) return;
      const stay = Math.min(-MEAN_STAY_MS * Math.log(1 - random.next()) + 300, LONGEST_STAY_MS);
      await this.#visit(choose(random), random, stay);
    }
  }

  async #visit(manner: Manner, random: Seeded, stay: number): Promise<void> {
    this.#present++;
    const wait = (milliseconds: number): Promise<void> => this.#wait(milliseconds);
    try {
      await manner.visit({ server: this.order.server, sink: this.#sink, random, stay, wait });
    } catch (error) {
      // A visit cut short by the end of the soak proves nothing.
      if (manner.polite && !this.#leaving) {
        count(this.#failures, `${manner.name}: ${(error as Error).message}`);
      }
    }
    this.#present--;
    count(this.#visits, manner.name);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, this.#leaving ? 0 : milliseconds);
      this.#waiting.add(go);
    });
  }

  #tell(left: boolean): void {
    const news: CrowdNews = {
      present: this.#present,
      visits: this.#visits,
      failures: this.#failures,
      packets: this.#sink.packets,
      left,
    };
    postMessage(news);
  }
}

function choose(random: Seeded): Manner {
  const all = MANNERS.reduce((sum, { share }) => sum + share, 0);
  let at = random.next() * all;
  return MANNERS.find(({ share }) => (at -= share) < 0) ?? MANNERS[0]!;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

let crowd: Crowd | undefined;
addEventListener("message", ({ data }: MessageEvent<CrowdOrder | "leave">) => {
  if (data === "leave") return crowd?.leave();
  crowd = new Crowd(data);
  crowd.run();
});
