import type { RunView } from '@monofil/client'
import type { Awaiting, UseApproval } from '@monofil/react'
import { Check, Hand, Radio, Send, X } from 'lucide-react'
import { useId, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { subjectOf } from '../lib/subject.ts'
import { ControlButton } from './ControlButton.tsx'
import { JsonView } from './JsonView.tsx'
import { TimeLeft } from './WaitingWords.tsx'
import { When } from './When.tsx'

interface AnswerFormProps {
  readonly awaiting: Awaiting
  readonly approval: UseApproval
  readonly view: RunView
  /** The hub took the answer that was given here. */
  readonly onAnswered: () => void
}

/** One item that waits for an answer: what it is about, since and until when, and the answer. */
export function AnswerForm({ awaiting, approval, view, onAnswered }: AnswerFormProps) {
  const { t } = useTexts()
  const { item, kind, since, until } = awaiting
  const titleId = useId()
  const Icon = kind === 'approval' ? Hand : Radio
  const about = item.id === item.step ? item.step : item.id
  const subject = subjectOf(item, view)
  return (
    <article className="card answer" aria-labelledby={titleId}>
      <header>
        <Icon className="icon" aria-hidden />
        <h2 id={titleId}>{kind === 'approval' ? t.answers.approval(about) : t.answers.signal(about)}</h2>
        <p className="faint">
          {since !== null && (
            <>
              {t.answers.asked} <When at={since} />
            </>
          )}
          {until !== null && (
            <>
              {' · '}
              <TimeLeft until={until} />
            </>
          )}
        </p>
      </header>
      {subject !== null && (
        <JsonView
          title={subject.from === null ? t.answers.input : t.answers.before(subject.from)}
          value={subject.value}
        />
      )}
      {kind === 'approval' ? (
        <Decision awaiting={awaiting} approval={approval} onAnswered={onAnswered} />
      ) : (
        <Signal awaiting={awaiting} approval={approval} onAnswered={onAnswered} />
      )}
    </article>
  )
}

type FormProps = Pick<AnswerFormProps, 'awaiting' | 'approval' | 'onAnswered'>

const whenTaken = (answer: Promise<unknown>, onTaken: () => void) =>
  answer.then((item) => {
    if (item !== null) onTaken()
  })

function Decision({ awaiting, approval, onAnswered }: FormProps) {
  const { t } = useTexts()
  const [note, setNote] = useState('')
  const why = approval.isPending ? t.controls.busy : null
  const details = { note: note.trim() }
  return (
    <div className="answer-form">
      <label>
        <span>{t.answers.note}</span>
        <input
          className="field"
          maxLength={2000}
          placeholder={t.answers.noteHint}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <ControlButton
        icon={Check}
        isBusy={approval.isPending}
        why={why}
        onClick={() => whenTaken(approval.approve(details, awaiting), onAnswered)}
      >
        {t.answers.approve}
      </ControlButton>
      <ControlButton
        icon={X}
        isBusy={approval.isPending}
        why={why}
        onClick={() => whenTaken(approval.reject(details, awaiting), onAnswered)}
      >
        {t.answers.reject}
      </ControlButton>
    </div>
  )
}

function Signal({ awaiting, approval, onAnswered }: FormProps) {
  const { t } = useTexts()
  const [text, setText] = useState('')
  const data = parsed(text)
  const wrongId = useId()
  const why = data === 'wrong' ? t.answers.dataWrong : approval.isPending ? t.controls.busy : null
  return (
    <div className="answer-form">
      <label>
        <span>{t.answers.data}</span>
        <input
          className="field mono"
          spellCheck={false}
          placeholder='{ "paid": true }'
          value={text}
          aria-invalid={data === 'wrong' || undefined}
          aria-describedby={data === 'wrong' ? wrongId : undefined}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <ControlButton
        icon={Send}
        isBusy={approval.isPending}
        why={why}
        onClick={() => data !== 'wrong' && whenTaken(approval.send(data.value, awaiting), onAnswered)}
      >
        {t.answers.send}
      </ControlButton>
      {data === 'wrong' && (
        <p id={wrongId} className="answer-wrong run-failed">
          {t.answers.dataWrong}
        </p>
      )}
    </div>
  )
}

/** Nothing written is no data. */
function parsed(text: string): { readonly value: unknown } | 'wrong' {
  if (text.trim() === '') return { value: undefined }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return 'wrong'
  }
}
