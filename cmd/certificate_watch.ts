import type { Clock, Timer } from "../lib/net/clock.ts";
import { reasonOf } from "../lib/net/errors.ts";
import type { TlsCertificate } from "../lib/net/tcp.ts";

/** Where a certificate and its key are. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

/** How often the files are looked at, in ms. */
const LOOK_EVERY_MS = 2000;

/** What {@linkcode CertificateWatch} works with. */
export interface CertificateWatchOptions {
  files: CertificateFiles;
  /** The certificate in use. */
  current: TlsCertificate;
  clock: Clock;
  /** Called with a certificate that differs from the one before; may throw when it is of no use. */
  renew: (certificate: TlsCertificate) => void;
  /** Told what came of it, in a few words. */
  tell: (message: string) => void;
  /** Reads a file, for tests. */
  read?: (path: string) => Promise<string>;
}

/** Sees when the files of a certificate change, and has them taken. */
export class CertificateWatch {
  #seen: TlsCertificate;
  #timer: Timer | undefined;
  #trouble: string | undefined;
  #closed = false;

  constructor(readonly options: CertificateWatchOptions) {
    this.#seen = options.current;
    this.#wait();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    if (this.#closed) return;
    this.#timer = this.options.clock.setTimer(LOOK_EVERY_MS, () => {
      this.#look().finally(() => this.#wait());
    });
  }

  async #look(): Promise<void> {
    const { files, renew, tell, read = Deno.readTextFile } = this.options;
    try {
      const found = { cert: await read(files.cert), key: await read(files.key) };
      if (this.#closed) return;
      if (found.cert === this.#seen.cert && found.key === this.#seen.key) return;
      // Seen is seen: what is of no use is not tried again before it changes.
      this.#seen = found;
      renew(found);
      this.#trouble = undefined;
      tell(`the certificate of ${files.cert} is used from now on`);
    } catch (error) {
      const trouble = reasonOf(error);
      if (trouble === this.#trouble) return;
      this.#trouble = trouble;
      tell(`the certificate stays as it was: ${trouble}`);
    }
  }
}
