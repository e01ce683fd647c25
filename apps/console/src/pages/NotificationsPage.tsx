import '@monofil/react/styles.css'
import '@monofil/react/inbox.css'
import { type InboxItem, SEVERITIES } from '@monofil/protocol'
import { Inbox, type InboxShow, useNotifications } from '@monofil/react/inbox'
import { Bell } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { useSession } from '../lib/session.ts'
import { useInnerLinks } from '../lib/use-inner-links.ts'
import { type ChangeUrl, useUrlChange } from '../lib/use-url-change.ts'
import { Empty } from '../parts/Empty.tsx'
import { FilterSelect } from '../parts/FilterSelect.tsx'
import { NoticesSwitch } from '../parts/NoticesSwitch.tsx'
import './NotificationsPage.css'

const SHOWN: readonly InboxShow[] = ['all', 'unread', 'archived']

/** The reader's own inbox, with its filters in the URL. */
export function NotificationsPage() {
  const { f, amount } = useTexts()
  const n = useNoticeTexts()
  const [params, change] = useUrlChange()
  const { items, counts, isLoading, freshness } = useNotifications()
  const follow = useInnerLinks()
  const show = SHOWN.find((one) => one === params.get('show')) ?? 'all'
  const [module, severity] = [params.get('module') ?? '', params.get('severity') ?? '']
  const where = useMemo(() => whereOf(module, severity), [module, severity])
  const isEmpty = !isLoading && items.length === 0 && show === 'all' && where === undefined
  return (
    <div className={freshness === 'stale' && !isLoading ? 'is-stale' : ''}>
      <title>{`${n.inbox.title} · Monofil`}</title>
      <NoticesSwitch />
      <div className="page-head">
        <h1>{n.inbox.title}</h1>
        {counts.unread > 0 && <p className="muted figure">{n.inbox.unread(amount(counts.unread))}</p>}
        <span className="page-actions">
          <Filters items={items} module={module} severity={severity} change={change} />
        </span>
      </div>
      {/* biome-ignore lint/a11y: only links in it are clicked */}
      <section className="card notices-card" data-empty={isEmpty || undefined} onClick={follow}>
        <Inbox
          locale={f.locale}
          show={show}
          onShow={(next) => change({ show: next === 'all' ? '' : next })}
          where={where}
          more={(item) => <Why item={item} />}
        />
        {isEmpty && <EmptyInbox />}
      </section>
      <p className="faint notices-keys">{n.inbox.keys}</p>
    </div>
  )
}

function whereOf(module: string, severity: string): ((item: InboxItem) => boolean) | undefined {
  if (module === '' && severity === '') return undefined
  return (item) => (module === '' || item.module === module) && (severity === '' || item.severity === severity)
}

interface FiltersProps {
  readonly items: readonly InboxItem[]
  readonly module: string
  readonly severity: string
  readonly change: ChangeUrl
}

function Filters({ items, module, severity, change }: FiltersProps) {
  const n = useNoticeTexts()
  const modules = useMemo(() => {
    const known = items.flatMap((item) => item.module ?? [])
    return [...new Set(module === '' ? known : [...known, module])].toSorted((a, b) => a.localeCompare(b))
  }, [items, module])
  return (
    <>
      <FilterSelect
        label={n.inbox.module}
        every={n.inbox.allModules}
        value={module}
        options={modules.map((value) => ({ value, name: value }))}
        onChange={(next) => change({ module: next })}
      />
      <FilterSelect
        label={n.inbox.severity}
        every={n.inbox.allSeverities}
        value={severity}
        options={SEVERITIES.map((value) => ({ value, name: n.severities[value] }))}
        onChange={(next) => change({ severity: next })}
      />
    </>
  )
}

function Why({ item }: { readonly item: InboxItem }) {
  const n = useNoticeTexts()
  return (
    <Link
      className="monofil-button"
      to={`/notifications/${encodeURIComponent(item.id)}`}
      aria-label={n.inbox.whyOf(item.title ?? item.message ?? item.id)}
    >
      {n.inbox.why}
    </Link>
  )
}

function EmptyInbox() {
  const n = useNoticeTexts()
  const user = useSession()?.user ?? 'USER'
  return (
    <Empty
      icon={Bell}
      title={n.inbox.emptyTitle}
      body={n.inbox.empty}
      command={`npx monofil notify 'Hello' --user ${/^[\w.@-]+$/.test(user) ? user : `'${user.replaceAll("'", "'\\''")}'`}`}
    />
  )
}
