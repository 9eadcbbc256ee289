import type { ObservedMessage, Observer } from "../lib/client/observer.ts";
import { PLAIN, type Style } from "./style.ts";

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

/** Seconds since the first message, as wide as every other such time. */
export function relativeTime(at: number): string {
  return `${(at / 1000).toFixed(3).padStart(9)} s`;
}

/** @param at ms since the first message */
export function messageLines(message: ObservedMessage, at: number, style: Style = PLAIN): string[] {
  const isRequest = message.status === undefined;
  const arrow = message.direction === "out" ? "->" : "<-";
  const first = isRequest
    ? `${message.method} ${withoutCredentials(message.target ?? "")} ${message.version}`
    : `${message.version} ${message.status} ${message.reason}`;
  const bad = !isRequest && message.status! >= 400;
  const indent = " ".repeat(14);
  return [
    `${style.dim(relativeTime(at))} ${arrow} ${bad ? style.red(first) : style.bold(first)}`,
    ...withoutSecrets(message.headers).map(([name, value]) => `${indent} ${name}: ${value}`),
    ...(message.body === ""
      ? []
      : message.body.trimEnd().split(/\r?\n/).map((line) => `${indent} | ${line}`)),
  ];
}

/** What stands where a secret stood. */
const HIDDEN = "[not shown]";

/** Headers as they may be shown: credentials give a password away, or let it be guessed. */
export function withoutSecrets(
  headers: readonly [name: string, value: string][],
): [name: string, value: string][] {
  return headers.map(([name, value]) => {
    if (!/^(proxy-)?authorization$/i.test(name)) return [name, value];
    const shown = /^\s*digest\b/i.test(value)
      ? value.replace(/\bresponse\s*=\s*"[^"]*"/i, `response="${HIDDEN}"`)
      : value.replace(/^(\s*\S+\s+).*$/s, `$1${HIDDEN}`);
    return [name, shown];
  });
}

/** A URL as it may be shown: without a name and a password in it. */
export function withoutCredentials(target: string): string {
  return target.replace(/^([a-z]+:\/\/)[^/]*@/i, "$1");
}
