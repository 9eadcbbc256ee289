import type { CatalogueEntry, FindingLevel } from "./catalogue_entry.ts";
import { EXCHANGE_CAUSES } from "./exchange_causes.ts";
import { FAILURE_CAUSES } from "./failure_causes.ts";
import { LAB_CAUSES } from "./lab_causes.ts";
import { MEDIA_CAUSES } from "./media_causes.ts";

export type { CatalogueEntry, FindingLevel };

const CATALOGUE = { ...LAB_CAUSES, ...FAILURE_CAUSES, ...EXCHANGE_CAUSES, ...MEDIA_CAUSES };

/** Names of all findings. */
export type FindingCode = keyof typeof CATALOGUE;

/** Everything that can be found, by its code. */
export const FINDINGS: Readonly<Record<FindingCode, CatalogueEntry>> = CATALOGUE;
