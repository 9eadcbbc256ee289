/**
 * Checks before a release: `deno run --allow-read scripts/check_release.ts TAG`. The tag is `v` and
 * the version of deno.json, and CHANGELOG.md has an entry for it.
 *
 * @module
 */
import denoJson from "../deno.json" with { type: "json" };
import { say } from "./say.ts";

/** What is wrong with releasing `version` under `tag`; nothing when all is well. */
export function releaseProblems(tag: string, version: string, changelog: string): string[] {
  const problems: string[] = [];
  if (tag !== `v${version}`) {
    problems.push(`The tag is ${JSON.stringify(tag)}, the version in deno.json ${version}`);
  }
  const entry = changelog.split("\n").some((line) => {
    return line === `## ${version}` || line.startsWith(`## ${version} `);
  });
  if (!entry) problems.push(`CHANGELOG.md has no entry "## ${version}"`);
  return problems;
}

if (import.meta.main) {
  const changelog = await Deno.readTextFile(new URL("../CHANGELOG.md", import.meta.url));
  const problems = releaseProblems(Deno.args[0] ?? "", denoJson.version, changelog);
  for (const problem of problems) say(problem);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
