// The pages' own modules, which nothing imports: they are text to the program.
import { DASHBOARD_ASSETS } from "../../../lib/ui/dashboard/dashboard_assets.ts";
import { PLAYER_ASSETS } from "../../../lib/ui/web/player_assets.ts";
import type { Asset } from "../../../lib/ui/web/page_server.ts";
import { assertEquals } from "../../support/assert.ts";

/** Types of a browser, and of what the scripts tell of themselves. */
const CONFIG = {
  compilerOptions: {
    checkJs: true,
    strict: false,
    lib: ["dom", "dom.iterable", "esnext"],
  },
};
/** Instead of the library, which is checked by those who make it. */
const UPLOT = "export default class uPlot {\n  constructor(..._) {}\n}\n";

const PAGES: [name: string, assets: ReadonlyMap<string, Asset>][] = [
  ["player", PLAYER_ASSETS],
  ["dashboard", DASHBOARD_ASSETS],
];

for (const [page, assets] of PAGES) {
  Deno.test(`the scripts of the ${page} have what they import, call and read`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "rtspkit-scripts-" });
    const scripts = [...assets].filter(([name]) => name.endsWith(".js"));
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(CONFIG));
    for (const [name, { body }] of scripts) {
      await Deno.writeTextFile(`${folder}/${name}`, name === "uplot.js" ? UPLOT : body);
    }
    const { stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", ...scripts.map(([name]) => name)],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(code, 0);
    await Deno.remove(folder, { recursive: true });
  });
}
