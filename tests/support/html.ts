import { assert, assertEquals } from "./assert.ts";

/** Elements that have no end tag (HTML, section 13.1.2). */
const VOID = new Set(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"]);
/** Elements whose content is no markup. */
const RAW = /<(style|script)\b[^>]*>[^]*?<\/\1>/g;
const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>"/]+(?:="[^"<]*")?)*)\s*(\/?)>/g;
const ATTRIBUTE = /([^\s=>"/]+)(?:="([^"]*)")?/g;

/**
 * Checks what a page needs to be valid as far as its syntax goes: every `<` begins a tag, every
 * element ends where it should, no attribute and no id is there twice, and what is referred to by
 * its id exists.
 */
export function assertWellFormed(page: string): void {
  assert(page.startsWith("<!DOCTYPE html>"), "it begins with its doctype");
  const markup = page.slice("<!DOCTYPE html>".length).replaceAll(RAW, "");
  const open: string[] = [];
  const ids: string[] = [];
  const references: string[] = [];
  let at = 0;
  for (const tag of markup.matchAll(TAG)) {
    const between = markup.slice(at, tag.index);
    assert(!between.includes("<"), `a stray < in ${JSON.stringify(between.slice(0, 80))}`);
    at = tag.index + tag[0].length;
    const [, end, name = "", attributes = "", closed] = tag;
    if (end === "/") assertEquals(open.pop(), name, `</${name}> at ${at}`);
    else if (!VOID.has(name) && closed === "") open.push(name);
    const names: string[] = [];
    for (const [, attribute = "", value = ""] of attributes.matchAll(ATTRIBUTE)) {
      names.push(attribute);
      if (attribute === "id") ids.push(value);
      if (attribute === "href" && value.startsWith("#")) references.push(value.slice(1));
      if (/^aria-(labelledby|describedby)$|^for$/.test(attribute)) {
        references.push(...value.split(" "));
      }
    }
    assertEquals(names.length, new Set(names).size, `an attribute twice: ${tag[0]}`);
  }
  assert(!markup.slice(at).includes("<"), "a stray < at the end");
  assertEquals(open, [], "every element has ended");
  assertEquals(ids.length, new Set(ids).size, `an id twice: ${ids.sort().join()}`);
  for (const id of references) assert(ids.includes(id), `nothing has the id ${id}`);
}
