/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, lists are joined, nothing stays nothing. */
export type HtmlPart = string | number | Html | undefined | false | readonly HtmlPart[];

/** HTML in which everything put in is escaped, unless it is HTML itself. */
export function markup(strings: TemplateStringsArray, ...parts: HtmlPart[]): Html {
  let text = strings[0]!;
  parts.forEach((part, i) => {
    text += asHtml(part) + strings[i + 1]!;
  });
  return new Html(text);
}

function asHtml(part: HtmlPart): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(asHtml).join("");
  return escapeHtml(String(part));
}

const REFERENCES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML shows it, in text and in quoted attributes; with no character that HTML forbids. */
export function escapeHtml(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef]|[\ufffe\uffff]/g, "\ufffd")
    // Nonsense about the direction of text would make lines read as what they are not.
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
    .replace(/\p{Noncharacter_Code_Point}/gu, "\ufffd")
    .replace(/[&<>"']/g, (character) => REFERENCES[character]!);
}
