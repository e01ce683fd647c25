import { Keyboard, Languages, Monitor, Moon, Sun } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useConsole, usePreference } from '../lib/context.ts'
import { useSession } from '../lib/session.ts'
import { THEMES } from '../lib/theme.ts'
import { LANGUAGES } from '../text/languages.ts'
import { Breadcrumb } from './Breadcrumb.tsx'
import { ChoiceMenu } from './ChoiceMenu.tsx'
import { ConnectionBadge } from './ConnectionBadge.tsx'
import { UserMenu } from './UserMenu.tsx'
import './Header.css'

const HeaderBell = lazy(() => import('./Notices.tsx').then((file) => ({ default: file.HeaderBell })))

/** Where one is, how the connection does, and the reader's own settings. */
export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const { t, theme, language } = useConsole()
  const session = useSession()
  const [chosenTheme, setTheme] = usePreference(theme)
  const [chosenLanguage, setLanguage] = usePreference(language)
  const themeIcon = chosenTheme === 'dark' ? Moon : chosenTheme === 'light' ? Sun : Monitor
  return (
    <header className="header">
      <Breadcrumb />
      <ConnectionBadge />
      {session !== null && (
        <Suspense fallback={<span className="bell-place" />}>
          <HeaderBell />
        </Suspense>
      )}
      <ChoiceMenu
        label={t.theme.label}
        icon={themeIcon}
        value={chosenTheme}
        onChange={setTheme}
        choices={[{ value: null, name: t.theme.system }, ...THEMES.map((value) => ({ value, name: t.theme[value] }))]}
      />
      <ChoiceMenu
        label={t.language.label}
        icon={Languages}
        value={chosenLanguage}
        onChange={setLanguage}
        choices={[
          { value: null, name: t.language.system },
          ...Object.entries(LANGUAGES).map(([value, name]) => ({ value, name })),
        ]}
      />
      <button
        type="button"
        className="button icon-only header-help"
        onClick={onHelp}
        aria-label={t.shortcuts.title}
        title={`${t.shortcuts.title} (?)`}
      >
        <Keyboard className="icon" aria-hidden />
      </button>
      <UserMenu />
    </header>
  )
}
