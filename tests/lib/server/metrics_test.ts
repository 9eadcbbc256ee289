import type { ServerEvent } from "../../../lib/server/events.ts";
import { ServerMetrics } from "../../../lib/server/metrics.ts";
import {
  addUp,
  countsOf,
  metric,
  type MetricFamily,
  secondsOf,
} from "../../../lib/server/metrics_families.ts";
import { Histogram, Lateness, RECENT_MS } from "../../../lib/server/metrics_histogram.ts";
import { serverFamilies } from "../../../lib/server/metrics_server.ts";
import { formatMetrics } from "../../../lib/server/metrics_text.ts";
import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { parseExposition, valueOf } from "../../support/exposition.ts";

Deno.test("a value falls into the first bucket whose bound it does not exceed", () => {
  const histogram = new Histogram([1, 2, 5]);
  for (const value of [0, 1, 1.5, 2, 5, 5.001, 1000]) histogram.add(value);
  assertEquals([...histogram.counts], [2, 2, 1, 2]);
  assertEquals(histogram.sum, 0 + 1 + 1.5 + 2 + 5 + 5.001 + 1000);
});

Deno.test("the worst lateness is remembered for five seconds, and a worse one takes its place", () => {
  const lateness = new Lateness();
  assertEquals(lateness.recent(0), 0);
  lateness.add(30, 1000);
  lateness.add(10, 2000);
  assertEquals(lateness.recent(1000 + RECENT_MS), 30);
  assertEquals(lateness.recent(1001 + RECENT_MS), 0);
  lateness.add(4, 1001 + RECENT_MS);
  assertEquals(lateness.recent(1001 + RECENT_MS), 4);
  lateness.add(5, 1002 + RECENT_MS);
  assertEquals(lateness.recent(1002 + RECENT_MS), 5);
});

Deno.test("metrics are written as Prometheus reads them", () => {
  const histogram = new Histogram([5, 250]);
  for (const value of [1, 100, 300, 300]) histogram.add(value);
  const families: MetricFamily[] = [
    metric("gauge", "a", "All of\nit \\ here", 1.5),
    {
      name: "b_total",
      help: "With labels",
      type: "counter",
      samples: [{ labels: { x: 'say "hi"\\\n', y: "ä" }, value: 1e21 }],
    },
    { name: "c", help: "In seconds", type: "histogram", samples: [secondsOf(histogram)] },
    { name: "d_total", help: "None yet", type: "counter", samples: [] },
  ];
  const lines = [
    "# HELP a All of\\nit \\\\ here",
    "# TYPE a gauge",
    "a 1.5",
    "# HELP b_total With labels",
    "# TYPE b_total counter",
    'b_total{x="say \\"hi\\"\\\\\\n",y="ä"} 1e+21',
    "# HELP c In seconds",
    "# TYPE c histogram",
    'c_bucket{le="0.005"} 1',
    'c_bucket{le="0.25"} 2',
    'c_bucket{le="+Inf"} 4',
    "c_sum 0.701",
    "c_count 4",
    "# HELP d_total None yet",
    "# TYPE d_total counter",
  ];
  assertEquals(formatMetrics(families), `${lines.join("\n")}\n`);
  const read = parseExposition(formatMetrics(families));
  assertEquals(read.get("b_total")?.samples[0]?.labels, { x: 'say "hi"\\\n', y: "ä" });
});

Deno.test("any label reads the same as it was written", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const samples = [{ labels: { text }, value: 1 }];
    const family: MetricFamily = { name: "a", help: text, type: "gauge", samples };
    const read = parseExposition(formatMetrics([family]));
    assertEquals(read.get("a")?.samples[0]?.labels, { text });
  }));
});

Deno.test("the strict reader takes nothing else", () => {
  const wrong = [
    "a 1",
    "# TYPE a gauge\na 1\n",
    "# HELP a x\n# TYPE a gauge\na 1\na 1\n",
    "# HELP a x\n# TYPE a gauge\nb 1\n",
    "# HELP a x\n# TYPE a gauge\na{x='1'} 1\n",
    "# HELP a x\n# TYPE a gauge\na one\n",
    '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_count 1\n',
  ];
  for (const text of wrong) assertThrows(() => parseExposition(text), Error);
});

Deno.test("what several servers counted is added up by name and labels", () => {
  const of = (value: number, label: string): MetricFamily[] => [
    { name: "a", help: "", type: "counter", samples: [{ labels: { label }, value }] },
    metric("gauge", "b", "", value),
    {
      name: "c",
      help: "",
      type: "histogram",
      samples: [{ labels: {}, bounds: [1], counts: [value, 1], sum: value }],
    },
  ];
  const sum = addUp([of(1, "x"), of(2, "y"), of(4, "x")]);
  assertEquals(sum.map(({ samples }) => samples), [
    [{ labels: { label: "x" }, value: 5 }, { labels: { label: "y" }, value: 2 }],
    [{ labels: {}, value: 7 }],
    [{ labels: {}, bounds: [1], counts: [7, 3], sum: 7 }],
  ]);
  assertEquals(countsOf(sum).map(({ name }) => name), ["a", "c"]);
});

Deno.test("a client cannot make up any number of metrics", () => {
  const metrics = new ServerMetrics();
  const ask = (method: string, status: number): void => {
    metrics.take({ event: "request", peer: "", method, target: "", status });
  };
  for (let i = 0; i < 2000; i++) ask(`m${i}`, 200);
  ask("PLAY", 200);
  assertEquals([...metrics.requests], [["other 200", 2000], ["PLAY 200", 1]]);
  for (let i = 0; i < 2000; i++) ask(`A_${"BCDE"[i % 4]}${"X".repeat(i % 8)}`, 200 + i);
  assertEquals(metrics.requests.size, 501);
  const count = [...metrics.requests.values()].reduce((a, b) => a + b);
  assertEquals(count, 4001, "all are counted");
});

Deno.test("events and limits are counted by what they are", () => {
  const metrics = new ServerMetrics();
  const facts = { session: "1", peer: "p", file: "f" };
  const events: ServerEvent[] = [
    { event: "connected", peer: "p" },
    { event: "session-setup", dialect: "lab", ...facts },
    { event: "session-setup", dialect: "rtsp", ...facts },
    { event: "error", peer: "p", message: "m" },
  ];
  for (const event of events) metrics.take(event);
  for (let i = 0; i < 3; i++) metrics.limitReached("sessions");
  for (let i = 0; i < 2; i++) metrics.limitReached("connection-rate");
  const text = formatMetrics(serverFamilies(metrics, { connections: 7, sessions: [] }));
  const read = parseExposition(text);
  assertEquals(valueOf(read, "rtspkit_connections"), 7);
  assertEquals(valueOf(read, "rtspkit_connections_total"), 1);
  assertEquals(valueOf(read, "rtspkit_connections_refused_total"), 2);
  assertEquals(valueOf(read, "rtspkit_sessions_total", { dialect: "lab" }), 1);
  assertEquals(valueOf(read, "rtspkit_limits_total", { limit: "sessions" }), 3);
  assertEquals(valueOf(read, "rtspkit_errors_total"), 1);
  assert([...read.values()].every(({ help }) => help.length > 5), "every metric says what it is");
});
