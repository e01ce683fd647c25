// biome-ignore-all lint/style/noRestrictedImports: only tests import this, and it is not built
// biome-ignore-all lint/correctness/noUndeclaredDependencies: only tests import this, and it is not built
import { type ClientOptions, createClient, type MonofilClient } from '@monofil/client'
import { cleanup, type RenderResult, render, waitFor } from '@testing-library/react'
import { type ReactNode, StrictMode } from 'react'
import { afterEach, beforeEach, vi } from 'vitest'
import { EPOCH, RawHub } from '../../../client/src/testing/raw-hub.ts'
import { MonofilProvider } from '../MonofilProvider.tsx'

export const until = (condition: () => void) => waitFor(condition, { timeout: 5000, interval: 5 })

export const GAP = { epoch: EPOCH, from: 1, to: 3, reason: 'retention' } as const

/** What each test of the hooks has: a hub that says what the test wants, and clients that end with it. */
export interface Page {
  hub: RawHub
  client(options?: ClientOptions): MonofilClient
  /** Under StrictMode, with a client that lets go of topics after 10 ms. */
  render(children: ReactNode, client?: MonofilClient): RenderResult
}

export function testPage(): Page {
  const clients: MonofilClient[] = []
  const page: Page = {
    hub: undefined as unknown as RawHub,
    client(options = {}) {
      const client = createClient({ url: page.hub.url, share: 'none', lingerMs: 10, ...options })
      clients.push(client)
      return client
    },
    render: (children, client = page.client()) =>
      render(
        <StrictMode>
          <MonofilProvider client={client}>{children}</MonofilProvider>
        </StrictMode>,
      ),
  }
  beforeEach(async () => {
    page.hub = await RawHub.start()
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  })
  afterEach(async () => {
    cleanup()
    for (const client of clients.splice(0)) client.close()
    await page.hub.close()
    vi.unstubAllGlobals()
  })
  return page
}

/** A promise that the test settles. */
export interface Deferred {
  readonly promise: Promise<unknown>
  resolve(value?: unknown): void
  reject(error: Error): void
}

export function deferred(): Deferred {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  return { promise, resolve: (value) => resolve(value), reject }
}
