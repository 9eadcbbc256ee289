import { moreOfLibc } from "./libc.ts";

/**
 * How the C library reads what the system tells about this process (proc(5)): Deno's own calls may do
 * so only with every permission there is.
 */
const SYMBOLS = {
  /** `DIR *opendir(const char *)` */
  opendir: { parameters: ["buffer"], result: "pointer" },
  /** `struct dirent *readdir(DIR *)` */
  readdir: { parameters: ["pointer"], result: "pointer" },
  /** `int closedir(DIR *)` */
  closedir: { parameters: ["pointer"], result: "i32" },
  /** `FILE *fopen(const char *, const char *)` */
  fopen: { parameters: ["buffer", "buffer"], result: "pointer" },
  /** `char *fgets(char *, int, FILE *)` */
  fgets: { parameters: ["buffer", "i32", "pointer"], result: "pointer" },
  /** `int fclose(FILE *)` */
  fclose: { parameters: ["pointer"], result: "i32" },
  /** `ssize_t readlink(const char *, char *, size_t)` */
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
} as const;

const library = moreOfLibc(SYMBOLS);

/** In `struct dirent` (readdir(3)), where offsets have 64 bits. */
const NAME_AT = 19;
/** Bytes of one line or link that are read; those looked for have fewer than a hundred. */
const LINE = 256;

/** What is in a folder; undefined where that cannot be told. */
export function namesIn(folder: string): string[] | undefined {
  const calls = library();
  const stream = calls?.opendir(cString(folder));
  if (calls === undefined || stream === null || stream === undefined) return undefined;
  const names: string[] = [];
  for (let entry = calls.readdir(stream); entry !== null; entry = calls.readdir(stream)) {
    const name = new Deno.UnsafePointerView(entry).getCString(NAME_AT);
    if (name !== "." && name !== "..") names.push(name);
  }
  calls.closedir(stream);
  return names;
}

/** The lines of a file, with their ends; none where it cannot be read. */
export function* linesOf(file: string): Generator<string, void, void> {
  const calls = library();
  const stream = calls?.fopen(cString(file), cString("re"));
  if (calls === undefined || stream === null || stream === undefined) return;
  try {
    const line = new Uint8Array(LINE);
    while (calls.fgets(line, LINE, stream) !== null) {
      yield new TextDecoder().decode(line.subarray(0, line.indexOf(0)));
    }
  } finally {
    calls.fclose(stream);
  }
}

/** Where a symbolic link leads; undefined where that cannot be told. */
export function targetOf(link: string): string | undefined {
  const target = new Uint8Array(LINE);
  const length = Number(library()?.readlink(cString(link), target, BigInt(LINE)) ?? -1);
  return length < 0 ? undefined : new TextDecoder().decode(target.subarray(0, length));
}

function cString(words: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${words}\0`);
}
