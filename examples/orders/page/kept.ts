export const LANGUAGE_KEY = 'orders-language'
/** Who is signed in, for the browser's other tabs: the session itself is in a cookie that no script reads. */
export const USER_KEY = 'orders-user'

/** What this browser remembers; null for nothing. */
export function readKept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    // Storage may be closed to pages; the choice then lasts as long as the page.
    return null
  }
}

/** Remembers something, which the other tabs are told of. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // As above.
  }
}
