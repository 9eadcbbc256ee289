import {
  relayedOrigin,
  relayLive,
  type RelayMessage,
  type RelayPort,
  type RelayRequest,
} from "../../../../lib/media/live/live_relay.ts";
import { LiveSource } from "../../../../lib/media/live/live_source.ts";
import type { LiveSink } from "../../../../lib/media/live/origin.ts";
import { assertEquals } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

/** One end of a channel whose messages wait until the test lets them through. */
class HeldPort<Out, In> implements RelayPort<Out, In> {
  onmessage: ((event: MessageEvent<In>) => void) | null = null;
  readonly held: Out[] = [];
  other!: HeldPort<In, Out>;

  postMessage(message: Out): void {
    this.held.push(message);
  }

  deliver(): void {
    for (const data of this.held.splice(0)) {
      this.other.onmessage?.(new MessageEvent("message", { data }));
    }
  }
}

function channel(): [HeldPort<RelayMessage, RelayRequest>, HeldPort<RelayRequest, RelayMessage>] {
  const puller = new HeldPort<RelayMessage, RelayRequest>();
  const server = new HeldPort<RelayRequest, RelayMessage>();
  puller.other = server;
  server.other = puller;
  return [puller, server];
}

interface Relayed {
  clock: FakeClock;
  sink: () => LiveSink;
  near: LiveSource;
  far: LiveSource;
  ports: ReturnType<typeof channel>;
}

function relayed(): Relayed {
  const clock = new FakeClock();
  let sink: LiveSink | undefined;
  const near = new LiveSource({
    ...{ name: "cam", clock, random: () => 1, lingerMs: 0 },
    pull: (into, signal) => {
      sink = into;
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject()));
    },
  });
  const ports = channel();
  relayLive(near, ports[0]);
  const pull = relayedOrigin(ports[1]);
  const far = new LiveSource({
    name: "cam",
    clock,
    random: () => 1,
    pull,
    once: true,
    lingerMs: 0,
  });
  return { clock, sink: () => sink!, near, far, ports };
}

Deno.test("a source in another thread is pulled while somebody watches there", () => {
  const { near, far, sink, ports: [puller, server] } = relayed();
  const seen: number[] = [];
  const leave = far.watch({ frame: ({ jpeg }) => seen.push(jpeg[0]!), ended: () => {} });
  server.deliver();
  assertEquals(near.users, 1);
  sink().frame(Uint8Array.of(5));
  puller.deliver();
  assertEquals(seen, [5]);
  leave();
  server.deliver();
  assertEquals([near.users, near.pulling], [0, false]);
});

Deno.test("a thread that is slow gets the newest picture, and few wait for it", () => {
  const { far, sink, ports: [puller, server] } = relayed();
  const seen: number[] = [];
  far.watch({ frame: ({ jpeg }) => seen.push(jpeg[0]!), ended: () => {} });
  server.deliver();
  for (let i = 1; i <= 100; i++) sink().frame(Uint8Array.of(i));
  assertEquals(puller.held.length, 2);
  puller.deliver();
  server.deliver();
  puller.deliver();
  assertEquals(seen, [1, 2, 100]);
});

Deno.test("the end and what is wrong are told in the other thread", async () => {
  const { near, far, clock, sink, ports: [puller, server] } = relayed();
  let ended = false;
  far.watch({ frame: () => {}, ended: () => ended = true });
  server.deliver();
  sink().trouble("no route");
  puller.deliver();
  assertEquals(far.problem, "no route");
  near.close();
  puller.deliver();
  await clock.settle();
  assertEquals(ended, true);
});
