import type { ObservedMessage, Observer } from "../lib/client/observer.ts";

/** Prints each RTSP message as it went: its first line with the time, then its headers. */
export function exchangePrinter(print: (line: string) => void): Observer {
  let start: number | undefined;
  return {
    message: (message) => {
      start ??= message.time;
      for (const line of messageLines(message, message.time - start)) print(line);
    },
    note: ({ code, message }) => print(`  note ${code}: ${message}`),
  };
}

/** @param at ms since the first message */
export function messageLines(message: ObservedMessage, at: number): string[] {
  const arrow = message.direction === "out" ? "->" : "<-";
  const first = message.status === undefined
    ? `${message.method} ${message.target} ${message.version}`
    : `${message.version} ${message.status} ${message.reason}`;
  const indent = " ".repeat(14);
  return [
    `${(at / 1000).toFixed(3).padStart(9)} s ${arrow} ${first}`,
    ...message.headers.map(([name, value]) => `${indent} ${name}: ${value}`),
    ...(message.body === ""
      ? []
      : message.body.split(/\r?\n/).map((line) => `${indent} | ${line}`)),
  ];
}
