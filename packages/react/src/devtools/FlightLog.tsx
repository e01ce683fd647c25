import type { FlightRecorder, RecordedEntry } from '@monofil/client/recorder'
import { type ReactNode, useState } from 'react'
import { sentenceOf, timeOf } from './words.ts'

const KINDS = ['all', 'connection', 'subscription', 'frame', 'election', 'timer', 'call', 'role'] as const

/** Entries looked through, and rows drawn, at most. */
const LOOKED = 1000
const SHOWN = 200

/** The flight recorder's newest entries, newest first. */
export function FlightLog({ recorder }: { readonly recorder: FlightRecorder | null }): ReactNode {
  const [kind, setKind] = useState<string>('all')
  const [words, setWords] = useState('')
  if (recorder === null) {
    return (
      <p className="empty">
        Nothing is recorded. Give the client <code>recorder: new FlightRecorder()</code> of{' '}
        <code>@monofil/client/recorder</code>; development builds have one.
      </p>
    )
  }
  const rows = rowsOf(recorder, kind, words.trim().toLowerCase())
  return (
    <>
      <div className="filter">
        <label>
          <span className="hidden">Filter by words</span>
          <input
            type="search"
            placeholder="Filter by words"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <label>
          <span className="hidden">Filter by kind</span>
          <select value={kind} onChange={(event) => setKind(event.target.value)}>
            {KINDS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => recorder.clear()}>
          Clear
        </button>
      </div>
      {rows.length === 0 ? (
        <p className="empty">No entry is like that.</p>
      ) : (
        <ol className="log" aria-label="Entries, newest first">
          {rows.map(([key, entry, text]) => (
            <li key={key} data-kind={entry.kind}>
              <time>{timeOf(entry.at)}</time> <span className="kind">{entry.kind}</span>{' '}
              <span className="text">{text}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

type Row = readonly [key: number, entry: RecordedEntry, text: string]

function rowsOf(recorder: FlightRecorder, kind: string, words: string): Row[] {
  const total = recorder.size
  const entries = recorder.entries(LOOKED)
  const rows = entries.map((entry, index): Row => [total - entries.length + index, entry, sentenceOf(entry)])
  const wanted = rows.filter(
    ([, entry, text]) =>
      (kind === 'all' || entry.kind === kind) &&
      (words === '' || `${entry.kind} ${text}`.toLowerCase().includes(words)),
  )
  return wanted.slice(-SHOWN).toReversed()
}
