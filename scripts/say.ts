const ENCODER = new TextEncoder();

/** Prints a line for the person who runs a script. */
export function say(line = ""): void {
  write(line + "\n");
}

/** Prints text as it is. */
export function write(text: string): void {
  const bytes = ENCODER.encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
