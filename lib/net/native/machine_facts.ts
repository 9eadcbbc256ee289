import { moreOfLibc } from "./libc.ts";
import { namesIn } from "./proc.ts";

/** What is asked of the C library about this machine; see `libc.ts`. */
const SYMBOLS = {
  /** `int getifaddrs(struct ifaddrs **)` */
  getifaddrs: { parameters: ["buffer"], result: "i32" },
  /** `void freeifaddrs(struct ifaddrs *)` */
  freeifaddrs: { parameters: ["pointer"], result: "void" },
} as const;

const library = moreOfLibc(SYMBOLS);

/** In `struct ifaddrs` (getifaddrs(3)), where a pointer has 8 bytes. */
const [FLAGS_AT, ADDRESS_AT] = [16, 24];
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const AF_INET = 2;
const AF_INET6 = 10;
const [IPV4_AT, IPV6_AT] = [4, 8];
/** The descriptor that the folder itself is read by. */
const NOT_OPEN = 1;

/** Descriptors this process has open; undefined where that cannot be told. */
export function openDescriptors(): number | undefined {
  const names = namesIn("/proc/self/fd");
  return names === undefined ? undefined : names.length - NOT_OPEN;
}

/** Addresses by which other machines may reach this one, IPv4 first; none where that cannot be told. */
export function networkAddresses(): string[] {
  const calls = library();
  const first = new BigUint64Array(1);
  if (calls === undefined || calls.getifaddrs(first) !== 0) return [];
  const list = Deno.UnsafePointer.create(first[0]!);
  try {
    const found = [...addressesOf(list)];
    return found.sort((a, b) => Number(a.includes(":")) - Number(b.includes(":")));
  } finally {
    calls.freeifaddrs(list);
  }
}

function* addressesOf(list: Deno.PointerValue): Generator<string> {
  for (let entry = list; entry !== null;) {
    const view = new Deno.UnsafePointerView(entry);
    const flags = view.getUint32(FLAGS_AT);
    const address = view.getPointer(ADDRESS_AT);
    if (address !== null && (flags & IFF_UP) !== 0 && (flags & IFF_LOOPBACK) === 0) {
      const text = addressText(new Deno.UnsafePointerView(address));
      if (text !== undefined) yield text;
    }
    entry = view.getPointer();
  }
}

function addressText(sockaddr: Deno.UnsafePointerView): string | undefined {
  const family = sockaddr.getUint16();
  if (family === AF_INET) {
    return new Uint8Array(sockaddr.getArrayBuffer(4, IPV4_AT)).join(".");
  }
  if (family !== AF_INET6) return undefined;
  const bytes = new DataView(sockaddr.getArrayBuffer(16, IPV6_AT));
  const isLinkLocal = (bytes.getUint16(0) & 0xffc0) === 0xfe80;
  // Without its zone it leads nowhere.
  if (isLinkLocal) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.getUint16(2 * i).toString(16));
  // A URL writes the longest run of zeros in short (RFC 5952, section 4.2).
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
