import { CSPProvider } from '@base-ui/react/csp-provider'
import { createClient, type MonofilClient } from '@monofil/client'
import { MonofilProvider } from '@monofil/react'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { createClock } from '../lib/clock.ts'
import { ConsoleContext, usePreference } from '../lib/context.ts'
import { createFormat } from '../lib/format.ts'
import { createPreference } from '../lib/preference.ts'
import { applyTheme } from '../lib/theme.ts'
import { pickLanguage, textsOf } from '../text/languages.ts'

/** Everything the pages stand on: the one connection, language, theme and clock. `client` is the hub this page came from. */
export function Providers({ children, client }: { children: ReactNode; client?: MonofilClient }) {
  const [connection] = useState(() => client ?? createClient({ url: location.origin }))
  const [clock] = useState(() => createClock())
  const [theme] = useState(() => createPreference('monofil.theme', applyTheme))
  const [language] = useState(() => createPreference('monofil.language'))
  const [push] = useState(() => createPreference('monofil.push'))
  const [chosen] = usePreference(language)
  const tag = pickLanguage(chosen, navigator.languages)
  const value = useMemo(() => {
    const t = textsOf(tag)
    // The reader's own region decides how numbers and dates are written when it speaks the language.
    const locale = navigator.languages.find((wished) => wished.toLowerCase().startsWith(tag)) ?? t.locale
    return { t, f: createFormat({ ...t, locale }), clock, theme, language, push }
  }, [tag, clock, theme, language, push])
  useEffect(() => {
    document.documentElement.lang = tag
  }, [tag])
  return (
    <CSPProvider disableStyleElements>
      <ConsoleContext value={value}>
        <MonofilProvider client={connection}>{children}</MonofilProvider>
      </ConsoleContext>
    </CSPProvider>
  )
}
