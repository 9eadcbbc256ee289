import denoJson from "../../deno.json" with { type: "json" };
import { SUMMARIES } from "../../cmd/commands.ts";
import { EXIT } from "../../cmd/exit_status.ts";
import { assert, assertEquals } from "../support/assert.ts";

const ROOT = new URL("../../", import.meta.url);
const DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

function read(document: string): Promise<string> {
  return Deno.readTextFile(new URL(document, ROOT));
}

Deno.test("the README lists every exit status", async () => {
  const readme = await read("README.md");
  const table = readme.slice(readme.indexOf("| exit status"));
  const listed = [...table.matchAll(/^\| (\d) +\|/gm)].map(([, status]) => Number(status));
  assertEquals(listed, Object.values(EXIT));
});

Deno.test("the README shows every command", async () => {
  const readme = await read("README.md");
  for (const command of Object.keys(SUMMARIES)) {
    assert(readme.includes(`$ rtspkit ${command} `), `${command} has no example`);
  }
});

for (const document of DOCUMENTS) {
  Deno.test(`what ${document} links to in the project is there`, async () => {
    const text = await read(document);
    const links = [...text.matchAll(/\]\(([^)]+)\)|src="([^"]+)"/g)]
      .map(([, link, source]) => link ?? source ?? "")
      .filter((link) => !/^(https?:|#)/.test(link));
    for (const link of links) {
      const found = await Deno.stat(new URL(link, ROOT)).then(() => true, () => false);
      assert(found, `${link} is not there`);
    }
  });

  Deno.test(`every task ${document} names exists`, async () => {
    const named = (await read(document)).matchAll(/\bdeno(?:@[\d.]+)? task (\w+)/g);
    for (const [, task = ""] of named) {
      assert(Object.hasOwn(denoJson.tasks, task), `there is no task ${task}`);
    }
  });
}
