// A probe for tests: tries everything that rtspkit must not be able to do, and prints what it could.
// Run with exactly the permissions of the program.
const TRIES: Record<string, () => unknown> = {
  "start a program": () => new Deno.Command("true").outputSync(),
  "ask for the host's name": () => Deno.hostname(),
  "ask for memory of the system": () => Deno.systemMemoryInfo(),
  "ask for the user": () => Deno.uid(),
  "ask for networks": () => Deno.networkInterfaces(),
  "see HOME": () => Deno.env.get("HOME"),
  "see PATH": () => Deno.env.get("PATH"),
  "see a secret of somebody else": () => Deno.env.get("RTSPKIT_TEST_SECRET"),
  "see all of the environment": () => Deno.env.toObject(),
  "change the environment": () => Deno.env.set("PATH", "/tmp"),
  "load code from the network": () => import(`http://127.0.0.1:9/${"x"}.ts`),
};

const could: string[] = [];
for (const [name, act] of Object.entries(TRIES)) {
  try {
    await act();
    could.push(name);
  } catch (error) {
    // Refused, and not merely failed.
    const refused = error instanceof Deno.errors.NotCapable ||
      (error instanceof TypeError && /Requires import access/.test(error.message));
    if (!refused) could.push(`${name}: ${error}`);
  }
}
// What it may is allowed, or the probe proves nothing.
Deno.env.get("NO_COLOR");
Deno.readTextFileSync(new URL(import.meta.url));
Deno.listen({ hostname: "127.0.0.1", port: 0 }).close();

await new Blob([JSON.stringify({ could, tries: Object.keys(TRIES).length })]).stream()
  .pipeTo(Deno.stdout.writable);
