import type { ModelStatus } from '@monofil/example-models'
import type { ReactNode } from 'react'
import { useText } from './TextProvider.tsx'
import type { Text } from './text-en.ts'
import type { Fetched } from './use-fetched.ts'

/** Whether the model can be asked: reachable, which names, what is left of the quota. */
export function ModelBadge({ data: status, failed, isLoading, again }: Fetched<ModelStatus>): ReactNode {
  const { text, number } = useText()
  const { model: words } = text
  if (status === null) {
    return (
      <span className="badge" data-tone={failed ? 'bad' : 'idle'} role="status">
        {failed ? words.states.unreachable : words.asking}
      </span>
    )
  }
  const { state, names, quota, message, endpoint } = status
  return (
    <details className="badge-box" aria-busy={isLoading}>
      <summary className="badge" data-tone={toneOf(status)} title={words.details}>
        <span className="badge-name">{state === 'offline' ? words.offline : (status.model ?? words.label)}</span>
        {state !== 'offline' && <span>{quota === 'exhausted' ? words.quota.exhausted : stateWord(words, state)}</span>}
      </summary>
      <div className="badge-more">
        {state === 'offline' ? (
          <p>{words.offlineHint}</p>
        ) : (
          <>
            <p className="address">{endpoint}</p>
            {message !== null && <p className="why">{message}</p>}
            <p>{words.quota[quota]}</p>
            {names.length > 0 && (
              <>
                <p>{names.length === 1 ? words.oneName : words.names(number(names.length))}</p>
                <ul>
                  {names.map((name) => (
                    <li key={name}>{name}</li>
                  ))}
                </ul>
              </>
            )}
          </>
        )}
        <button type="button" className="quiet" onClick={again} disabled={isLoading}>
          {words.again}
        </button>
      </div>
    </details>
  )
}

function toneOf({ state, quota }: ModelStatus): 'idle' | 'good' | 'bad' {
  if (state === 'offline') return 'idle'
  return state === 'ready' && quota !== 'exhausted' ? 'good' : 'bad'
}

function stateWord(words: Text['model'], state: string): string {
  if (state === 'ready') return words.ready
  return Object.hasOwn(words.states, state) ? words.states[state as keyof typeof words.states] : words.states.other
}
