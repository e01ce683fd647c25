import type { NewNotification } from '@monofil/client'
import type { Severity } from '@monofil/protocol'

/** A notification as the form has it: texts, until they can be read. */
export interface NoticeDraft {
  readonly kind: 'me' | 'users' | 'roles' | 'all'
  /** Several with commas. */
  readonly users: string
  readonly roles: string
  readonly severity: Severity
  readonly title: string
  readonly message: string
  readonly link: string
  readonly id: string
  readonly module: string
  readonly template: string
  readonly values: string
  /** In seconds. */
  readonly ttl: string
  /** As an input of type `datetime-local` has it: in the browser's zone. */
  readonly sendAt: string
  readonly store: boolean
}

/** Fields of the form that a refusal can be about. */
export type NoticeField = Exclude<keyof NoticeDraft, 'kind'> | 'to'

/** Those that are folded away until they are wanted. */
export const ADVANCED: readonly NoticeField[] = ['id', 'module', 'template', 'values', 'ttl', 'sendAt', 'store']

export function emptyNotice(title: string): NoticeDraft {
  return {
    ...{ kind: 'me', users: '', roles: '', severity: 'info', title, message: '', link: '' },
    ...{ id: '', module: '', template: '', values: '', ttl: '', sendAt: '', store: true },
  }
}

/** What is asked of the hub, or the field that cannot be read. */
export type Asked = { readonly request: NewNotification } | { readonly unreadable: 'values' | 'ttl' }

/** Reads the form; `user` is who is meant by `me`. What the hub would refuse is left to it. */
export function requestOf(draft: NoticeDraft, user: string): Asked {
  const values = valuesOf(draft.values)
  if (values === undefined) return { unreadable: 'values' }
  const ttlMs = draft.ttl.trim() === '' ? null : Math.round(Number(draft.ttl) * 1_000)
  if (ttlMs !== null && !(ttlMs > 0)) return { unreadable: 'ttl' }
  const sendAt = Date.parse(draft.sendAt)
  const { title, message, link, id, module, template } = draft
  // A template takes the place of the words: the hub refuses both.
  const words = template.trim() === '' ? { title, message } : { template: template.trim() }
  const texts = { ...words, link, id: id.trim(), module: module.trim() }
  return {
    request: {
      to: targetOf(draft, user),
      severity: draft.severity,
      ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== '')),
      ...(values === null ? {} : { values }),
      ...(ttlMs === null ? {} : { ttlMs }),
      ...(Number.isNaN(sendAt) ? {} : { sendAt: new Date(sendAt).toISOString() }),
      ...(draft.store ? {} : { store: false }),
    },
  }
}

/** Null: there are none; undefined: they cannot be read. */
function valuesOf(text: string): NonNullable<NewNotification['values']> | null | undefined {
  if (text.trim() === '') return null
  try {
    const values: unknown = JSON.parse(text)
    const isObject = typeof values === 'object' && values !== null && !Array.isArray(values)
    return isObject ? (values as NonNullable<NewNotification['values']>) : undefined
  } catch {
    return undefined
  }
}

function targetOf({ kind, users, roles }: NoticeDraft, user: string): NewNotification['to'] {
  const namesOf = (text: string) => text.split(',').flatMap((name) => name.trim() || [])
  if (kind === 'all') return { all: true }
  if (kind === 'roles') return { roles: namesOf(roles) }
  return { users: kind === 'me' ? [user] : namesOf(users) }
}

const FIELDS: Readonly<Record<string, NoticeField>> = {
  ...{ severity: 'severity', title: 'title', message: 'message', link: 'link', id: 'id', module: 'module' },
  ...{
    template: 'template',
    texts: 'template',
    values: 'values',
    ttlMs: 'ttl',
    sendAt: 'sendAt',
    store: 'store',
    to: 'to',
  },
}

/** The field of the form that a refusal names (`to.users[0]`, `ttlMs`); null: it has none such. */
export function noticeFieldOf(error: Error): NoticeField | null {
  const { field } = ('details' in error ? error.details : {}) as { readonly field?: unknown }
  if (typeof field !== 'string') return null
  return FIELDS[/^[A-Za-z]+/.exec(field)?.[0] ?? ''] ?? null
}
