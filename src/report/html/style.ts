/** The style sheet of the HTML report: screen and paper, light and dark, narrow to wide. */

import { fontFamily } from "../topology/theme.ts";

const light = `--paper:#fff;--ink:#17202a;--soft:#55626f;--rule:#dde3e9;--panel:#f5f7f9;--accent:#0072b2;
--good:#00704f;--good-fill:#e3f4ee;--caution:#8a5a00;--caution-fill:#fdf3df;--bad:#b3261e;--bad-fill:#fbe9e7;
--transparent:#009e73;--degraded:#e69f00;--rerouted:#56b4e9;--stalled:#cc79a7;--fatal:#d55e00;
--split-1:#0072b2;--split-2:#d55e00;--split-3:#e69f00;--split-4:#8fa3b5;--split-5:#cc79a7;--split-6:#56b4e9;--split-7:#009e73;--split-8:#b9a44c;--packed:#17202a`;
const dark = `--paper:#11161c;--ink:#e8edf2;--soft:#a5b3c0;--rule:#2d3945;--panel:#19212a;--accent:#56b4e9;
--good:#5fd3ac;--good-fill:#12352b;--caution:#f2c15a;--caution-fill:#3b2d0e;--bad:#ff8a80;--bad-fill:#45201d;
--transparent:#1fb98d;--degraded:#e69f00;--rerouted:#56b4e9;--stalled:#d996bd;--fatal:#f07c2e;
--split-1:#56b4e9;--split-2:#f07c2e;--split-3:#e69f00;--split-4:#7b8fa1;--split-5:#d996bd;--split-6:#2f7fc1;--split-7:#1fb98d;--split-8:#8d7f3c;--packed:#e8edf2`;

