/** The panel's whole look: it sees nothing of the page's, and the page nothing of it. */
export const styles = `
:host {
  all: initial;
  color-scheme: light dark;
  --text: light-dark(#1b1d22, #eceef2);
  --quiet: light-dark(#59606d, #a3a9b6);
  --surface: light-dark(#ffffff, #16181d);
  --raised: light-dark(#f3f4f7, #20232a);
  --line: light-dark(#dcdfe5, #343944);
  --accent: light-dark(#1f66d6, #6ea8ff);
  --good: light-dark(#15803d, #57d28a);
  --busy: light-dark(#b35900, #ffb35c);
  --bad: light-dark(#c62828, #ff8080);
  --rest: light-dark(#6a7080, #9aa1b0);
}
:host([data-theme="light"]) { color-scheme: light; }
:host([data-theme="dark"]) { color-scheme: dark; }
*, *::before, *::after { box-sizing: border-box; }
.badge, .panel {
  position: fixed;
  z-index: 2147483000;
  bottom: 12px;
  right: 12px;
  color: var(--text);
  background: var(--surface);
  border: 1px solid var(--line);
  font: 13px/1.45 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
  text-align: left;
  box-shadow: 0 6px 24px rgb(0 0 0 / 0.18);
}
:host([data-corner$="left"]) :is(.badge, .panel) { right: auto; left: 12px; }
:host([data-corner^="top"]) :is(.badge, .panel) { bottom: auto; top: 12px; }
.badge {
  display: flex;
  align-items: center;
  gap: 7px;
  max-width: calc(100vw - 24px);
  padding: 6px 12px;
  border-radius: 999px;
  cursor: pointer;
  white-space: nowrap;
}
.badge .quiet { overflow: hidden; text-overflow: ellipsis; }
.name { font-weight: 500; }
.quiet { color: var(--quiet); font-weight: 400; }
.panel {
  display: flex;
  flex-direction: column;
  width: min(600px, calc(100vw - 24px));
  height: min(480px, calc(100dvh - 24px));
  border-radius: 12px;
  overflow: hidden;
}
header { display: flex; align-items: center; gap: 8px; padding: 10px 8px 6px 14px; }
h2 { margin: 0; font-size: 15px; font-weight: 500; }
header .quiet { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.dot { flex: none; display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--rest); }
.dot[data-status="open"], .dot[data-freshness="live"] { background: var(--good); }
.dot[data-status="connecting"], .dot[data-status="waiting"], .dot[data-freshness="replaying"] { background: var(--busy); }
.dot[data-status="failed"], .dot[data-freshness="gap"] { background: var(--bad); }
button, input, select { font: inherit; color: inherit; }
.deeds button, .filter button, .filter input, .filter select {
  padding: 4px 10px;
  min-height: 30px;
  background: var(--raised);
  border: 1px solid var(--line);
  border-radius: 7px;
}
button { cursor: pointer; }
button:disabled { cursor: default; opacity: 0.5; }
.deeds button:hover:not(:disabled), .filter button:hover, .badge:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.page:focus-visible, [role="tab"]:focus-visible { outline-offset: -2px; }
.close { width: 30px; height: 30px; padding: 0; border: 0; border-radius: 7px; background: none; font-size: 20px; line-height: 1; }
.close:hover { background: var(--raised); }
.deeds { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; padding: 2px 14px 10px; }
output { color: var(--quiet); overflow-wrap: anywhere; }
.tabs { display: flex; padding: 0 8px; border-bottom: 1px solid var(--line); }
[role="tab"] {
  padding: 7px 10px;
  border: 0;
  border-bottom: 2px solid transparent;
  margin-bottom: -1px;
  background: none;
  color: var(--quiet);
}
[role="tab"][aria-selected="true"] { color: var(--text); border-bottom-color: var(--accent); font-weight: 600; }
.count { margin-left: 6px; padding: 0 6px; border-radius: 999px; background: var(--raised); font-weight: 400; }
.page { flex: 1; min-height: 0; overflow: auto; padding: 10px 14px 14px; overscroll-behavior: contain; }
dl { display: grid; gap: 3px 16px; margin: 0; }
dl > div { display: grid; grid-template-columns: 130px minmax(0, 1fr); gap: 10px; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
code, .log { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 4px 10px 4px 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 400; }
tbody th { font-weight: 500; overflow-wrap: anywhere; }
td code { overflow-wrap: anywhere; }
.number { text-align: right; padding-right: 18px; }
td .dot { width: 8px; height: 8px; }
.filter { display: flex; gap: 6px; margin-bottom: 8px; }
.filter label:first-child { flex: 1; min-width: 0; }
.filter input { width: 100%; }
.log { margin: 0; padding: 0; list-style: none; }
.log li { display: grid; grid-template-columns: 88px 92px minmax(0, 1fr); gap: 8px; padding: 2px 0; border-bottom: 1px solid var(--line); }
.log time, .log .kind { color: var(--quiet); }
.log [data-kind="connection"] .kind, .log [data-kind="election"] .kind { color: var(--accent); }
.text { overflow-wrap: anywhere; }
.empty { margin: 12px 0; color: var(--quiet); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 480px) {
  .log li { grid-template-columns: 88px minmax(0, 1fr); gap: 0 8px; padding: 4px 0; }
  .log .text { grid-column: 1 / -1; }
  dl > div { grid-template-columns: 112px minmax(0, 1fr); }
  .number { padding-right: 10px; }
}
@media (forced-colors: active) {
  .dot { forced-color-adjust: none; }
}
`
