import { releaseProblems } from "../../scripts/check_release.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";

const CHANGELOG = "# Changes\n\n## Unreleased\n\n## 1.2.3 (2001-02-03)\n\n## 1.2.30\n";

Deno.test("a tag that is the version, with an entry in the changelog, can be released", () => {
  assertEquals(releaseProblems("v1.2.3", "1.2.3", CHANGELOG), []);
  assertEquals(releaseProblems("v1.2.30", "1.2.30", CHANGELOG), []);
});

Deno.test("a tag that is not the version is told with both", () => {
  for (const tag of ["v1.2.4", "1.2.3", "v1.2.3-rc", ""]) {
    const [problem, ...more] = releaseProblems(tag, "1.2.3", CHANGELOG);
    assertEquals(more, []);
    assertMatch(problem ?? "", /^The tag is ".*", the version in deno\.json 1\.2\.3$/);
  }
});

Deno.test("a version without an entry in the changelog is told", () => {
  assertEquals(releaseProblems("v1.2", "1.2", CHANGELOG), [
    'CHANGELOG.md has no entry "## 1.2"',
  ]);
});
