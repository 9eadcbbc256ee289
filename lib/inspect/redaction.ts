import type { ObservedMessage } from "../stream/observation.ts";
import { isPlaceholders, Placeholders, type SecretKind } from "./placeholders.ts";
import {
  EMAIL,
  IPV4,
  IPV6,
  isIpv6,
  isPublicKnowledge,
  kindOfParameter,
  KNOWN_WORDS,
  LABELLED_SERIAL,
  looksRandom,
  LOOSE_USERINFO,
  MAC,
  PATH_PARAMETER,
  QUERY,
  SDP_CRYPTO,
  SDP_KEY,
  SERIAL,
  URL_HOST,
  USERINFO,
} from "./redaction_patterns.ts";

/** What is replaced. */
export interface RedactionOptions {
  /** Whether addresses, names of hosts, serial numbers and the like are replaced too. */
  anonymous?: boolean;
}

/**
 * Replaces what must not leave the house, each secret by the same placeholder wherever it occurs. It
 * is shown everything first ({@linkcode learn}, {@linkcode learnMessage}), so that a secret is
 * replaced also where nothing tells that it is one.
 */
export class Redactor {
  readonly #placeholders = new Placeholders();
  readonly #anonymous: boolean;

  constructor({ anonymous = false }: RedactionOptions = {}) {
    this.#anonymous = anonymous;
  }

  /** How many of each kind have been replaced or learned. */
  get counts(): ReadonlyMap<SecretKind, number> {
    return this.#placeholders.counts;
  }

  /** Learns a secret that the caller knows, in its other spellings too. */
  secret(kind: SecretKind, value: string | undefined): void {
    if (value === undefined || value === "") return;
    this.#placeholders.of(kind, value);
  }

  /** Learns the secrets of a text and says what it is without them. */
  text(text: string): string {
    return this.#placeholders.putInto(this.learn(text));
  }

