import { isTerminal, type RunState } from '@monofil/protocol'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { ShortId } from './ShortId.tsx'
import { When } from './When.tsx'
import './StepList.css'

/** What else is known of a run; rows without a value are left out. */
export function RunFacts({ run }: { readonly run: RunState }) {
  const { t } = useTexts()
  const names = t.run.facts
  const rows: readonly (readonly [string, ReactNode])[] = [
    [names.owner, run.owner],
    [names.key, run.key],
    [names.tags, run.tags.join(', ') || null],
    [names.roles, run.roles.join(', ') || null],
    [
      names.parent,
      run.parentId === null ? null : (
        <Link key="parent" to={`/runs/${encodeURIComponent(run.parentId)}`}>
          <ShortId id={run.parentId} />
        </Link>
      ),
    ],
    [names.created, <When key="created" at={run.createdAt} />],
    [names.seen, isTerminal(run.status) || run.lastSeenAt === null ? null : <When key="seen" at={run.lastSeenAt} />],
    [names.finished, run.finishedAt === null ? null : <When key="finished" at={run.finishedAt} />],
  ]
  return (
    <section aria-label={t.run.details}>
      <h2 className="side-title">{t.run.details}</h2>
      <dl className="facts run-facts">
        {rows.map(
          ([name, value]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  )
}
