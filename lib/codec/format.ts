import type { StreamFormat, TrackDescription } from "./depacketizer.ts";
import { payloadFormat } from "./registry.ts";

const KILO = 1000;

/** The facts in which description and stream may not differ, with how to show them. */
const COMPARED: readonly [name: string, show: (format: StreamFormat) => string | undefined][] = [
  ["codec", ({ codec }) => codec],
  ["profile", ({ profile }) => profile],
  ["level", ({ level }) => level],
  ["size", size],
  ["frame rate", ({ frameRate }) => frameRate?.toFixed(3)],
  ["sampling rate", ({ sampleRate }) => sampleRate?.toString()],
  ["channels", ({ channels }) => channels?.toString()],
];

/** A fact on which the description and the stream disagree. */
export interface Contradiction {
  /** `"size"`, `"profile"`. */
  fact: string;
  described: string;
  seen: string;
}

/** What a session description says of a format; unknown encodings keep their name. */
export function describedFormat(track: TrackDescription): StreamFormat {
  const known = payloadFormat(track.encoding);
  return known === undefined ? { codec: track.encoding } : known.described(track);
}

/** What a session description says, in plain words: {@linkcode formatWords} of it. */
export function describeFormat(track: TrackDescription): string {
  return formatWords(describedFormat(track));
}

/** In plain words: `"H.264 High@4.0 1920x1080 25 fps"`, `"AAC-LC 48 kHz stereo"`. */
export function formatWords(format: StreamFormat): string {
  const { codec, profile, level, frameRate, sampleRate, channels, streams } = format;
  const words = [
    codec === "AAC" && profile !== undefined ? `AAC-${profile}` : codec,
    codec === "AAC" ? undefined : profileWords(profile, level),
    size(format),
    frameRate === undefined ? undefined : `${round(frameRate)} fps`,
    sampleRate === undefined ? undefined : `${round(sampleRate / KILO)} kHz`,
    channels === undefined ? undefined : channelWords(channels),
    streams === undefined ? undefined : `(${streams.join(", ")})`,
  ];
  return words.filter((word) => word !== undefined).join(" ");
}

/** Where the stream is not what the description says; facts that only one of them tells are none. */
export function contradictions(described: StreamFormat, seen: StreamFormat): Contradiction[] {
  const found: Contradiction[] = [];
  for (const [name, show] of COMPARED) {
    const one = show(described);
    const other = show(seen);
    if (one !== undefined && other !== undefined && one !== other) {
      found.push({ fact: name, described: one, seen: other });
    }
  }
  return found;
}

function profileWords(profile: string | undefined, level: string | undefined): string | undefined {
  if (profile === undefined) return level === undefined ? undefined : `level ${level}`;
  return level === undefined ? profile : `${profile}@${level}`;
}

function size({ width, height }: StreamFormat): string | undefined {
  return width === undefined || height === undefined ? undefined : `${width}x${height}`;
}

function channelWords(channels: number): string {
  if (channels === 1) return "mono";
  return channels === 2 ? "stereo" : `${channels} channels`;
}

/** With as many digits as say something: 29.97, 25. */
function round(value: number): string {
  return String(Math.round(value * KILO) / KILO);
}
