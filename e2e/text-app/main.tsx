/** A page as an application would have it: an answer while it is written, and a figure that changes beside it. */
import { Kpi, MonofilProvider, TextStream } from '@monofil/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

const asked = new URLSearchParams(location.search)
const locale = asked.get('locale') ?? 'en'
document.documentElement.style.colorScheme = asked.get('scheme') ?? 'light'
document.documentElement.lang = locale
document.body.style.background = 'Canvas'

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <MonofilProvider>
      <main style={{ maxWidth: 640, margin: '24px auto', padding: '0 16px', display: 'grid', gap: 24 }}>
        <h1>{locale === 'fr' ? 'La réponse' : 'The answer'}</h1>
        <Kpi name="tokens" label={locale === 'fr' ? 'Jetons' : 'Tokens'} locale={locale} />
        <Kpi name="spent" label={locale === 'fr' ? 'Dépensé' : 'Spent'} locale={locale} />
        <TextStream runId={asked.get('run')} item="answer" label="Answer" locale={locale} />
      </main>
    </MonofilProvider>
  </StrictMode>,
)
