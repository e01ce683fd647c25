import type { ConnectionRow } from '@monofil/client'
import { useConnection, useMonofil } from '@monofil/react'
import { Cable, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useNow, useTexts } from '../lib/context.ts'
import { useConnections } from '../lib/use-connections.ts'
import { ConnectionTable } from '../parts/ConnectionTable.tsx'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { KickDialog } from '../parts/KickDialog.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'

/** Who listens to this hub: every open stream, with a way to end one. */
export function ConnectionsPage() {
  const { t, f, amount } = useTexts()
  const { client } = useMonofil()
  const own = useConnection().connection
  const { rows, readAt, loading, error, refresh } = useConnections()
  const [asked, setAsked] = useState<ConnectionRow | null>(null)
  const [said, setSaid] = useState('')
  const [failed, setFailed] = useState<Error | null>(null)
  const now = useNow()
  const kick = (row: ConnectionRow) => {
    setFailed(null)
    client.api
      .kick(row.connection)
      .then(() => setSaid(t.connections.kicked(row.user)), setFailed)
      .finally(refresh)
  }
  return (
    <>
      <title>{`${t.connections.title} · Monofil`}</title>
      <div className="page-head">
        <h1>{t.connections.title}</h1>
        {rows !== null && <p className="muted figure">{t.connections.total(amount(rows.length))}</p>}
        <span className="page-actions">
          {readAt !== null && (
            <span className="faint">{t.connections.asOf(f.relative(new Date(readAt).toISOString(), now))}</span>
          )}
          <button type="button" className="button" onClick={refresh} disabled={loading}>
            <RotateCw className="icon" aria-hidden />
            {t.connections.refresh}
          </button>
        </span>
      </div>
      {failed !== null && <ErrorPanel error={failed} />}
      {error !== null && <ErrorPanel error={error} onRetry={refresh} />}
      {rows === null && loading && (
        <div className="card loading-rows" aria-busy="true">
          {['a', 'b', 'c', 'd'].map((key) => (
            <Skeleton key={key} width="100%" height="40px" />
          ))}
        </div>
      )}
      {rows !== null && rows.length > 0 && <ConnectionTable rows={rows} own={own} onKick={setAsked} />}
      {rows !== null && rows.length === 0 && (
        <div className="card">
          <Empty
            icon={Cable}
            title={t.connections.empty}
            body={t.connections.emptyBody}
            command={`npx monofil tail runs --url ${window.location.origin}`}
          />
        </div>
      )}
      <KickDialog row={asked} onConfirm={kick} onClose={() => setAsked(null)} />
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </>
  )
}
