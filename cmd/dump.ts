import type { Command } from "./command.ts";
export const dump = {} as Command;
