import type { Command } from "./command.ts";
export const probe = {} as Command;
