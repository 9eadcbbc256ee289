import { UnreadOutput } from "../../cmd/unread_output.ts";
import { assertEquals } from "../support/assert.ts";

/** A stream that takes as much as it is given leave for. */
class Pipe {
  text = "";
  #leave = Promise.withResolvers<void>();

  constructor(private readonly atOnce = Infinity) {}

  async write(bytes: Uint8Array): Promise<number> {
    await this.#leave.promise;
    const taken = bytes.subarray(0, this.atOnce);
    this.text += new TextDecoder().decode(taken);
    return taken.length;
  }

  read(): void {
    this.#leave.resolve();
  }

  close(): void {
    this.#leave.reject(new Deno.errors.BrokenPipe("Broken pipe"));
  }
}

function outputTo(pipe: Pipe, mostWaiting: number): { output: UnreadOutput; errors: unknown[] } {
  const errors: unknown[] = [];
  const missed = (lines: number): string => `${lines} missed\n`;
  const failed = (error: unknown): void => void errors.push(error);
  return { output: new UnreadOutput(pipe, { mostWaiting, missed, failed }), errors };
}

Deno.test("an output that nobody reads keeps nothing waiting; then all comes in order", async () => {
  const pipe = new Pipe();
  const { output } = outputTo(pipe, 1000);
  for (const line of ["a\n", "b\nc\n", "d\n"]) output.write(line);
  assertEquals(pipe.text, "");
  pipe.read();
  await output.written();
  assertEquals(pipe.text, "a\nb\nc\nd\n");
});

Deno.test("a stream that takes a few bytes at a time gets all of them", async () => {
  const pipe = new Pipe(3);
  const { output } = outputTo(pipe, 1000);
  output.write("one line\n");
  pipe.read();
  await output.written();
  output.write("ünd noch eine\n");
  await output.written();
  assertEquals(new TextEncoder().encode(pipe.text).length > 20, true);
  assertEquals(pipe.text.startsWith("one line\n"), true);
});

Deno.test("what does not fit is left out, and counted where it is missing", async () => {
  const pipe = new Pipe();
  const { output } = outputTo(pipe, 8);
  // The first is on its way at once; what waits behind it has room for eight characters.
  for (const line of ["first\n", "12345\n", "6789\n", "a\nb\n"]) output.write(line);
  pipe.read();
  await output.written();
  assertEquals(pipe.text, "first\n12345\n3 missed\n");
  output.write("last\n");
  await output.written();
  assertEquals(pipe.text, "first\n12345\n3 missed\nlast\n");
});

Deno.test("lines behind the missed ones come behind the count", async () => {
  const pipe = new Pipe();
  const { output } = outputTo(pipe, 8);
  for (const line of ["first\n", "12345\n", "6789\n", "z\n"]) output.write(line);
  pipe.read();
  await output.written();
  assertEquals(pipe.text, "first\n12345\n1 missed\nz\n");
});

Deno.test("a reader that has gone is told once, and nothing more is kept", async () => {
  const pipe = new Pipe();
  const { output, errors } = outputTo(pipe, 1000);
  output.write("a\n");
  pipe.close();
  await output.written();
  output.write("b\n");
  await output.written();
  assertEquals(errors.map((error) => (error as Error).message), ["Broken pipe"]);
  assertEquals(pipe.text, "");
});
