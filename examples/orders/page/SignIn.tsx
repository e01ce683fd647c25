import type { ReactNode } from 'react'
import { useText } from './TextProvider.tsx'
import type { SessionState } from './use-session.ts'

/** The choice of who one is. */
export function SignIn({ known, isLost, signIn, look }: SessionState): ReactNode {
  const { text } = useText()
  const { title, about, roles, failed, retry } = text.signIn
  return (
    <main className="sign-in">
      <section className="card" aria-busy={known === null && !isLost}>
        <p className="brand">{text.title}</p>
        <h1>{title}</h1>
        <p className="muted">{about}</p>
        {isLost && (
          <p className="problem" role="alert">
            {failed}{' '}
            <button type="button" className="button" onClick={look}>
              {retry}
            </button>
          </p>
        )}
        <ul>
          {known?.people.map(({ id, name, role }) => (
            <li key={id}>
              <button type="button" className="person" onClick={() => signIn(id)}>
                <Face name={name} />
                <span>
                  <strong>{name}</strong>
                  <span className="muted">{roles[role ?? 'clerk']}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    </main>
  )
}

/** Somebody's initials. */
export function Face({ name }: { readonly name: string }): ReactNode {
  const initials = name.split(' ').map(([first]) => first)
  return (
    <span className="face" aria-hidden="true">
      {initials.slice(0, 2).join('')}
    </span>
  )
}
