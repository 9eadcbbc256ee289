import { LAB_METHODS } from "../../../rtsp/lab/methods.ts";
import type { LabHandler } from "../exchange.ts";

/** The methods there are, as RFC 2326 section 10.1 has it; HTWDD's version of the lab asks for it. */
export const options: LabHandler = () => {
  return { status: 200, lines: [`Public: ${LAB_METHODS.join(", ")}`] };
};
