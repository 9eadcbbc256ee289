/** The page's style: light or dark as the reader has it, and plain on paper. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--panel:#f6f8fa;--text:#1b1f24;--muted:#57606a;
--rule:#d0d7de;--link:#0b57b0;--error:#b42318;--warning:#8a5300;--ok:#1a6b30;
--error-back:#fdecea;--warning-back:#fff4e0;--ok-back:#e8f5ec;--line:#0b57b0;--fill:#0b57b022}
@media(prefers-color-scheme:dark){:root{--back:#0f1419;--panel:#181f27;--text:#e6edf3;--muted:#9ba7b4;
--rule:#36414d;--link:#79b8ff;--error:#ff9d94;--warning:#f0c060;--ok:#6fdc8c;
--error-back:#3a1715;--warning-back:#362706;--ok-back:#10301b;--line:#79b8ff;--fill:#79b8ff2b}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
h1{font-size:1.5rem;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.25rem 0 .75rem;padding-bottom:.25rem;border-bottom:1px solid var(--rule)}
h3{font-size:1rem;margin:1.25rem 0 .5rem}
p{margin:.5rem 0;max-width:48rem}.muted{color:var(--muted)}a{color:var(--link)}
code,pre,td,th,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.8125rem}
pre{margin:.5rem 0;padding:.75rem;background:var(--panel);border:1px solid var(--rule);border-radius:6px;
white-space:pre-wrap;overflow-wrap:anywhere}
.verdict{margin:1.25rem 0;padding:1rem 1.25rem;border-left:6px solid;border-radius:6px}
.verdict p{margin:.25rem 0}.verdict .what{font-size:1.125rem;font-weight:600;overflow-wrap:anywhere}
.error{color:var(--error)}.warning{color:var(--warning)}.ok,.healthy,.info{color:var(--ok)}
.verdict.error{background:var(--error-back);border-color:var(--error)}
.verdict.warning{background:var(--warning-back);border-color:var(--warning)}
.verdict.healthy{background:var(--ok-back);border-color:var(--ok)}
.verdict p:not(.what){color:var(--text)}.verdict p.muted{color:var(--muted)}
.finding{margin:.75rem 0;padding:.25rem 0 .25rem .9rem;border-left:4px solid currentColor}
.finding>*{color:var(--text)}.finding p{margin:.2rem 0;overflow-wrap:anywhere}
.finding .level{font-weight:700;color:inherit;text-transform:uppercase;font-size:.75rem;letter-spacing:.04em}
.finding .evidence{color:var(--muted)}
details{margin:.35rem 0}summary{cursor:pointer;padding:.2rem 0;overflow-wrap:anywhere}
summary:focus-visible,.scroll:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.scroll{overflow-x:auto;border:1px solid var(--rule);border-radius:6px}
table{border-collapse:collapse;width:100%}caption{text-align:left;padding:.5rem .75rem;color:var(--muted);
font-family:system-ui,sans-serif;font-size:.875rem}
th,td{padding:.2rem .75rem;text-align:right;white-space:nowrap;border-top:1px solid var(--rule)}
th{color:var(--muted);font-weight:600;background:var(--panel)}
td.text,th.text{text-align:left}tr.odd td{background:var(--warning-back)}
tr.gap td{text-align:center;color:var(--muted);background:var(--panel)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.25rem;margin:.5rem 0}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));gap:1rem 1.5rem}
figure{margin:0;min-width:0}figcaption{font-size:.875rem;margin-bottom:.25rem}
svg{display:block;width:100%;height:auto}svg text{font:12px ui-monospace,monospace;fill:var(--muted)}
.grid{stroke:var(--rule);stroke-width:1;fill:none}.area{fill:var(--fill)}
.line{stroke:var(--line);stroke-width:2;fill:none;stroke-linejoin:round}.bars{fill:var(--error)}
.pictures{display:flex;flex-wrap:wrap;gap:1rem}.pictures img{display:block;max-width:100%;width:14rem;
height:auto;border:1px solid var(--rule)}
footer{margin-top:3rem;color:var(--muted);font-size:.875rem}
@media(max-width:30rem){.charts{grid-template-columns:1fr}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}}
@media print{:root{color-scheme:light;--back:#fff;--panel:#fff;--text:#000;--muted:#444;--rule:#bbb;
--link:#000;--error:#8c1a11;--warning:#6b4000;--ok:#0f5224;--error-back:#fff;--warning-back:#fff;
--ok-back:#fff;--line:#000;--fill:#0001}
body{font-size:10pt}main{max-width:none;padding:0}h2{break-after:avoid}
figure,.finding,.verdict,tr{break-inside:avoid}.scroll{overflow:visible;border:0}
th,td{padding:.1rem .35rem;font-size:7.5pt}details::details-content{content-visibility:visible;display:block}}
`.trim();
