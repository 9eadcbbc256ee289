import type { AccessUnit } from "../../codec/depacketizer.ts";
import { joined } from "../../codec/nal/byte_stream.ts";
import type { AtomicFile } from "../atomic_file.ts";

/** Where units of a stream are kept in the file format that is native to them. */
export interface NativeWriter {
  /** Units in the file so far. */
  readonly units: number;

  /** Bytes written so far, about: what is held back for a moment is not in it. */
  readonly bytes: number;

  /**
   * Appends a unit; it is not kept after the promise is settled.
   * @returns whether it is in the file; not so when playing cannot begin with it or nothing of it came
   * @throws {UnitRefusedError} (as a rejection) when the format cannot hold this unit; the writer can go
   * on with the next
   * @throws {Error} (as a rejection) when the disk is full and the like: then {@linkcode commit} keeps
   * what is whole
   */
  write(unit: AccessUnit): Promise<boolean>;

  /**
   * Ends it: only now does the file appear under its name. It is whole after any number of units, and
   * shorter where the disk has no room for the last ones.
   */
  commit(): Promise<void>;

  /** Throws it away. Does nothing after {@linkcode commit}. */
  abort(): Promise<void>;
}

/** A unit, or a stream, that a file format cannot hold. */
export class UnitRefusedError extends Error {
  /** @param problem why, in sentence case */
  constructor(readonly problem: string) {
    super(problem);
    this.name = "UnitRefusedError";
  }
}

/** A file that units are appended to as one run of bytes each. */
export abstract class AppendingWriter implements NativeWriter {
  #units = 0;

  constructor(protected readonly file: AtomicFile) {}

  get units(): number {
    return this.#units;
  }

  get bytes(): number {
    return this.file.length;
  }

  async write(unit: AccessUnit): Promise<boolean> {
    const pieces = this.pieces(unit);
    if (pieces === undefined) return false;
    await this.file.write(join(pieces));
    this.#units++;
    return true;
  }

  commit(): Promise<void> {
    return this.file.commitWhole();
  }

  abort(): Promise<void> {
    return this.file.abort();
  }

  /** The bytes of a unit in the file; undefined when it is left out. */
  protected abstract pieces(unit: AccessUnit): readonly Uint8Array[] | undefined;
}

/** Pieces as one array, without a copy where there is but one. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : joined(pieces);
}
