import { useConnection } from '@monofil/react'
import { type ReactNode, useEffect, useState } from 'react'
import { Home } from './Home.tsx'
import { RunView } from './RunView.tsx'
import { firstLocale, type Locale, LocaleContext, useWords, WORDS } from './words.ts'

const runIn = (path: string): string | null => decodeURIComponent(/^\/runs\/([^/]+)$/.exec(path)?.[1] ?? '') || null

/** The catalogue, or one of its runs. */
export function App(): ReactNode {
  const [runId, setRunId] = useState(() => runIn(location.pathname))
  const [locale, setLocale] = useState<Locale>(firstLocale)
  useEffect(() => {
    document.documentElement.lang = locale
    localStorage.setItem('catalogue-language', locale)
  }, [locale])
  useEffect(() => {
    const follow = () => setRunId(runIn(location.pathname))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const go = (path: string) => {
    history.pushState(null, '', path)
    setRunId(runIn(path))
    scrollTo(0, 0)
  }
  return (
    <LocaleContext value={locale}>
      <header className="top">
        <a
          href="/"
          onClick={(event) => {
            event.preventDefault()
            go('/')
          }}
        >
          {WORDS[locale].title}
        </a>
        <Connection />
        <button
          type="button"
          className="quiet"
          lang={locale === 'en' ? 'fr' : 'en'}
          onClick={() => setLocale(locale === 'en' ? 'fr' : 'en')}
        >
          {WORDS[locale].language}
        </button>
      </header>
      <main>
        {runId === null ? <Home onRun={(id) => go(`/runs/${id}`)} /> : <RunView key={runId} id={runId} go={go} />}
      </main>
    </LocaleContext>
  )
}

function Connection(): ReactNode {
  const { status } = useConnection()
  const { t } = useWords()
  const isLive = status === 'open'
  const said = isLive ? t.live : status === 'failed' || status === 'closed' ? t.notConnected : t.connecting
  return (
    <span className="connection" data-live={isLive ? '' : undefined} role="status">
      {said}
    </span>
  )
}
