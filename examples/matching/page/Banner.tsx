import type { Failure, Run } from '@monofil/protocol'
import type { ReactNode } from 'react'
import { OFFLINE } from '../src/offline.ts'
import { projectOf } from '../src/projects.ts'
import { type Candidates, passedIn } from './candidates-of.ts'
import { Icon } from './Icon.tsx'
import { useText } from './TextProvider.tsx'
import type { Text } from './text-en.ts'

interface BannerProps {
  readonly run: Run
  readonly candidates: Candidates
  /** Sets the form to the offline scorer. */
  readonly goOffline: () => void
}

/** What a person has to know before anything else: what went wrong and what to do, or that nobody passed. */
export function Banner({ run, candidates, goOffline }: BannerProps): ReactNode {
  const { text } = useText()
  const words = text.banner
  const error = errorOf(run, candidates)
  if (error !== null) {
    const said = Object.hasOwn(words.errors, error.code)
      ? words.errors[error.code as keyof Text['banner']['errors']]
      : words.errors.other
    const missing = candidates.unread.length
    return (
      <section className="banner" data-tone="bad" role="alert" data-code={error.code}>
        <h2>
          <Icon name="warn" /> {said.title}
        </h2>
        <p>{said.todo}</p>
        {missing > 0 && <p>{words.affected(missing)}</p>}
        <p className="why">{error.message}</p>
        {isModels(error) && modelIn(run) !== OFFLINE && (
          <button type="button" onClick={goOffline}>
            {words.offline}
          </button>
        )}
      </section>
    )
  }
  if (passedIn(run) !== 0 || candidates.out.length === 0) return null
  return <Nobody run={run} candidates={candidates} />
}

function Nobody({ run, candidates: { out } }: Pick<BannerProps, 'run' | 'candidates'>): ReactNode {
  const { text, language } = useText()
  const words = text.banner
  const musts = projectOf(run.key ?? '')?.musts ?? []
  const nameOf = (id: string): string => musts.find((must) => must.id === id)?.says[language] ?? id
  return (
    <section className="banner" data-tone="warn" role="alert">
      <h2>
        <Icon name="warn" /> {words.nobody}
      </h2>
      <p>{words.nobodyBody(out.length)}</p>
      <ul className="lacking">
        {out.map(({ file, title, verdicts }) => (
          <li key={file}>
            <b>{title ?? file}</b> <span className="file">{file}</span>
            <span>
              {words.lacks}{' '}
              {verdicts
                .filter(({ met }) => !met)
                .map(({ id }) => nameOf(id))
                .join(', ')}
            </span>
          </li>
        ))}
      </ul>
      <p>{words.nobodyTodo}</p>
    </section>
  )
}

/** The run's own error, else the first failure that a model is to blame for: the run may be done with gaps. */
function errorOf(run: Run, { unread, passed }: Candidates): Failure | null {
  if (run.status === 'failed') return run.error
  return [...unread, ...passed].find(({ error }) => error !== null && isModels(error))?.error ?? null
}

const MODELS = [
  ...['quota_exhausted', 'unauthorized', 'model_not_found', 'refused', 'unreachable', 'model_timeout'],
  ...['stream_cut', 'endpoint_failed', 'bad_answer', 'too_long', 'bad_settings'],
]

function isModels({ code }: Failure): boolean {
  return MODELS.includes(code)
}

function modelIn({ input }: Run): unknown {
  return typeof input === 'object' && input !== null ? Reflect.get(input, 'model') : null
}
