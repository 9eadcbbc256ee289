/**
 * The few calls of the C library that Deno has no equivalent for, on 64-bit Linux with glibc: the
 * layouts below are that platform's. Never required: without FFI permission, or elsewhere, the
 * portable ways do the same work.
 */
const SYMBOLS = {
  /** `int sendmmsg(int, struct mmsghdr *, unsigned, int)` */
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  /** `ssize_t sendmsg(int, const struct msghdr *, int)`: of what it says, half is always enough */
  sendmsg: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  /** `int recvmmsg(int, struct mmsghdr *, unsigned, int, struct timespec *)` */
  recvmmsg: { parameters: ["i32", "buffer", "u32", "i32", "pointer"], result: "i32" },
  /** `int getsockname(int, struct sockaddr *, socklen_t *)` */
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  /** `int getpeername(int, struct sockaddr *, socklen_t *)` */
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  /** `int getsockopt(int, int, int, void *, socklen_t *)` */
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  /** `int setsockopt(int, int, int, const void *, socklen_t)` */
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  /** `int ioctl(int, unsigned long, void *)` */
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  /** `int clock_gettime(clockid_t, struct timespec *)` */
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  /** `int shutdown(int, int)` */
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  /** `int ppoll(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *)` */
  ppoll: { parameters: ["buffer", "u64", "buffer", "pointer"], result: "i32" },
  /** `int epoll_ctl(int, int, int, struct epoll_event *)` */
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  /** `int sched_yield(void)`, on another thread */
  sched_yield: { parameters: [], result: "i32", nonblocking: true },
  /** `long syscall(long, …)`, for `sched_setattr` */
  syscall: { parameters: ["i64", "i32", "buffer", "u32"], result: "i32" },
  /** `int getpriority(int, id_t)` */
  getpriority: { parameters: ["i32", "u32"], result: "i32" },
  /** `int setpriority(int, id_t, int)` */
  setpriority: { parameters: ["i32", "u32", "i32"], result: "i32" },
  /** `int *__errno_location(void)` */
  __errno_location: { parameters: [], result: "pointer" },
} as const;

const LIBRARY = "libc.so.6";

/** The library, opened. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** `errno` values that are told apart. */
export const ERRNO = { EINTR: 4, EIO: 5, EAGAIN: 11, EINVAL: 22, ENOBUFS: 105 } as const;

/** Opened with the program and kept: it is in every process anyway. */
const opened: Libc | undefined = open();

/** The C library, or undefined where there is none to be used. */
export function libc(): Libc | undefined {
  return opened;
}

/**
 * More calls of the library, for those who seldom need them.
 * @returns opens it when asked first; undefined where {@linkcode libc} is
 */
export function moreOfLibc<S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): () => Deno.DynamicLibrary<S>["symbols"] | undefined {
  let more: Deno.DynamicLibrary<S>["symbols"] | undefined;
  return () => {
    if (opened !== undefined) more ??= Deno.dlopen(LIBRARY, symbols).symbols;
    return more;
  };
}

function open(): Libc | undefined {
  if (Deno.build.os !== "linux" || Deno.build.env === "musl") return undefined;
  // Asking would stop a server that was started without the permission on purpose.
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  try {
    return Deno.dlopen(LIBRARY, SYMBOLS).symbols;
  } catch {
    return undefined;
  }
}

/** The error number of the call before, on this thread. */
export function errno(library: Libc): number {
  const location = library.__errno_location();
  return location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
}

/** Where a buffer lies in memory. It must be kept alive for as long as the address is used. */
export function addressOf(buffer: BufferSource): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer as Uint8Array<ArrayBuffer>));
}
