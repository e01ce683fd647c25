import '@monofil/react/styles.css'
import '@monofil/react/inbox.css'
import { useMonofil } from '@monofil/react'
import { NotificationBell, Toasts } from '@monofil/react/inbox'
import { useEffect } from 'react'
import { Link, useLocation } from 'react-router'
import { useConsole, usePreference, useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { useSession } from '../lib/session.ts'
import { useInnerLinks } from '../lib/use-inner-links.ts'
import './Notices.css'

/** The bell of the header; it closes when one goes to another page. */
export function HeaderBell() {
  const { f } = useTexts()
  const n = useNoticeTexts()
  const { pathname } = useLocation()
  const follow = useInnerLinks()
  return (
    // biome-ignore lint/a11y: only links in it are clicked
    <span className="header-bell" onClick={follow}>
      <NotificationBell
        key={pathname}
        locale={f.locale}
        footer={
          <Link className="notices-all" to="/notifications">
            {n.inbox.seeAll}
          </Link>
        }
      />
    </span>
  )
}

/** What has no place on the page: toasts, and the pushes that this browser was asked for. */
export function Notices() {
  const { f } = useTexts()
  const follow = useInnerLinks()
  usePushes()
  return (
    // biome-ignore lint/a11y: only links in it are clicked
    <div onClick={follow}>
      <Toasts locale={f.locale} />
    </div>
  )
}

/** Says again at each load where to push, since a browser, and the hub with another key, may have ended it. */
function usePushes(): void {
  const { client } = useMonofil()
  const user = useSession()?.user
  const [wanted] = usePreference(useConsole().push)
  const isWanted = user !== undefined && wanted === user
  useEffect(() => {
    if (!isWanted) return
    let isOver = false
    let stop: (() => void) | undefined
    const begin = async () => {
      const { renewPush } = await import('../lib/browser-push.ts')
      const state = await renewPush(client)
      if (isOver) state.stop()
      else stop = state.stop
    }
    // The page of settings says what is wrong; nothing else depends on it.
    begin().catch(() => {})
    return () => {
      isOver = true
      stop?.()
    }
  }, [client, isWanted])
}
