import { Menu } from '@base-ui/react/menu'
import {
  Activity,
  Bell,
  Cable,
  Coins,
  Ellipsis,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  Settings,
} from 'lucide-react'
import { Link, NavLink, useLocation } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { useSession } from '../lib/session.ts'
import './Menu.css'
import './Rail.css'

interface RailPage {
  readonly to: string
  readonly icon: LucideIcon
  readonly name: string
  /** Pages of its section that lie elsewhere. */
  readonly beside?: string
}

/** The main navigation: a rail at the left, icons only below 1,100 px, a bar at the foot on phones. */
export function Rail() {
  const { t } = useTexts()
  const session = useSession()
  const first: readonly RailPage[] = [
    { to: '/', icon: LayoutDashboard, name: t.nav.overview },
    { to: '/runs', icon: Activity, name: t.nav.runs, beside: '/schedules' },
    { to: '/notifications', icon: Bell, name: t.nav.notifications, beside: '/test' },
    { to: '/usage', icon: Coins, name: t.usage.nav },
  ]
  const rest: readonly RailPage[] = [
    { to: '/connections', icon: Cable, name: t.nav.connections },
    ...(session?.isOperator ? [{ to: '/queues', icon: ListChecks, name: t.nav.queues }] : []),
    { to: '/settings', icon: Settings, name: t.nav.settings },
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
        {first.map((page) => (
          <RailItem key={page.to} page={page} />
        ))}
        {rest.map((page) => (
          <RailItem key={page.to} page={page} isRest />
        ))}
        <li className="rail-more">
          <More pages={rest} />
        </li>
      </ul>
    </nav>
  )
}

function RailItem({ page, isRest = false }: { readonly page: RailPage; readonly isRest?: boolean }) {
  const { to, icon: Icon, name, beside } = page
  const isBeside = useLocation().pathname.startsWith(beside ?? '//')
  return (
    <li className={isRest ? 'rail-rest' : undefined}>
      <NavLink to={to} end={to === '/'} className={`rail-item${isBeside ? ' active' : ''}`} title={name}>
        <Icon className="icon" aria-hidden />
        <span className="rail-word">{name}</span>
      </NavLink>
    </li>
  )
}

/** What has no place at the foot of a phone. */
function More({ pages }: { readonly pages: readonly RailPage[] }) {
  const { t } = useTexts()
  const { pathname } = useLocation()
  const isHere = pages.some(({ to }) => pathname.startsWith(to))
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={`rail-item${isHere ? ' active' : ''}`}>
        <Ellipsis className="icon" aria-hidden />
        {t.nav.more}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="positioner" sideOffset={6} align="end">
          <Menu.Popup className="popup menu">
            {pages.map(({ to, icon: Icon, name }) => (
              <Menu.Item key={to} className="menu-item" render={<Link to={to} />}>
                {name}
                <Icon className="icon" aria-hidden />
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
