import { SEVERITIES, type Severity } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { Send } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import {
  ADVANCED,
  emptyNotice,
  type NoticeDraft,
  type NoticeField,
  noticeFieldOf,
  requestOf,
} from '../lib/notice-draft.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { ErrorPanel } from './ErrorPanel.tsx'
import { Field } from './Field.tsx'
import { NoticeFormMore } from './NoticeFormMore.tsx'

interface NoticeFormProps {
  readonly user: string
  readonly onSent: () => void
}

/** How a sending ended. */
interface Sent {
  readonly id: string
  readonly isNew: boolean
  readonly tookMs: number
}

/** Sends a notification; the hub says what is wrong, at its field. */
export function NoticeForm({ user, onSent }: NoticeFormProps) {
  const { test: n } = useNoticeTexts()
  const [draft, setDraft] = useState(() => emptyNotice(n.sample))
  const [isOpen, setOpen] = useState(false)
  const { send, sent, isSending, failed, forgive } = useSending(onSent)
  const asked = requestOf(draft, user)
  const unreadable = 'unreadable' in asked ? asked.unreadable : null
  const field = unreadable ?? (failed === null ? null : noticeFieldOf(failed))
  const why = unreadable === 'values' ? n.notJson : unreadable === 'ttl' ? n.notNumber : (failed?.message ?? '')
  const problemOf = (name: NoticeField) => (field === name ? why : null)
  const change = (next: Partial<NoticeDraft>) => {
    forgive()
    setDraft((old) => ({ ...old, ...next }))
  }
  return (
    <section className="card test-card test-form" aria-label={n.form}>
      <header>
        <h2>{n.form}</h2>
      </header>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if ('request' in asked) send(asked.request)
        }}
      >
        <Parts draft={draft} onChange={change} problemOf={problemOf} />
        <details
          open={isOpen || (field !== null && ADVANCED.includes(field))}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>{n.advanced}</summary>
          <NoticeFormMore draft={draft} onChange={change} problemOf={problemOf} />
        </details>
        {failed !== null && field === null && <ErrorPanel error={failed} title={n.refused} />}
        <div className="test-send">
          <button type="submit" className="button is-primary" disabled={isSending || unreadable !== null}>
            <Send className="icon" aria-hidden />
            {isSending ? n.sending : n.send}
          </button>
          <Said sent={sent} />
        </div>
      </form>
    </section>
  )
}

function useSending(onSent: () => void) {
  const { client } = useMonofil()
  const [sent, setSent] = useState<Sent | null>(null)
  const [isSending, setSending] = useState(false)
  const [failed, setFailed] = useState<Error | null>(null)
  const send = (request: Parameters<typeof client.api.notify>[0]) => {
    const begunAt = performance.now()
    setSending(true)
    setSent(null)
    setFailed(null)
    client.api
      .notify(request)
      .then(({ id, created }) => setSent({ id, isNew: created, tookMs: performance.now() - begunAt }), setFailed)
      .finally(() => {
        setSending(false)
        onSent()
      })
  }
  return { send, sent, isSending, failed, forgive: () => setFailed(null) }
}

function Said({ sent }: { readonly sent: Sent | null }) {
  const { f } = useTexts()
  const { test: n } = useNoticeTexts()
  return (
    <p role="status">
      {sent !== null && (
        <>
          {sent.isNew ? n.accepted(f.duration(sent.tookMs)) : n.known}{' '}
          <Link to={`/queues/${encodeURIComponent(sent.id)}`}>{n.follow}</Link>
        </>
      )}
    </p>
  )
}

export interface NoticePartsProps {
  readonly draft: NoticeDraft
  readonly onChange: (next: Partial<NoticeDraft>) => void
  readonly problemOf: (field: NoticeField) => string | null
}

const KINDS = ['me', 'users', 'roles', 'all'] as const

function Parts({ draft, onChange, problemOf }: NoticePartsProps) {
  const { test: n, severities } = useNoticeTexts()
  const problem = problemOf('to')
  return (
    <>
      <fieldset className="test-kinds">
        <legend>{n.to}</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input type="radio" name="kind" checked={draft.kind === kind} onChange={() => onChange({ kind })} />
            {n.kinds[kind]}
          </label>
        ))}
      </fieldset>
      {(draft.kind === 'users' || draft.kind === 'roles') && (
        <Field label={n[draft.kind]} hint={n.listHint} problem={problem} isWide>
          <input
            value={draft[draft.kind]}
            onChange={(event) => onChange({ [draft.kind]: event.target.value })}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
      {(draft.kind === 'me' || draft.kind === 'all') && problem !== null && <p className="form-problem">{problem}</p>}
      <Field label={n.heading} problem={problemOf('title')} isWide>
        <input value={draft.title} onChange={(event) => onChange({ title: event.target.value })} />
      </Field>
      <Field label={n.message} problem={problemOf('message')} isWide>
        <textarea rows={2} value={draft.message} onChange={(event) => onChange({ message: event.target.value })} />
      </Field>
      <Field label={n.severity} problem={problemOf('severity')}>
        <select value={draft.severity} onChange={(event) => onChange({ severity: event.target.value as Severity })}>
          {SEVERITIES.map((severity) => (
            <option key={severity} value={severity}>
              {severities[severity]}
            </option>
          ))}
        </select>
      </Field>
      <Field label={n.link} hint={n.linkHint} problem={problemOf('link')}>
        <input value={draft.link} onChange={(event) => onChange({ link: event.target.value })} autoComplete="off" />
      </Field>
    </>
  )
}
