// The stairs of the house: CONTRIBUTING and the design say which room may look into which.
import { assert, assertEquals } from "./support/assert.ts";

const ROOT = new URL("../", import.meta.url);

/** Rooms from the ground up: what stands on one step may look into every lower step. */
const STEPS: readonly (readonly string[])[] = [
  ["lib/bytes"],
  ["lib/rtsp", "lib/sdp", "lib/rtp", "lib/rtcp", "lib/auth", "lib/srtp"],
  ["lib/jpeg", "lib/codec", "lib/stream"],
  ["lib/net", "lib/media"],
  ["lib/server", "lib/client", "lib/inspect"],
  ["lib/ui"],
  ["cmd"],
  ["main.ts", "scripts"],
];

/** Doors between rooms of one step, with the reason for each. */
const DOORS: readonly (readonly [from: string, to: string, why: string])[] = [
  ["lib/stream", "lib/jpeg", "the frames of a stream may be put together from RFC 2435 payloads"],
  ["lib/stream", "lib/codec", "or from those of other formats"],
];

/** Names that bring in the machine, time or chance; below the fourth step they come as arguments. */
const OUTSIDE = [
  /\bDeno\b/,
  /\bset(?:Timeout|Interval|Immediate)\b/,
  /\bconsole\b/,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bperformance\b/,
  /\bMath\.random\b/,
  /\bgetRandomValues\b/,
  /\brandomUUID\b/,
  /\bfetch\(/,
];

/** Modules from outside that a pure room may use, and why. */
const PURE_MODULES: ReadonlyMap<string, string> = new Map([
  ["node:crypto", "MD5, which the Web has no name for; digests and ciphers that do not wait"],
]);

interface Source {
  /** Path below the root. */
  path: string;
  room: string;
  /** The text without remarks and strings. */
  code: string;
  imports: string[];
}

/** All TypeScript below a folder, or the one file. */
async function* sources(path: string): AsyncGenerator<Source> {
  if (path.endsWith(".ts")) {
    yield await readSource(path);
    return;
  }
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, ROOT))) {
    if (isDirectory || name.endsWith(".ts")) yield* sources(`${path}/${name}`);
  }
}

async function readSource(path: string): Promise<Source> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  const bare = text.replace(/\/\*[^]*?\*\//g, "").replace(/(?<=^|[\s;{}(),])\/\/.*$/gm, "");
  const specifiers = bare.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return {
    path,
    room: roomOf(path),
    code: bare.replace(/"(?:[^"\\\n]|\\.)*"/g, '""'),
    imports: Array.from(specifiers, (match) => match[1]!),
  };
}

function roomOf(path: string): string {
  const [first, second] = path.split("/");
  return first === "lib" ? `${first}/${second}` : first!;
}

function stepOf(room: string): number {
  return STEPS.findIndex((rooms) => rooms.includes(room));
}

/** Where a relative import leads, below the root; undefined for a module from outside. */
function target({ path }: Source, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const url = new URL(specifier, new URL(path, ROOT));
  return url.pathname.slice(ROOT.pathname.length);
}

async function allSources(): Promise<Source[]> {
  const all: Source[] = [];
  for (const path of ["lib", "cmd", "scripts", "main.ts"]) {
    all.push(...await Array.fromAsync(sources(path)));
  }
  return all;
}

const SOURCES = await allSources();

/** Whether a room may look into another. */
function mayImport(from: string, to: string): boolean {
  if (from === to || stepOf(to) < stepOf(from)) return true;
  return DOORS.some(([room, other]) => room === from && other === to);
}

Deno.test("every file stands in a room that the stairs know", () => {
  assert(SOURCES.length > 100, "the walk found the sources");
  assertEquals(SOURCES.filter(({ room }) => stepOf(room) < 0).map(({ path }) => path), []);
});

Deno.test("every arrow points down the stairs", () => {
  const wrong: string[] = [];
  for (const source of SOURCES) {
    for (const specifier of source.imports) {
      const path = target(source, specifier);
      if (path === undefined || !/\.ts$/.test(path)) continue;
      if (!mayImport(source.room, roomOf(path))) wrong.push(`${source.path} -> ${path}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("imports within the project name files that are there, with their ending", async () => {
  for (const source of SOURCES) {
    for (const specifier of source.imports) {
      const path = target(source, specifier);
      if (path === undefined) continue;
      const { isFile } = await Deno.stat(new URL(path, ROOT));
      assert(isFile, `${source.path} imports ${specifier}`);
    }
  }
});

const PURE = SOURCES.filter(({ room }) => stepOf(room) < stepOf("lib/net"));

Deno.test("below sockets and files nothing names the machine, the time or chance", () => {
  assert(PURE.length > 50);
  const wrong = PURE.flatMap(({ path, code }) => {
    return OUTSIDE.filter((name) => name.test(code)).map((name) => `${path}: ${name.source}`);
  });
  assertEquals(wrong, []);
});

Deno.test("below sockets and files modules from outside are few and named", () => {
  const wrong = PURE.flatMap(({ path, imports }) => {
    return imports
      .filter((name) => !/^(?:\.|@std\/)/.test(name) && !PURE_MODULES.has(name))
      .map((name) => `${path}: ${name}`);
  });
  assertEquals(wrong, []);
});

Deno.test("one file touches the unstable datagram API, and only main.ts exits", () => {
  const naming = (name: RegExp): string[] => {
    return SOURCES.filter(({ code }) => name.test(code)).map(({ path }) => path);
  };
  assertEquals(naming(/\bDeno\.listenDatagram\b/), ["lib/net/datagram.ts"]);
  assertEquals(
    naming(/\bDeno\.exit\b/).filter((path) => !path.startsWith("scripts/")),
    ["main.ts"],
  );
});
