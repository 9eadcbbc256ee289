import { type Libc, libc } from "./libc.ts";
import { linesOf, namesIn, targetOf } from "./proc.ts";
import { findDescriptor, SOCKET_TYPE } from "./socket_descriptor.ts";

/** `EPOLL_CTL_MOD` (epoll_ctl(2)). */
const MODIFY = 3;
/** `EPOLLIN`, `EPOLLOUT`. */
const [READABLE, WRITABLE] = [1, 4];

/** A line about a watched descriptor, numbers in hexadecimal but for the descriptor's own. */
const REGISTRATION =
  /^tfd:\s*(?<watched>\d+) events:\s*(?<events>\w+) data:\s*(?<data>\w+)\s+pos:\S+ ino:(?<inode>\w+)/;

/** What a socket is watched for, and what the watcher is told with it. */
interface Registration {
  events: number;
  data: bigint;
}

/**
 * What the runtime learns of a socket's room. It is woken whenever there is some again, which after
 * sending past the runtime is every time a receiver has read.
 */
export interface SocketRoom {
  /** Keeps the runtime from being woken. */
  ignore(): void;
  /** Undoes it, before the runtime is to send. */
  heed(): void;
}

/**
 * The epoll descriptor (epoll(7)) of this thread's event loop, which tells whether the runtime has
 * anything to do: sockets, files, other threads and signals all make it readable. Only looked at, so
 * that nothing the runtime waits for is lost.
 */
export class EventLoop {
  static #current: EventLoop | undefined | null = null;

  /** `struct pollfd`: the descriptor, and two halves: the events asked for and those that came. */
  readonly #watched: Int32Array<ArrayBuffer>;
  /** `struct timespec`, as 32-bit words: the seconds stay 0. */
  readonly #time = new Int32Array(4);

  private constructor(readonly library: Libc, readonly descriptor: number) {
    this.#watched = Int32Array.of(descriptor, READABLE);
  }

  /** That of the thread which asks; undefined where it cannot be told. */
  static get current(): EventLoop | undefined {
    if (this.#current === null) {
      const library = libc();
      const descriptor = library && findLoop(library);
      this.#current = descriptor && library ? new EventLoop(library, descriptor) : undefined;
    }
    return this.#current;
  }

  /**
   * Sleeps here and now, until the time is up or the runtime has something to do.
   * @param milliseconds 0 … 999
   * @returns whether the time is up
   */
  sleep(milliseconds: number): boolean {
    this.#time[2] = milliseconds * 1e6;
    return this.library.ppoll(this.#watched, 1n, this.#time, null) === 0;
  }

  /**
   * Resolves once the runtime has looked at all that there was to do: another thread calls it back.
   * A timer would not do: with others behind it, the runtime wakes itself when it fires, and is found
   * to have something to do.
   */
  async goRound(): Promise<void> {
    await this.library.sched_yield();
  }

  /** Whether the runtime is woken when a socket has room again; undefined where it cannot be changed. */
  roomOf(descriptor: number): SocketRoom | undefined {
    const registration = registrationOf(this.descriptor, descriptor, inodeOf(descriptor));
    if (registration === undefined) return undefined;
    const { events, data } = registration;
    return {
      ignore: () => this.#watch(descriptor, { events: events & ~WRITABLE, data }),
      heed: () => this.#watch(descriptor, registration),
    };
  }

  #watch(descriptor: number, registration: Registration): void {
    this.library.epoll_ctl(this.descriptor, MODIFY, descriptor, epollEvent(registration));
  }
}

/** The descriptor that watches a socket which this thread has just opened. */
function findLoop(library: Libc): number | undefined {
  let listener: Deno.TcpListener;
  try {
    listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  } catch {
    return undefined;
  }
  try {
    const { port } = listener.addr as Deno.NetAddr;
    const socket = findDescriptor(library, SOCKET_TYPE.stream, port);
    if (socket === undefined) return undefined;
    const inode = inodeOf(socket);
    const descriptors = (namesIn("/proc/self/fd") ?? []).map(Number);
    return descriptors.find((each) => registrationOf(each, socket, inode) !== undefined);
  } finally {
    listener.close();
  }
}

/**
 * How an epoll descriptor watches another one (proc_pid_fdinfo(5)); undefined when it does not, or is
 * none. Numbers alone do not tell: what was closed here and is still open elsewhere stays in the list.
 */
function registrationOf(
  epoll: number,
  descriptor: number,
  inode: number | undefined,
): Registration | undefined {
  for (const line of linesOf(`/proc/self/fdinfo/${epoll}`)) {
    const match = REGISTRATION.exec(line)?.groups;
    if (match === undefined || Number(match.watched) !== descriptor) continue;
    if (parseInt(match.inode!, 16) !== inode) continue;
    return { events: parseInt(match.events!, 16), data: BigInt(`0x${match.data}`) };
  }
  return undefined;
}

/** The number of a socket among all of the system's. */
function inodeOf(descriptor: number): number | undefined {
  const match = /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/self/fd/${descriptor}`) ?? "");
  return match === null ? undefined : Number(match[1]);
}

/** `struct epoll_event`, which has no gap on x86-64 alone. */
function epollEvent({ events, data }: Registration): Uint8Array<ArrayBuffer> {
  const dataAt = Deno.build.arch === "x86_64" ? 4 : 8;
  const event = new DataView(new ArrayBuffer(dataAt + 8));
  event.setUint32(0, events, true);
  event.setBigUint64(dataAt, data, true);
  return new Uint8Array(event.buffer);
}
