// A real Chromium for the tests of the pages. Where there is none they are skipped, unless peers are
// required.
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import axeScript from "axe-core/script" with { type: "text" };
import { assertEquals, fail } from "../../support/assert.ts";
import { findProgram } from "../../support/peers.ts";

export type { Page };

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** How long a page may take to show what must come, in ms; only a test that fails takes so long. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 20;
/** Chromium asks for a page's icon when it likes, also once the player that had it has ended. */
const ICON_TOO_LATE = /ERR_CONNECTION_REFUSED .*\/icon\.svg$/;

const CHROMIUM = NAMES.map(findProgram).find((path) => path !== undefined);

/** A test that needs a browser; skipped visibly where there is none. */
export function browserTest(name: string, body: (browser: TestBrowser) => Promise<void>): void {
  const isPromised = (Deno.env.get("RTSPKIT_REQUIRE_PEERS") ?? "") !== "";
  Deno.test({
    name: CHROMIUM === undefined ? `${name} (skipped: no chromium on PATH)` : name,
    ignore: CHROMIUM === undefined && !isPromised,
    // The browser is a process of its own, with pipes of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      if (CHROMIUM === undefined) fail("RTSPKIT_REQUIRE_PEERS is set and chromium is missing");
      const browser = await TestBrowser.launch(CHROMIUM);
      try {
        await body(browser);
      } finally {
        await browser.close();
      }
    },
  });
}

/** How a page is looked at. */
export interface Look {
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
}

/** A browser whose pages are watched: no error in the console, no request to another host. */
export class TestBrowser {
  readonly #contexts: BrowserContext[] = [];
  readonly troubles: string[] = [];

  private constructor(readonly browser: Browser) {}

  static async launch(executablePath: string): Promise<TestBrowser> {
    const args = ["--no-sandbox", "--disable-dev-shm-usage"];
    return new TestBrowser(await chromium.launch({ executablePath, args }));
  }

  /** Opens a page; what it complains about fails the test at its end. */
  async open(url: string, look: Look = {}): Promise<TestPage> {
    const { width = 1280, height = 800, scheme = "light" } = look;
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: "reduce",
      acceptDownloads: true,
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    const opened = this.watch(page, url);
    await page.goto(url);
    await opened.until("the page's first state", () => opened.has('body[data-ready="true"]'));
    return opened;
  }

  /** Listens to what a page complains about. @param url where it is, or is going to be */
  watch(page: Page, url: string = page.url()): TestPage {
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      const text = `${message.text()} ${message.location().url}`.trim();
      if (!ICON_TOO_LATE.test(text)) this.troubles.push(text);
    });
    page.on("pageerror", (error) => this.troubles.push(`${error}`));
    const { host } = new URL(url);
    page.on("request", (request) => {
      const to = new URL(request.url());
      const isHere = to.host === host || to.protocol === "blob:" || to.protocol === "data:";
      if (!isHere) this.troubles.push(`a request to ${to.href}`);
    });
    return new TestPage(page, this);
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    await this.browser.close();
    assertEquals(this.troubles, [], "the page had nothing to complain about");
  }
}

/** A page of the player's. */
export class TestPage {
  constructor(readonly page: Page, readonly browser: TestBrowser) {}

  /** Resolves once `check` holds, looked at again and again. */
  async until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
    const giveUpAt = Date.now() + PATIENCE_MS;
    while (!await check()) {
      if (Date.now() > giveUpAt) {
        throw new Error(`Waited in vain for ${what}; the page says: ${await this.#words()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** The value of an expression in the page. */
  in<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(expression);
  }

  has(selector: string): Promise<boolean> {
    return this.in(`document.querySelector(${JSON.stringify(selector)}) !== null`);
  }

  /** The text of an element; empty when it is hidden. */
  text(selector: string): Promise<string> {
    return this.in(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      return element === null || element.offsetParent === null ? "" : element.innerText.trim();
    })()`);
  }

  /** Waits until an element says so. */
  async says(selector: string, pattern: RegExp): Promise<void> {
    await this.until(`${selector} to say ${pattern}`, async () => {
      return pattern.test(await this.text(selector));
    });
  }

  /** Waits until the last request of a method has been sent, and answered. */
  async answered(method: string): Promise<void> {
    await this.until(`a reply to ${method}`, async () => {
      const exchange = await this.text("#exchange");
      const sent = exchange.lastIndexOf(`${method} `);
      return sent >= 0 && /received\s/.test(exchange.slice(sent));
    });
  }

  /** Which of the three states is lit. */
  state(): Promise<string> {
    return this.in(`document.querySelector('.node[data-lit="true"]')?.textContent ?? ""`);
  }

  async reaches(state: string): Promise<void> {
    await this.until(`the state ${state}`, async () => {
      return await this.state() === state && !await this.has('.deck [data-busy="true"]');
    });
  }

  /** The buttons that can be pressed. */
  allowed(): Promise<string[]> {
    return this.in(`[...document.querySelectorAll('.deck button[aria-disabled="false"]')]
      .map((button) => button.dataset.action)`);
  }

  async press(action: string): Promise<void> {
    await this.page.click(`.deck button[data-action="${action}"]`);
  }

  /** The number on the label. */
  async frame(): Promise<number> {
    return Number(await this.text("#frame-now"));
  }

  async passes(frame: number): Promise<void> {
    await this.until(`frame ${frame}`, async () => await this.frame() >= frame);
  }

  statistic(name: string): Promise<string> {
    return this.text(`[data-stat="${name}"]`);
  }

  async fill(fields: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      await this.page.fill(`#launch [name="${name}"]`, value);
    }
  }

  /** How far the page is wider than what is seen of it, in pixels; 0 when it is not. */
  overflow(): Promise<number> {
    return this.in("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  /** What the accessibility check has against the page as it is. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axeScript);
    const found = await this.page.evaluate("axe.run(document)") as {
      violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
    };
    return found.violations.flatMap(({ id, nodes }) => {
      return nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`);
    });
  }

  async #words(): Promise<string> {
    return (await this.in<string>("document.body.innerText")).slice(0, 1500);
  }
}

/** A page to be measured, in a browser of its own. */
export async function measuringBrowser(
  url: string,
): Promise<{ value<T>(expression: string): Promise<T>; close(): Promise<void> }> {
  if (CHROMIUM === undefined) throw new Error("There is no Chromium on this machine");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.goto(url);
  return {
    value: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  };
}
