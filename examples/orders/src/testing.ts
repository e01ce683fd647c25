import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type MonofilClient } from '@monofil/client'
import { silentLogger } from '@monofil/server'
import { type App, type AppOptions, openApp } from './app.ts'
import { personOf } from './people.ts'
import { COOKIE } from './session.ts'

/** An answer of the API. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

/** Somebody who is signed in. */
export interface Caller {
  call(method: string, path: string, body?: unknown): Promise<Answer>
  /** A client of the hub with the same session. The lab closes it. */
  client(): MonofilClient
}

/** The application in a temporary folder, its page an empty one. */
export interface Lab {
  readonly app: App
  readonly base: string
  as(user: string): Promise<Caller>
  /** Closes the application and opens it again on the same data. */
  reopen(options?: Partial<AppOptions>): Promise<void>
  close(): Promise<void>
}

/** Opens an application of its own. */
export async function openLab(options: Partial<AppOptions> = {}): Promise<Lab> {
  const base = await mkdtemp(join(tmpdir(), 'monofil-orders-'))
  const pageDir = join(base, 'page')
  await mkdir(pageDir)
  await writeFile(join(pageDir, 'index.html'), '<p>the page</p>')
  const open = (more: Partial<AppOptions>) =>
    openApp({ data: join(base, 'data'), port: 0, pagePort: 0, pageDir, logger: silentLogger, ...more })
  let app = await open(options)
  const clients: MonofilClient[] = []
  return {
    base,
    get app() {
      return app
    },
    async as(user) {
      const person = personOf(user)
      const headers = person === undefined ? {} : { cookie: `${COOKIE}=${await app.sessions.issue(person)}` }
      return {
        call: (method, path, body) => ask(`${app.page.url}${path}`, method, headers, body),
        client() {
          const client = createClient({ url: app.page.url, headers: { ...headers, origin: app.page.url } })
          clients.push(client)
          return client
        },
      }
    },
    async reopen(more = {}) {
      await app.close()
      app = await open(more)
    },
    async close() {
      for (const client of clients) client.close()
      await app.close()
      await rm(base, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function ask(url: string, method: string, headers: Record<string, string>, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}
