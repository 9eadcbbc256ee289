/**
 * A medium's name as one spelling of many: decoded once, without its query, without empty and `.`
 * segments and slashes at the ends. Two names that the same file answers to may still differ in case.
 * @param name as a client wrote it
 */
export function plainMediaName(name: string): string {
  // A raw question mark begins a query, which one request may repeat and another leave out.
  const path = decodeOnce(name.split("?", 1)[0]!);
  return path.split("/").filter((segment) => segment !== "" && segment !== ".").join("/");
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign
  }
}
