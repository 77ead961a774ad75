/** The whole look. No color says anything that no word says. */
export const STYLE = `
:root {
	color-scheme: light dark;
	--ground: #f4f6f8; --card: #ffffff; --edge: #d0d7de; --text: #1b1f24; --quiet: #57606a; --link: #0b57d0;
	--created: #1a7f37; --updated: #0b57d0; --aside: #b54708; --tokens: #6639ba; --free: #e3e8ee; --reserve: #6b7683;
	--warn: #fff4e5; --warn-edge: #b54708;
}
@media (prefers-color-scheme: dark) {
	:root {
		--ground: #12161b; --card: #1b2128; --edge: #3a434d; --text: #e8ecf1; --quiet: #a9b4c0; --link: #8ab8ff;
		--created: #56c576; --updated: #8ab8ff; --aside: #ffab70; --tokens: #c4a7f5; --free: #2b333c; --reserve: #8391a0;
		--warn: #33251a; --warn-edge: #ffab70;
	}
}
* { box-sizing: border-box; }
body {
	margin: 0; background: var(--ground); color: var(--text);
	font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Ubuntu, sans-serif;
}
main { max-width: 62rem; margin: 0 auto; padding: 1rem; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 0; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .5rem; }
p { margin: .4rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
section, .notice { background: var(--card); border: 1px solid var(--edge); border-radius: .5rem; padding: 1rem; overflow-wrap: anywhere; }
.notice { background: var(--warn); border-color: var(--warn-edge); border-left-width: .4rem; }
.notice ul { margin: .25rem 0 0; padding-left: 1.2rem; }
.quiet { color: var(--quiet); font-size: .9rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .6rem 1.2rem; margin: 0 0 .8rem; }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0; font-weight: 600; }
dd .quiet { font-weight: 400; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); font-size: .85rem; padding-bottom: .25rem; }
th, td { padding: .3rem .35rem; border-bottom: 1px solid var(--edge); text-align: right; vertical-align: top; overflow-wrap: normal; }
th { font-weight: 600; }
thead th { vertical-align: bottom; line-height: 1.2; }
th:first-child { text-align: left; white-space: nowrap; }
tr.total th, tr.total td { font-weight: 700; }
.chart { display: block; width: 100%; height: 6rem; margin: .3rem 0; }
.bar { display: block; width: 100%; height: 1.25rem; margin: .3rem 0; border-radius: .25rem; }
.axis { stroke: var(--quiet); stroke-width: 1; }
.pace { stroke: var(--aside); stroke-width: 2; stroke-dasharray: 6 4; vector-effect: non-scaling-stroke; }
.tokens { fill: var(--tokens); } .free { fill: var(--free); } .reserve { fill: var(--reserve); }
.created { fill: var(--created); } .updated { fill: var(--updated); } .setAside { fill: var(--aside); }
.ends { display: flex; justify-content: space-between; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; margin: .2rem 0; padding: 0; font-size: .85rem; }
.legend svg { width: .8rem; height: .8rem; margin-right: .35rem; vertical-align: -.05rem; }
summary { cursor: pointer; padding: .25rem 0; }
ol.waiting { margin: 0; padding-left: 1.4rem; display: grid; gap: .7rem; }
@media (max-width: 30rem) {
	main { padding: .5rem; }
	section, .notice { padding: .6rem; }
	table { font-size: .8rem; }
	thead th { font-size: .7rem; }
	th, td { padding: .3rem .15rem; }
	.weekday { display: none; }
}
`;

/** SHA-256 of the text above: the page's own policy lets in no other style. */
export const STYLE_HASH = 'sha256-YVEUBmX0tk9tzh43XXTV85DiGb1e+A3UTjaNYAJtIMc=';
