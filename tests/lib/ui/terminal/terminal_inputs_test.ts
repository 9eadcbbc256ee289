import { InputParser } from "../../../../lib/ui/terminal/input_parser.ts";
import { MOST_KEPT_KEYS, TerminalInputs } from "../../../../lib/ui/terminal/terminal_inputs.ts";
import { assertEquals } from "../../../support/assert.ts";
import { ascii } from "../../../support/split.ts";

Deno.test("keys wait for who takes keys, also those right behind an answer", () => {
  const inputs = new TerminalInputs();
  const answers: string[] = [];
  const end = inputs.listen((input) => {
    answers.push(input.kind);
    end();
  });
  inputs.tell(new InputParser().feed(ascii("\x1b[?6cpq")));
  const keys: string[] = [];
  const endKeys = inputs.listenToKeys((key) => keys.push(key));
  assertEquals([answers, keys], [["csi"], ["p", "q"]]);
  inputs.tell([{ kind: "key", key: "u" }]);
  endKeys();
  assertEquals([keys, inputs.listeners], [["p", "q", "u"], 0]);
});

Deno.test("keys are handed over once, and the newest are kept", () => {
  const inputs = new TerminalInputs();
  for (let i = 0; i <= MOST_KEPT_KEYS; i++) inputs.tell([{ kind: "key", key: String(i) }]);
  const taken: string[][] = [[], []];
  for (const keys of taken) inputs.listenToKeys((key) => keys.push(key))();
  assertEquals(taken[0]!.length, MOST_KEPT_KEYS);
  assertEquals([taken[0]![0], taken[0]!.at(-1)], ["1", String(MOST_KEPT_KEYS)]);
  assertEquals(taken[1], []);
});