/** The whole style sheet. */
export const styleSheet = `:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
@media print{:root{color-scheme:light;${light}}}
*{box-sizing:border-box}
html{font-size:clamp(15px,9px + .5vw,20px);scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font-family:${fontFamily};line-height:1.5}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.page{display:grid;grid-template-columns:12.5rem minmax(0,1fr);gap:2.5rem;max-width:86rem;margin:0 auto;padding:0 1.75rem 4rem}
nav{position:sticky;top:0;align-self:start;padding-top:2.4rem;max-height:100vh;overflow:auto;font-size:.86rem}
nav .brand{font-weight:700;letter-spacing:.01em;margin:0 0 1rem}
nav ol{list-style:none;margin:0;padding:0}nav li{margin:0 0 .42rem}nav a{color:var(--soft)}nav a:hover{color:var(--ink)}
header{padding:2.2rem 0 .4rem}
header .kicker{color:var(--soft);font-size:.86rem;margin:0}
h1{font-size:2.1rem;line-height:1.15;letter-spacing:-.015em;margin:.15rem 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.35rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .5rem}
h3{font-size:1rem;margin:1.6rem 0 .5rem}
p{margin:0 0 .75rem;max-width:75ch;overflow-wrap:anywhere}
.soft{color:var(--soft)}.small{font-size:.86rem}
section{padding:2.3rem 0 0}section+section{border-top:1px solid var(--rule);margin-top:2.3rem}
.verdict{border:1px solid var(--rule);border-left:.42rem solid;border-radius:.5rem;padding:1.05rem 1.35rem .55rem;margin:1.1rem 0 1.4rem}
.verdict h2{font-size:1.45rem}.verdict p{max-width:90ch}
.verdict.good{border-left-color:var(--good);background:var(--good-fill)}.verdict.good h2{color:var(--good)}
.verdict.caution{border-left-color:var(--caution);background:var(--caution-fill)}.verdict.caution h2{color:var(--caution)}
.verdict.bad{border-left-color:var(--bad);background:var(--bad-fill)}.verdict.bad h2{color:var(--bad)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.4rem,1fr));gap:.6rem;margin:0}
.figures div{background:var(--panel);border:1px solid var(--rule);border-radius:.5rem;padding:.65rem .75rem .6rem}
.figures dt{color:var(--soft);font-size:.8rem;line-height:1.3;min-height:2.6em}.figures dd{margin:0}
.figures dd.value{font-size:1.28rem;font-weight:650;line-height:1.25;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}
.figures dd.note{color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}
.good dd.value{color:var(--good)}.caution dd.value{color:var(--caution)}.bad dd.value{color:var(--bad)}
.scroll{overflow-x:auto;margin:0 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:0 0 .45rem}
th,td{text-align:left;vertical-align:top;padding:.42rem .9rem .42rem 0;border-bottom:1px solid var(--rule);overflow-wrap:break-word}
th{color:var(--soft);font-weight:600;font-size:.8rem;vertical-align:bottom;border-bottom:1.5px solid var(--soft)}
th.number,td.number{text-align:right;white-space:nowrap}th.number{white-space:normal}
th:last-child,td:last-child{padding-right:0}
tbody tr:hover{background:var(--panel)}tfoot td{font-weight:650;border-bottom:0;border-top:1.5px solid var(--soft)}
td.name{font-weight:550}code,.path{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;font-size:.92em;overflow-wrap:anywhere}
.chip{display:inline-block;border-radius:1rem;padding:.02rem .6rem;font-size:.8rem;font-weight:600;white-space:nowrap;border:1px solid}
.chip::before{content:"";display:inline-block;width:.55rem;height:.55rem;border-radius:50%;margin-right:.4rem;background:currentColor}
.chip.transparent{color:var(--good)}.chip.degraded{color:var(--caution)}.chip.degraded::before{border-radius:.1rem}
.chip.rerouted{color:var(--accent)}.chip.rerouted::before{clip-path:polygon(50% 0,100% 100%,0 100%);border-radius:0}
.chip.stalled{color:var(--caution);background:var(--caution-fill)}.chip.stalled::before{width:.7rem;height:.25rem;border-radius:0;vertical-align:.15em}
.chip.fatal{color:var(--bad);background:var(--bad-fill)}.chip.fatal::before{clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%);border-radius:0}
figure{margin:1.1rem 0 1.3rem}figure .scroll{margin:0}.compact{max-width:52rem}td.nowrap,td code{white-space:nowrap}td .detail{display:block;font-weight:400;color:var(--soft);font-size:.92em}figcaption{font-weight:600;font-size:.95rem;margin:0 0 .5rem}figcaption span{display:block;font-weight:400;color:var(--soft);font-size:.84rem}
figure svg{display:block;width:100%;height:auto}figure .plot{max-width:60rem}figure .scroll>svg{min-width:40rem}figure.topology .scroll>svg{min-width:56rem}
figure.topology{border:1px solid var(--rule);border-radius:.5rem;padding:.6rem;background:var(--paper)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;margin:.2rem 0 .6rem;padding:0;list-style:none;font-size:.84rem;color:var(--soft)}
.legend i{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;margin-right:.45rem;vertical-align:-.06rem}
.legend i.dot{border-radius:50%;background:none;border:2px solid}
.proof{border-left:3px solid var(--rule);padding:.1rem 0 .1rem 1rem;margin:.2rem 0 1.3rem}.proof{overflow-wrap:anywhere}.proof p{margin:0 0 .25rem;max-width:none}
.proof b{font-weight:600}dl.meanings{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1rem;font-size:.875rem;margin:0 0 1.2rem}dl.meanings dd{margin:0}
footer{color:var(--soft);font-size:.82rem;border-top:1px solid var(--rule);margin-top:2.5rem;padding-top:1rem}
.plot text{font-family:${fontFamily};font-size:12.5px}.plot{color:var(--ink)}
@media (max-width:93rem){.page{display:block;padding:0 1.1rem 3rem}nav{position:static;padding-top:1.2rem;max-height:none}nav ol{display:flex;flex-wrap:wrap;gap:.1rem 1rem}nav .brand{margin-bottom:.5rem}header{padding-top:1.4rem}}
@media (max-width:40rem){h1{font-size:1.7rem}td.name,td.wide{min-width:9rem}.figures dd.value{font-size:1.35rem}.figures{grid-template-columns:repeat(auto-fit,minmax(8rem,1fr))}dl.meanings{grid-template-columns:1fr}dl.meanings dd{margin-bottom:.5rem}}
@page{margin:14mm}@page wide{size:landscape;margin:11mm}
@media print{html{font-size:10.5px}body{print-color-adjust:exact;-webkit-print-color-adjust:exact}.page{display:block;max-width:none;padding:0}nav{display:none}
header{padding-top:0}section{padding-top:1.4rem}section+section{margin-top:1.4rem}h2,h3,caption,figcaption{break-after:avoid}figure,tr,.verdict,.figures,.proof{break-inside:avoid}
#topology{page:wide;padding-top:0;margin-top:0;border-top:0}#topology figure svg{max-height:158mm}thead{display:table-header-group}tfoot{display:table-row-group}.scroll{overflow:visible}figure .scroll>svg,figure.topology .scroll>svg{min-width:0}figure svg{max-height:240mm}a{color:inherit}p{orphans:3;widows:3}}
`;
