import { createHash } from 'node:crypto'
import type { DeliveryState, InboxItem, NoticePreferences, QuietReason } from '@monofil/protocol'
import { DEFAULT_PREFERENCES } from '../notifications/preferences.ts'
import { type NoticeText, textFor } from '../notifications/texts.ts'
import type { NoticeContent, NoticeTarget } from '../seams/notification-store.ts'
import { bool, number, numberOrNull, type SqlRow, text, textOrNull } from './run-sql.ts'

/** Why a notice is in somebody's inbox. `user` and `all` hold whatever becomes of roles. */
export type Rule = 'user' | 'role' | 'all'
export type Outcome = 'inbox' | 'muted' | 'hidden' | 'removed'

/** A notice as its row has it. */
export interface NoticeRecord extends NoticeContent {
  readonly seq: number
  readonly id: string
  readonly sender: string
  readonly to: NoticeTarget
  readonly isDigest: boolean
  readonly createdAt: number
  state: 'scheduled' | 'sent' | 'retracted' | 'expired'
  /** Why it ended, in the word of `removed`. */
  reason: 'retracted' | 'expired' | 'retention' | null
  ttlMs: number | null
  sendAt: number | null
  sentAt: number | null
  updatedAt: number | null
  expiresAt: number | null
  claim: { readonly by: string; readonly at: number } | null
  spreadAfter: number | null
  tellAfter: number | null
}

/** Somebody who was seen or named. */
export interface PersonRecord {
  readonly seq: number
  readonly sub: string
  readonly seenAt: number | null
  readonly issuedAt: number | null
  readonly roles: readonly string[]
  readonly preferences: NoticePreferences
  unseen: number
  unread: number
  /** What the inbox holds, archived items too. */
  items: number
}

/** What became of one notice for one person. */
export interface InboxRow {
  readonly person: number
  readonly notice: number
  readonly rule: Rule
  readonly outcome: Outcome
  readonly quiet: QuietReason | null
  readonly no: number
  readonly place: number
  readonly at: number
  readonly seenAt: number | null
  readonly readAt: number | null
  readonly archivedAt: number | null
  readonly live: DeliveryState
  readonly liveAt: number | null
  readonly pushAfter: number | null
}

export function noticeOfRow(row: SqlRow): NoticeRecord {
  const claimedBy = textOrNull(row, 'claimed_by')
  return {
    seq: number(row, 'seq'),
    id: text(row, 'id'),
    sender: text(row, 'sender'),
    to: JSON.parse(text(row, 'target')) as NoticeTarget,
    texts: JSON.parse(text(row, 'texts')) as NoticeText[],
    severity: text(row, 'severity') as NoticeRecord['severity'],
    severityAsSent: textOrNull(row, 'severity_sent'),
    module: textOrNull(row, 'module'),
    action: textOrNull(row, 'action'),
    actions: JSON.parse(text(row, 'actions')) as NoticeRecord['actions'],
    link: textOrNull(row, 'link'),
    dataJson: textOrNull(row, 'data'),
    isDigest: bool(row, 'is_digest'),
    createdAt: number(row, 'created_at'),
    state: text(row, 'state') as NoticeRecord['state'],
    reason: textOrNull(row, 'reason') as NoticeRecord['reason'],
    ttlMs: numberOrNull(row, 'ttl_ms'),
    sendAt: numberOrNull(row, 'send_at'),
    sentAt: numberOrNull(row, 'sent_at'),
    updatedAt: numberOrNull(row, 'updated_at'),
    expiresAt: numberOrNull(row, 'expires_at'),
    claim: claimedBy === null ? null : { by: claimedBy, at: number(row, 'claimed_at') },
    spreadAfter: numberOrNull(row, 'spread_after'),
    tellAfter: numberOrNull(row, 'tell_after'),
  }
}

export function personOfRow(row: SqlRow): PersonRecord {
  const preferences = textOrNull(row, 'preferences')
  const roles = text(row, 'roles')
  return {
    seq: number(row, 'seq'),
    sub: text(row, 'sub'),
    seenAt: numberOrNull(row, 'seen_at'),
    issuedAt: numberOrNull(row, 'issued_at'),
    roles: roles === '[]' ? [] : (JSON.parse(roles) as string[]),
    preferences: preferences === null ? DEFAULT_PREFERENCES : (JSON.parse(preferences) as NoticePreferences),
    unseen: number(row, 'unseen'),
    unread: number(row, 'unread'),
    items: number(row, 'items'),
  }
}

/** A row of `inbox`. */
export function inboxOfRow(row: SqlRow): InboxRow {
  return {
    person: number(row, 'person'),
    notice: number(row, 'notice'),
    rule: text(row, 'rule') as Rule,
    outcome: text(row, 'outcome') as Outcome,
    quiet: textOrNull(row, 'quiet') as QuietReason | null,
    no: number(row, 'no'),
    place: number(row, 'place'),
    at: number(row, 'at'),
    seenAt: numberOrNull(row, 'seen_at'),
    readAt: numberOrNull(row, 'read_at'),
    archivedAt: numberOrNull(row, 'archived_at'),
    live: text(row, 'live') as DeliveryState,
    liveAt: numberOrNull(row, 'live_at'),
    pushAfter: numberOrNull(row, 'push_after'),
  }
}

/** A notice in somebody's inbox, as the protocol shows it. */
export function itemView(notice: NoticeRecord, row: InboxRow, language: string | null): InboxItem {
  const { id, ...content } = contentView(notice, language)
  return {
    ...{ id, offset: row.no, ...content },
    via: row.rule,
    claim: claimView(notice),
    claimable: notice.to.roles.length > 0 && notice.claim === null,
    quiet: row.quiet,
    seenAt: isoOf(row.seenAt),
    readAt: isoOf(row.readAt),
    archivedAt: isoOf(row.archivedAt),
    createdAt: isoOf(row.at) ?? '',
    updatedAt: isoOf(notice.updatedAt),
    expiresAt: isoOf(notice.expiresAt),
  }
}

/** What a notice says, for whoever reads it. */
export function contentView(notice: NoticeRecord, language: string | null) {
  const { title, message, details } = textFor(notice.texts, language)
  const { id, severity, severityAsSent, module, action, actions, link, dataJson, sender } = notice
  const data: unknown = dataJson === null ? null : JSON.parse(dataJson)
  return { id, title, message, details, severity, severityAsSent, module, action, actions, link, data, sender }
}

export function claimView({ claim }: NoticeRecord): InboxItem['claim'] {
  return claim === null ? null : { by: claim.by, at: isoOf(claim.at) ?? '' }
}

export function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

/** An id made of what it is for: the same for the same parts, whatever their length. */
export function madeId(kind: string, ...parts: readonly (string | number)[]): string {
  return `${kind}-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)}`
}
