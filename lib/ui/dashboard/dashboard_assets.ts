// Everything the dashboard's page is made of, inside the program.
import type { Asset } from "../web/page_server.ts";
import { SHARED_ASSETS } from "../web/player_assets.ts";
import style from "./page/dashboard.css" with { type: "text" };
import page from "./page/dashboard.html" with { type: "text" };
import files from "./page/files.js" with { type: "text" };
import log from "./page/log.js" with { type: "text" };
import main from "./page/main.js" with { type: "text" };
import overview from "./page/overview.js" with { type: "text" };
import sessions from "./page/sessions.js" with { type: "text" };
import switchScript from "./page/switch.js" with { type: "text" };

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const JS = "text/javascript; charset=utf-8";

const SCRIPTS: Readonly<Record<string, string>> = {
  files,
  log,
  main,
  overview,
  sessions,
  switch: switchScript,
};

/** The dashboard's page by the names its parts are asked for; `""` is the page. */
export const DASHBOARD_ASSETS: ReadonlyMap<string, Asset> = new Map([
  ...SHARED_ASSETS,
  ["", { type: HTML, body: page }],
  ["dashboard.css", { type: CSS, body: style }],
  ...Object.entries(SCRIPTS).map(([name, body]): [string, Asset] => {
    return [`${name}.js`, { type: JS, body }];
  }),
]);
