/** Bytes of what a page may say. */
const MOST_BYTES = 4096;

/** An answer as JSON. */
export function jsonResponse(value: unknown, status = 200): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8" },
  });
}

/**
 * What a request says in JSON; an object without anything in it where it says nothing.
 * @returns undefined when it is no object, or too long
 */
export async function readJson(request: Request): Promise<Record<string, unknown> | undefined> {
  const text = await readText(request);
  if (text === undefined) return undefined;
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

async function readText({ body }: Request): Promise<string | undefined> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const bytes of body) {
    length += bytes.length;
    if (length > MOST_BYTES) return undefined;
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}
