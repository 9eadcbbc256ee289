// A real worker thread of `serve`, and what the main thread hears of its trouble.
import { shareCounts } from "../../lib/server/places.ts";
import type { ServeSettings } from "../../cmd/serve_settings.ts";
import { WorkerLink } from "../../cmd/serve_worker_link.ts";
import { systemClock } from "../../lib/net/clock.ts";
import { BindError } from "../../lib/net/errors.ts";
import { DEFAULT_SERVER_OPTIONS } from "../../lib/server/options.ts";
import { assert, assertMatch, assertRejects } from "../support/assert.ts";

const SETTINGS: ServeSettings = {
  port: 0,
  host: "127.0.0.1",
  certificate: undefined,
  root: ".",
  access: undefined,
  options: DEFAULT_SERVER_OPTIONS,
};

/** A worker that was told to serve with these settings. */
function start(settings: ServeSettings): { link: WorkerLink; port: Promise<number> } {
  const url = new URL("../../cmd/serve_worker.ts", import.meta.url);
  const link = new WorkerLink(1, new Worker(url, { type: "module" }), systemClock, () => {});
  const counts = shareCounts(1);
  return { link, port: link.serve({ settings, prefix: "00", peers: [], counts, tellAll: true }) };
}

Deno.test("a worker serves until it is stopped", async () => {
  const { link, port } = start(SETTINGS);
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: await port });
  link.stop();
  await link.ended;
  connection.close();
});

Deno.test("a worker that cannot bind says so in the usual words", async () => {
  // An address for documents (RFC 5737), which no machine has.
  const { port } = start({ ...SETTINGS, host: "192.0.2.1" });
  await assertRejects(() => port, BindError, "cannot bind 192.0.2.1:0");
});

Deno.test("a worker that meets a defect dies of it, and tells where", async () => {
  const { port } = start({ ...SETTINGS, options: undefined as never });
  const error = await assertRejects(() => port, Error, "worker 1 died: ");
  assert(!(error instanceof BindError));
  assertMatch(error.stack ?? "", /serve_worker\.ts:\d+/);
});
