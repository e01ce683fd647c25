import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jwtVerify, SignJWT } from 'jose'
import { type Person, personOf, topicOf } from './people.ts'

/** The session's cookie: a token that the application and the hub both take. Cookies know no ports, so the name is ours. */
export const COOKIE = 'orders-session'
export const ISSUER = 'monofil-example-orders'
const LIFE_S = 8 * 3_600

/** The key of sessions, made once per data folder so that a restart signs nobody out. */
export function sessionSecret(dir: string): string {
  const file = join(dir, 'session.key')
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8')
}

/** Issues and reads the tokens of sessions. */
export class Sessions {
  readonly #key: Uint8Array

  constructor(secret: string) {
    this.#key = new TextEncoder().encode(secret)
  }

  /** A token for 8 hours: who it is, the role, and the topic that the hub lets this person read. */
  issue(person: Person): Promise<string> {
    const roles = person.role === null ? [] : [person.role]
    return new SignJWT({ roles, topics: [topicOf(person)] })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setAudience(ISSUER)
      .setSubject(person.id)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${LIFE_S}s`)
      .sign(this.#key)
  }

  /** Who sends this `Cookie` header; null: nobody who is signed in. */
  async personIn(header: string | undefined): Promise<Person | null> {
    const token = new RegExp(`(?:^|; *)${COOKIE}=([\\w.-]+)`).exec(header ?? '')?.[1]
    if (token === undefined) return null
    const rules = { algorithms: ['HS256'], issuer: ISSUER, audience: ISSUER }
    const payload = await jwtVerify(token, this.#key, rules).then(
      (verified) => verified.payload,
      () => null,
    )
    return personOf(payload?.sub ?? '') ?? null
  }
}

/** The `Set-Cookie` that begins a session, or ends it without a token. */
export function setCookie(token: string | null): string {
  return `${COOKIE}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${token === null ? 0 : LIFE_S}`
}
