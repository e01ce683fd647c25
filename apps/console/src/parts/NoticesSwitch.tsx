import { NavLink } from 'react-router'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { useSession } from '../lib/session.ts'
import './RunsSwitch.css'

/** The inbox, and for the operator what sends a notification to try things out: two pages of one section. */
export function NoticesSwitch() {
  const n = useNoticeTexts()
  if (!useSession()?.isOperator) return null
  return (
    <nav className="runs-switch" aria-label={n.inbox.tabs}>
      <NavLink to="/notifications" end>
        {n.inbox.tab}
      </NavLink>
      <NavLink to="/test">{n.inbox.testTab}</NavLink>
    </nav>
  )
}
