import type { Conclusion } from "../../../lib/inspect/session_inspector.ts";
import { assertEquals } from "../../support/assert.ts";
import { type Fault, MEDIA_FAULTS } from "../../support/faulty_gallery.ts";
import { LAB_FAULTS } from "../../support/faulty_labs.ts";
import { judged } from "../../support/faulty_media.ts";
import { watch } from "./observations.ts";

function check({ code, level }: Fault, { verdict, findings }: Conclusion): void {
  const told = findings.map(({ code, level, message, evidence }) => {
    return `${level} ${code}: ${message} | ${evidence}`;
  });
  const grave = findings.filter(({ level }) => level !== "info");
  const expected = code === "healthy" ? [] : [`${level} ${code}`];
  const found = grave.map(({ code, level }) => `${level} ${code}`);
  assertEquals(found, expected, told.join("\n"));
  assertEquals([verdict.code, verdict.level], [code, level]);
}

for (const fault of MEDIA_FAULTS) {
  Deno.test(`${fault.fault}: ${fault.code} and nothing else`, () => {
    check(fault, judged(fault.session()));
  });
}

for (const fault of LAB_FAULTS) {
  Deno.test(`${fault.fault}: ${fault.code} and nothing else, told as the lab's dialect`, () => {
    const watched = fault.watched();
    const conclusion = watch(watched).judge(watched.ending!);
    check(fault, conclusion);
    assertEquals(conclusion.findings[0]?.code, "lab-dialect");
  });
}
