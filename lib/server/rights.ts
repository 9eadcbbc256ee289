import { plainMediaName } from "./media_name.ts";

/**
 * Whether paths that a user may see cover a medium. A `*` stands for any characters, `/` too; case
 * counts.
 * @param paths such as `/cam/*`; undefined for all there are
 * @param media its name as a client wrote it
 */
export function mayWatch(paths: readonly string[] | undefined, media: string): boolean {
  if (paths === undefined) return true;
  const path = `/${plainMediaName(media)}`;
  // No media is had by such a name, and what is not there need not be allowed.
  if (path.split("/").includes("..")) return false;
  return paths.some((pattern) => covers(pattern, path));
}

/** Matches piece by piece, each as early as it can: time is linear in the path for each piece. */
function covers(pattern: string, path: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces.shift()!;
  const last = pieces.pop();
  if (last === undefined) return path === first;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = path.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