  /** Learns the secrets of a text. @returns it with those replaced that stand where secrets stand */
  learn(text: string): string {
    let out = this.#placeholders.putInto(text).replace(
      LOOSE_USERINFO,
      (_all, scheme: string, userinfo: string) => {
        return `${scheme}${this.#userinfo(userinfo)}@`;
      },
    );
    out = out.replace(USERINFO, (_all, scheme: string, userinfo: string) => {
      return `${scheme}${this.#userinfo(userinfo)}@`;
    });
    out = out.replace(QUERY, (_all, query: string) => `?${this.#query(query)}`);
    out = out.replace(PATH_PARAMETER, (all, name: string, value: string) => {
      const kind = kindOfParameter(name);
      return kind === undefined ? all : `${name}=${this.#placeholders.of(kind, value)}`;
    });
    out = out.replace(SDP_KEY, (_all, head: string, key: string) => {
      return head + this.#placeholders.of("key", key);
    });
    out = out.replace(
      SDP_CRYPTO,
      (_all, key: string) => `inline:${this.#placeholders.of("key", key)}`,
    );
    return this.#anonymous ? this.#identities(out) : out;
  }

  /** Learns the secrets of a message. @returns it with those replaced that stand in their places */
  learnMessage(message: ObservedMessage): ObservedMessage {
    const { wire: _wire, ...rest } = message;
    const learned: ObservedMessage = {
      ...rest,
      headers: rest.headers.map(([name, value]) => [this.learn(name), this.#header(name, value)]),
      body: this.learn(rest.body),
    };
    if (rest.target !== undefined) learned.target = this.learn(rest.target);
    if (rest.reason !== undefined) learned.reason = this.learn(rest.reason);
    return learned;
  }

  /** A message without secrets; without its bytes, which would have them. */
  message(message: ObservedMessage): ObservedMessage {
    const learned = this.learnMessage(message);
    const clean = (text: string): string => this.#placeholders.putInto(text);
    return {
      ...learned,
      headers: learned.headers.map(([name, value]) => [clean(name), clean(value)]),
      body: clean(learned.body),
      version: clean(learned.version),
      ...(learned.method === undefined ? {} : { method: clean(learned.method) }),
      ...(learned.target === undefined ? {} : { target: clean(learned.target) }),
      ...(learned.reason === undefined ? {} : { reason: clean(learned.reason) }),
    };
  }

  #header(name: string, value: string): string {
    if (/^(?:proxy-)?authorization$/i.test(name)) return this.#authorization(value);
    if (/^(?:www|proxy)-authenticate$|^authentication-info$/i.test(name)) {
      return this.learn(this.#authParameters(value));
    }
    if (/^session$/i.test(name)) {
      return value.replace(/^(\s*)([^;\s]+)/, (_all, space: string, id: string) => {
        return space + this.#placeholders.of("session", id);
      });
    }
    if (/^(?:set-)?cookie$|token|api-?key|secret/i.test(name)) {
      return this.#placeholders.of("token", value.trim());
    }
    if (this.#anonymous && /^(?:server|user-agent|via|x-)/i.test(name)) {
      return this.learn(this.#serials(value));
    }
    return this.learn(value);
  }

  #authorization(value: string): string {
    const [, scheme = "", rest = ""] = /^\s*(\S+)\s*(.*)$/s.exec(value) ?? [];
    if (/^digest$/i.test(scheme)) return this.learn(`${scheme} ${this.#authParameters(rest)}`);
    if (rest.trim() === "") return this.#placeholders.of("token", scheme);
    if (/^basic$/i.test(scheme)) this.#learnBasic(rest.trim());
    return `${scheme} ${this.#placeholders.of("password", rest.trim())}`;
  }

  /** Name and password may stand in the clear elsewhere. */
  #learnBasic(encoded: string): void {
    let decoded: string;
    try {
      decoded = atob(encoded);
    } catch {
      return;
    }
    const colon = decoded.indexOf(":");
    if (colon < 0) return;
    this.secret("user", decoded.slice(0, colon));
    this.secret("password", decoded.slice(colon + 1));
  }

  #authParameters(value: string): string {
    const kinds: Record<string, SecretKind> = {
      username: "user",
      response: "digest",
      cnonce: "nonce",
      nonce: "nonce",
      nextnonce: "nonce",
      opaque: "nonce",
      rspauth: "digest",
    };
    const parameter = /\b([a-z]+)(\s*=\s*)("(?:[^"\\]|\\.)*"|[^\s,]+)/gi;
    return value.replace(parameter, (all, name: string, equals: string, given: string) => {
      const kind = kinds[name.toLowerCase()];
      const bare = given.replace(/^"|"$/g, "");
      if (name.toLowerCase() === "realm" && this.#anonymous) {
        return `${name}${equals}"${this.#serials(bare)}"`;
      }
      if (kind === undefined || bare === "") return all;
      return `${name}${equals}"${this.#placeholders.of(kind, bare)}"`;
    });
  }

  #userinfo(userinfo: string): string {
    if (isPlaceholders(userinfo)) return userinfo;
    const colon = userinfo.indexOf(":");
    if (colon < 0) return this.#placeholders.of("user", userinfo);
    const [name, password] = [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
    const shown = name === "" ? "" : this.#placeholders.of("user", name);
    return `${shown}:${password === "" ? "" : this.#placeholders.of("password", password)}`;
  }

  #query(query: string): string {
    return query.split(/([&;])/).map((part) => {
      const equals = part.indexOf("=");
      if (equals < 0) return looksRandom(part) ? this.#placeholders.of("token", part) : part;
      const [name, value] = [part.slice(0, equals), part.slice(equals + 1)];
      // What a player appends to the URL of a presentation is no part of the value: `…?t=abc/track1`.
      const [, own = "", path = ""] = /^(.*?)(\/(?:track|stream)[^/]*)?$/is.exec(value) ?? [];
      const kind = kindOfParameter(name) ?? (looksRandom(own) ? "token" : undefined);
      return kind === undefined || own === ""
        ? part
        : `${name}=${this.#placeholders.of(kind, own)}${path}`;
    }).join("");
  }

  #identities(text: string): string {
    const host = (all: string, name: string): string => {
      const bare = name.replace(/^\[|\]$/g, "");
      if (bare.startsWith("[") || isPlaceholders(name) || isPublicKnowledge(bare)) return all;
      const isName = !isIpv6(bare) && !/^\d+(?:\.\d+){3}$/.test(bare);
      return all.slice(0, -name.length) + this.#placeholders.of(isName ? "host" : "address", bare);
    };
    return text.replace(URL_HOST, host)
      .replace(EMAIL, (mail) => this.#placeholders.of("mail", mail))
      .replace(MAC, (mac) => this.#placeholders.of("mac", mac))
      .replace(IPV4, (address) => {
        return isPublicKnowledge(address) ? address : this.#placeholders.of("address", address);
      })
      .replace(IPV6, (all, address: string) => {
        if (!isIpv6(address) || isPublicKnowledge(address)) return all;
        return this.#placeholders.of("address", address);
      })
      .replace(LABELLED_SERIAL, (_all, label: string, mark: string, serial: string) => {
        return label + mark + this.#placeholders.of("serial", serial);
      })
      .replace(/^([siu]=)(.*)$/gim, (_all, field: string, value: string) => {
        return field + this.#serials(value);
      });
  }

  #serials(value: string): string {
    return value.replace(SERIAL, (word) => {
      return KNOWN_WORDS.test(word) ? word : this.#placeholders.of("serial", word);
    });
  }
}
