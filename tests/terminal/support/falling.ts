// A program that takes the terminal and falls in the middle of a picture, by `throw` or `reject`.
import { systemClock } from "../../../lib/net/clock.ts";
import { Tty } from "../../../lib/ui/terminal/tty.ts";

const tty = new Tty(systemClock);
tty.open();
await tty.write(new TextEncoder().encode("\x1b_Ga=T;half a picture"));
if (Deno.args[0] === "reject") Promise.reject(new Error("It fell"));
else {
  setTimeout(() => {
    throw new Error("It fell");
  }, 0);
}
await new Promise(() => {});
