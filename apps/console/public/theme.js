// Runs before the first paint, as a file because the page's policy allows no inline script: without it a chosen theme
// flashes in the other one's colours on every load.
try {
  const theme = localStorage.getItem('monofil.theme')
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme
} catch {
  // Storage can be forbidden; the system's theme is then right.
}
