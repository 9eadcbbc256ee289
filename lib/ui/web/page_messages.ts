import type { PlayerAction } from "../player/actions.ts";
import { isPlayerAction } from "../player/actions.ts";
import type { ExchangeEntry } from "../player/exchange_log.ts";
import type { PacketDiagram } from "../player/packet_diagram.ts";
import type { Sample } from "../player/samples.ts";
import type { PlayerSnapshot } from "../player/snapshot.ts";
import type { AddressForm } from "../player/stream_address.ts";

/** What a page is told, as JSON. */
export type ToPage =
  | {
    type: "hello";
    version: string;
    simple: boolean;
    /** Whether there is no other stream to be chosen. */
    isFixed: boolean;
    players: PlayerStart[];
  }
  /** Keys of the snapshot that are other ones; null stands for undefined. */
  | { type: "state"; player: number; delta: Record<string, unknown> }
  | { type: "exchange"; player: number; entries: ExchangeEntry[] }
  | { type: "sample"; player: number; sample: Sample }
  | { type: "packet"; player: number; packet: PacketDiagram }
  | { type: "recording"; player: number; on: boolean; frames: number }
  | { type: "form-error"; player: number; field: keyof AddressForm; message: string }
  | { type: "files"; player: number; files: string[] | null; message: string };

/** Everything about one player, for a page that has just opened. */
export interface PlayerStart {
  state: Partial<PlayerSnapshot>;
  exchange: readonly ExchangeEntry[];
  samples: readonly Sample[];
}

/** What a page asks for. */
export type FromPage =
  | { type: "act"; player: number; action: PlayerAction }
  | { type: "start"; player: number }
  | { type: "seek"; player: number; seconds: number }
  | { type: "scale"; player: number; scale: number }
  | { type: "open"; player: number; form: AddressForm; user: string; password: string }
  | { type: "stop-recording"; player: number }
  | { type: "files"; player: number; address: string; port: string };

/** Characters of one field of the form. */
const MOST_TEXT = 4096;
const FORM_FIELDS = ["address", "port", "rtpPort", "file", "dialect", "transport"] as const;

/** Reads what a page asks for; undefined when it is nothing known. */
export function parseFromPage(text: string): FromPage | undefined {
  let message: Record<string, unknown>;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    message = value as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { player } = message;
  if (typeof player !== "number" || !Number.isInteger(player) || player < 0) return undefined;
  // Not even as text: an object may say that it has none.
  return typeof message.type === "string" ? READERS[message.type]?.(message, player) : undefined;
}

type Reader = (message: Record<string, unknown>, player: number) => FromPage | undefined;

const READERS: Readonly<Record<string, Reader>> = Object.assign(
  Object.create(null),
  {
    act: ({ action }, player) =>
      isPlayerAction(action) ? { type: "act", player, action } : undefined,
    start: (_, player) => ({ type: "start", player }),
    "stop-recording": (_, player) => ({ type: "stop-recording", player }),
    seek: ({ seconds }, player) =>
      isNumber(seconds) ? { type: "seek", player, seconds } : undefined,
    scale: ({ scale }, player) => isNumber(scale) ? { type: "scale", player, scale } : undefined,
    open: ({ form, user, password }, player) => {
      const fields = readForm(form);
      if (fields === undefined) return undefined;
      return { type: "open", player, form: fields, user: text(user), password: text(password) };
    },
    files: ({ address, port }, player) => {
      return { type: "files", player, address: text(address), port: text(port) };
    },
  } satisfies Record<string, Reader>,
);

function readForm(value: unknown): AddressForm | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const given = value as Record<string, unknown>;
  return Object.fromEntries(
    FORM_FIELDS.map((name) => [name, text(given[name])]),
  ) as unknown as AddressForm;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MOST_TEXT) : "";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
