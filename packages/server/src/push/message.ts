import { createHash } from 'node:crypto'
import type { InboxCounts, InboxItem, Severity } from '@monofil/protocol'

/** What a service worker is told. Push services carry 4,096 bytes when it is encrypted; 3 kB are safe with all of them. */
export interface PushMessage {
  readonly id: string
  readonly title: string
  readonly body: string
  readonly link: string | null
  readonly severity: Severity
  readonly at: string
  /** Of the inbox, as it was when this was sent. */
  readonly counts: InboxCounts
}

const MAX_BYTES = 3_072
/** What the words share, in bytes of JSON. A link that is longer is left out: half a link leads nowhere. */
const LINK_BYTES = 1_200
const TITLE_BYTES = 600

/** A notification as a push, shortened to 3 kB. */
export function pushMessage(item: InboxItem, counts: InboxCounts): string {
  const { id, severity, link, createdAt: at } = item
  const [title, body] = item.title === null ? [item.message ?? '', ''] : [item.title, item.message ?? '']
  const message: PushMessage = {
    ...{ id, title: shorten(title, TITLE_BYTES), body: '' },
    link: link !== null && bytesOf(link) <= LINK_BYTES ? link : null,
    ...{ severity, at, counts },
  }
  return JSON.stringify({ ...message, body: shorten(body, MAX_BYTES - bytesOf(message)) })
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

/** Whole characters only. */
function shorten(text: string, room: number): string {
  if (bytesOf(text) - 2 <= room) return text
  let kept = ''
  let left = room - 3
  for (const character of text) {
    left -= bytesOf(character) - 2
    if (left < 0) break
    kept += character
  }
  return `${kept}…`
}

/** What of a push its service acts on. */
export interface PushHeaders {
  /** How long the service keeps it for a browser that is off, in seconds. */
  readonly TTL: number
  /** Of two with the same one that wait for a browser, the service keeps the last. */
  readonly topic: string
  readonly urgency: 'normal' | 'high'
}

/** `maxTtlMs` bounds how long it waits; a notification that expires waits no longer than it lives. */
export function pushHeaders(
  item: InboxItem,
  { now, maxTtlMs }: { readonly now: number; readonly maxTtlMs: number },
): PushHeaders {
  const lives = item.expiresAt === null ? maxTtlMs : Date.parse(item.expiresAt) - now
  return {
    TTL: Math.max(0, Math.floor(Math.min(lives, maxTtlMs) / 1_000)),
    // RFC 8030 5.4: at most 32 characters of base64url; an id may be longer and has others.
    topic: createHash('sha256').update(item.id).digest('base64url').slice(0, 32),
    urgency: item.severity === 'error' || item.severity === 'critical' ? 'high' : 'normal',
  }
}
