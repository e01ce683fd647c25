import { useMonofil } from '@monofil/react'
import { type SubmitEvent, useEffect, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { returnTo, type SignInProblem, signIn, userOf } from '../lib/session.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { Field } from '../parts/Field.tsx'
import '../parts/Empty.css'
import '../parts/Rail.css'
import './SignInPage.css'

const COMMAND = 'npx monofil token --sub you --role admin'

/** Where an application may put a token: in the address's fragment, which is sent to nobody. */
function takeToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
  if (token !== '') history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

/** Signing in by a token: pasted, or brought along by an application and confirmed here. */
export function SignInPage() {
  const { t } = useTexts()
  const { search } = useLocation()
  const [token, setToken] = useState('')
  const { submit, problem, isBusy } = useSignIn(token.trim(), returnTo(search))
  const why = new URLSearchParams(search).get('why')
  const user = userOf(token.trim())
  // In an effect: while it renders, nothing is taken out of the address.
  useEffect(() => {
    const brought = takeToken()
    if (brought !== '') setToken(brought)
  }, [])
  return (
    <main className="sign-in">
      <title>{`${t.session.title} · Monofil`}</title>
      <div className="rail-brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M6 21c4 0 4-10 8-10s4 10 8 10 3-5 4-8" />
        </svg>
        <span className="rail-word">Monofil</span>
      </div>
      <div className="card sign-in-card">
        <h1>{t.session.title}</h1>
        {(why === 'expired' || why === 'revoked') && <p className="sign-in-note">{t.session[why]}</p>}
        <p className="muted">{t.session.intro}</p>
        <form onSubmit={submit} noValidate>
          <Field
            label={t.session.token}
            hint={user === null ? t.session.tokenHint : `${t.session.speaksFor(user)}. ${t.session.tokenHint}`}
            problem={problem === null ? null : problem === 'none' ? t.session.noToken : t.session.problems[problem]}
          >
            <input
              type="password"
              className="mono"
              value={token}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setToken(event.target.value)}
            />
          </Field>
          <button type="submit" className="button" disabled={isBusy}>
            {isBusy ? t.session.busy : user === null ? t.session.submit : t.session.submitAs(user)}
          </button>
        </form>
        <div className="sign-in-make">
          <p className="muted">{t.session.make}</p>
          <div className="empty-command">
            <code>{COMMAND}</code>
            <CopyButton text={COMMAND} what={COMMAND} />
          </div>
        </div>
      </div>
    </main>
  )
}

function useSignIn(token: string, to: string) {
  const { client } = useMonofil()
  const navigate = useNavigate()
  const [problem, setProblem] = useState<SignInProblem | 'none' | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (token === '') {
      setProblem('none')
      return
    }
    setBusy(true)
    const wrong = await signIn(token)
    setBusy(false)
    setProblem(wrong)
    if (wrong !== null) return
    // What the last user saw is not for this one, who may be another.
    client.logout()
    client.reconnect('signed in')
    void navigate(to, { replace: true })
  }
  return { submit: (event: SubmitEvent) => void submit(event), problem, isBusy }
}
