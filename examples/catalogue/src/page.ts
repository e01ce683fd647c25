import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ModelConnection, modelStatus } from '@monofil/example-models'
import { json, type PageServer, servePage } from '@monofil/example-page'

/** What the page starts runs with, and knows of the model. */
export interface Shop {
  readonly folder: string
  readonly out: string
  readonly model: string
  readonly language: 'en' | 'fr'
}

/** The page's build beside this example; undefined where it was not built. */
export function findPage(): string | undefined {
  const dir = fileURLToPath(new URL('../dist/page', import.meta.url))
  return existsSync(dir) ? dir : undefined
}

/** Serves the page of a shop over a hub, on `port` or, where that is taken, on a free one. */
export function openPage(
  shop: Shop,
  model: ModelConnection | null,
  at: { readonly hub: string; readonly port: number; readonly dir: string },
): Promise<PageServer> {
  return servePage({
    ...at,
    async route(message, response, path) {
      if (message.method !== 'GET') return false
      if (path === '/api/shop') json(response, 200, shop)
      else if (path === '/api/model') json(response, 200, await modelStatus(model))
      else return false
      return true
    },
  })
}
