import { Activity, Cable, LayoutDashboard } from 'lucide-react'
import { Link, NavLink, useLocation } from 'react-router'
import { useTexts } from '../lib/context.ts'
import './Rail.css'

/** The main navigation: a rail at the left, icons only below 1,100 px, a bar at the foot on phones. */
export function Rail() {
  const { t } = useTexts()
  // Schedules are a page of the runs' section.
  const isBeside = useLocation().pathname.startsWith('/schedules')
  const pages = [
    { to: '/', icon: LayoutDashboard, name: t.nav.overview },
    { to: '/runs', icon: Activity, name: t.nav.runs },
    { to: '/connections', icon: Cable, name: t.nav.connections },
  ]
  return (
    <nav className="rail" aria-label={t.nav.label}>
      <Link to="/" className="rail-brand" aria-label="Monofil">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M6 21c4 0 4-10 8-10s4 10 8 10 3-5 4-8" />
        </svg>
        <span className="rail-word">Monofil</span>
      </Link>
      <ul>
        {pages.map(({ to, icon: Icon, name }) => (
          <li key={to}>
            <NavLink
              to={to}
              end={to === '/'}
              className={`rail-item${to === '/runs' && isBeside ? ' active' : ''}`}
              title={name}
            >
              <Icon className="icon" aria-hidden />
              <span className="rail-word">{name}</span>
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}
