import { openDescriptors } from "../../net/native/machine_facts.ts";
import { metric, type MetricFamily } from "../../server/metrics_families.ts";

/** What is true of the whole program, whatever number of threads serve. */
export interface ProcessFacts {
  version: string;
  /** When it began, in ms of the Unix epoch. */
  startedAt: number;
  /** How long it has run, in ms. */
  uptimeMs: number;
  serving: boolean;
}

/** Metrics of the process; where Prometheus has usual names, by those. */
export function processFamilies(facts: ProcessFacts): MetricFamily[] {
  const descriptors = openDescriptors();
  return [
    {
      name: "rtspkit_build_info",
      help: "The version of rtspkit, with the value 1",
      type: "gauge",
      samples: [{ labels: { version: facts.version }, value: 1 }],
    },
    metric(
      "gauge",
      "rtspkit_serving",
      "Whether connections are accepted, 1 or 0",
      Number(facts.serving),
    ),
    metric(
      "gauge",
      "rtspkit_uptime_seconds",
      "How long the program has run",
      facts.uptimeMs / 1000,
    ),
    metric(
      "gauge",
      "process_start_time_seconds",
      "When the program began, in seconds of the Unix epoch",
      facts.startedAt / 1000,
    ),
    metric(
      "gauge",
      "process_resident_memory_bytes",
      "Memory of the program that is resident",
      Deno.memoryUsage().rss,
    ),
    ...(descriptors === undefined ? [] : [
      metric("gauge", "process_open_fds", "Descriptors open, of files and sockets", descriptors),
    ]),
  ];
}
