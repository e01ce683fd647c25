import { NavLink } from 'react-router'
import { useTexts } from '../lib/context.ts'
import './RunsSwitch.css'

/** Runs, and what starts them by the clock: two pages of one section. */
export function RunsSwitch() {
  const { t } = useTexts()
  return (
    <nav className="runs-switch" aria-label={t.schedules.tabs}>
      <NavLink to="/runs" end>
        {t.nav.runs}
      </NavLink>
      <NavLink to="/schedules">{t.schedules.title}</NavLink>
    </nav>
  )
}
