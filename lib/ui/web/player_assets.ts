// Everything the player's page is made of, inside the program.
import uplotScript from "uplot/script" with { type: "text" };
import uplotStyle from "uplot/style" with { type: "text" };
import charts from "./page/charts.js" with { type: "text" };
import controls from "./page/controls.js" with { type: "text" };
import dom from "./page/dom.js" with { type: "text" };
import exchange from "./page/exchange.js" with { type: "text" };
import form from "./page/form.js" with { type: "text" };
import icon from "./page/icon.svg" with { type: "text" };
import link from "./page/link.js" with { type: "text" };
import machine from "./page/machine.js" with { type: "text" };
import main from "./page/main.js" with { type: "text" };
import packet from "./page/packet.js" with { type: "text" };
import page from "./page/player.html" with { type: "text" };
import picture from "./page/picture.js" with { type: "text" };
import readout from "./page/readout.js" with { type: "text" };
import retry from "./page/retry.js" with { type: "text" };
import statistics from "./page/statistics.js" with { type: "text" };
import base from "./page/base.css" with { type: "text" };
import style from "./page/player.css" with { type: "text" };
import type { Asset } from "./page_server.ts";

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const JS = "text/javascript; charset=utf-8";
const SVG = "image/svg+xml; charset=utf-8";

/** Looks and scripts that other pages of the program use too. */
export const SHARED_ASSETS: readonly (readonly [name: string, asset: Asset])[] = [
  ["base.css", { type: CSS, body: base }],
  ["dom.js", { type: JS, body: dom }],
  ["icon.svg", { type: SVG, body: icon }],
  ["uplot.js", { type: JS, body: uplotScript }],
  ["uplot.css", { type: CSS, body: uplotStyle }],
];

const SCRIPTS: Readonly<Record<string, string>> = {
  charts,
  controls,
  exchange,
  form,
  link,
  machine,
  main,
  packet,
  picture,
  readout,
  retry,
  statistics,
};

/** The player's page by the names its parts are asked for; `""` is the page. */
export const PLAYER_ASSETS: ReadonlyMap<string, Asset> = new Map([
  ...SHARED_ASSETS,
  ["", { type: HTML, body: page }],
  ["player.css", { type: CSS, body: style }],
  ...Object.entries(SCRIPTS).map(([name, body]): [string, Asset] => {
    return [`${name}.js`, { type: JS, body }];
  }),
]);
