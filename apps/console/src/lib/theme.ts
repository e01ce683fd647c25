/** Themes a reader can choose; null is the system's. */
export const THEMES = ['light', 'dark'] as const

/** Puts the chosen theme where theme.css looks for it. `public/theme.js` does the same before the first paint. */
export function applyTheme(theme: string | null): void {
  const root = document.documentElement
  if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme
  else delete root.dataset['theme']
}
