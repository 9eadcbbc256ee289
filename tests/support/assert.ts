// The assertions of @std/assert with their types: the npm package carries the modules without
// declarations, and an assertion function must be declared where it is called.
import * as std from "@std/assert";

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

export function assert(condition: unknown, message?: string): asserts condition {
  std.assert(condition, message);
}
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  std.assertEquals(actual, expected, message);
}
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  std.assertMatch(actual, expected, message);
}
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  std.assertStringIncludes(actual, expected, message);
}
export function assertThrows<E extends Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
): E {
  return std.assertThrows(fn, errorClass, messageIncludes) as E;
}
export function assertRejects<E extends Error>(
  fn: () => Promise<unknown>,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
): Promise<E> {
  return std.assertRejects(fn, errorClass, messageIncludes) as Promise<E>;
}
export function fail(message: string): never {
  throw new std.AssertionError(message);
}
