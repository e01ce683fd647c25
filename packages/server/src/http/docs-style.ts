/** The page's style: readable without a build, light and dark as the reader's system says. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e6e8eb); --soft: light-dark(#5b6470, #9aa4b0);
  --line: light-dark(#dfe3e8, #30363d); --ground: light-dark(#fff, #14171b); --raised: light-dark(#f6f7f9, #1c2127);
  --link: light-dark(#0a58ca, #7ab4ff); --get: light-dark(#1a6b3c, #6fd39a); --write: light-dark(#8a4b00, #f0b45c);
  --gone: light-dark(#a32020, #ff8f8f); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
header { position: sticky; top: 0; z-index: 1; background: var(--ground); border-bottom: 1px solid var(--line);
  padding: 12px 20px; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; }
h1 { font-size: 18px; margin: 0; }
header input { flex: 1 1 200px; max-width: 420px; min-width: 0; font: inherit; color: inherit; background: var(--raised);
  border: 1px solid var(--line); border-radius: 6px; padding: 6px 10px; }
main { max-width: 920px; margin: 0 auto; padding: 8px 20px 80px; }
main > p { color: var(--soft); }
h2 { font-size: 17px; margin: 32px 0 8px; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
details { border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; scroll-margin-top: 120px; }
summary { cursor: pointer; padding: 8px 12px; display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; }
summary code { font-weight: 600; overflow-wrap: anywhere; }
summary span { color: var(--soft); }
details > div { padding: 0 12px 12px; border-top: 1px solid var(--line); }
.method { font: 600 12px/1.5 ui-monospace, monospace; min-width: 52px; color: var(--write); }
.method.get { color: var(--get); }
.method.delete { color: var(--gone); }
code { font: 13px/1.5 ui-monospace, monospace; }
h3 { font-size: 13px; margin: 14px 0 4px; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); }
th { font-weight: 500; color: var(--soft); }
td:first-child { white-space: nowrap; }
[hidden] { display: none; }
`

/** Search: shows the calls and schemas whose text has every word; a link to one opens it. */
export const DOCS_SCRIPT = `
const box = document.querySelector('input')
const parts = [...document.querySelectorAll('details')].map((part) => [part, part.textContent.toLowerCase()])
const none = document.querySelector('#none')
function search() {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean)
  let shown = 0
  for (const [part, text] of parts) {
    part.hidden = !words.every((word) => text.includes(word))
    if (!part.hidden) shown += 1
  }
  for (const section of document.querySelectorAll('section')) {
    section.hidden = section.querySelector('details:not([hidden])') === null
  }
  none.hidden = shown > 0
}
function openTarget() {
  const part = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (part === null) return
  if (part.hidden) { box.value = ''; search() }
  part.open = true
  part.scrollIntoView()
}
box.addEventListener('input', search)
addEventListener('hashchange', openTarget)
openTarget()
`
