import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type PageServer, servePage } from '@monofil/example-page'
import type { Logger } from '@monofil/server'
import { ordersApi } from './api.ts'
import { type OrdersHub, openHub, tellBy } from './hub.ts'
import { OrderBook } from './order-book.ts'
import { Outbox, type Tell } from './outbox.ts'
import { Sessions, sessionSecret } from './session.ts'

export interface AppOptions {
  /** Made if it is not there: the hub's store, the orders, the sessions' key. */
  readonly data: string
  /** Of the hub; 0 takes a free one. */
  readonly port: number
  /** Of the page; 0 takes a free one, and so does one that is taken. */
  readonly pagePort: number
  /** The page's build. */
  readonly pageDir: string
  readonly consoleDir?: string | undefined
  readonly logger: Logger
  /** How changes are told; left out: to the hub. */
  readonly tell?: ((toHub: Tell) => Tell) | undefined
}

/** The application with its hub, in one process. */
export interface App {
  readonly hub: OrdersHub
  readonly page: PageServer
  readonly book: OrderBook
  readonly sessions: Sessions
  close(): Promise<void>
}

/** Opens the orders, the hub, the outbox between the two, and the page. */
export async function openApp(options: AppOptions): Promise<App> {
  const { data, port, pagePort, pageDir, consoleDir, logger, tell = (toHub) => toHub } = options
  mkdirSync(data, { recursive: true })
  const secret = sessionSecret(data)
  const hub = await openHub({ dir: join(data, 'hub'), port, secret, logger, consoleDir })
  try {
    const book = new OrderBook(join(data, 'orders.db'))
    const sessions = new Sessions(secret)
    const route = ordersApi(book, sessions, logger)
    const page = await servePage({ hub: hub.url, dir: pageDir, port: pagePort, route })
    const outbox = new Outbox({ book, logger, tell: tell(tellBy(hub)) })
    return {
      ...{ hub, page, book, sessions },
      async close() {
        await page.close()
        await outbox.close()
        await hub.close()
        book.close()
      },
    }
  } catch (error) {
    await hub.close()
    throw error
  }
}
