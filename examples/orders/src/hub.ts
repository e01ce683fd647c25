import { createLocalBus, type HubServer, jwtAuthenticator, type Logger, serve } from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'
import { noticesOf } from './notice.ts'
import type { Change } from './order.ts'
import type { Tell } from './outbox.ts'
import { ALL_ORDERS, ownTopic } from './people.ts'
import { COOKIE, ISSUER } from './session.ts'

/** A hub on the embedded store, in the application's own process. */
export interface OrdersHub extends Pick<HubServer, 'url' | 'hub' | 'sendNotification' | 'publish'> {
  /** Resolves if the store died; the application should end then. */
  readonly failed: Promise<Error>
  close(): Promise<void>
}

export interface HubOptions {
  readonly dir: string
  /** 0 takes a free one. */
  readonly port: number
  /** What the application signs its sessions with: the hub takes the same cookie. */
  readonly secret: string
  readonly logger: Logger
  readonly consoleDir?: string | undefined
}

/** Opens store, bus and hub. @throws in words where the port is taken or another process has the folder. */
export async function openHub({ dir, port, secret, logger, consoleDir }: HubOptions): Promise<OrdersHub> {
  const bus = createLocalBus()
  const failed = Promise.withResolvers<Error>()
  const store = await openSqliteStore({
    ...{ dir, logger, onFailure: failed.resolve },
    onCommit: (commit) => bus.publish({ kind: 'commit', commit }),
  })
  try {
    const authenticator = jwtAuthenticator({
      ...{ secret, issuer: ISSUER, audience: ISSUER, cookieName: COOKIE, logger },
      operatorRole: 'ADMIN',
    })
    const server = await serve({ store, bus, authenticator, host: '127.0.0.1', port, logger, consoleDir })
    return {
      ...{ url: server.url, hub: server.hub, failed: failed.promise },
      sendNotification: (notification, to) => server.sendNotification(notification, to),
      publish: (events) => server.publish(events),
      async close() {
        await server.close()
        await store.close()
        await bus.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Tells a change to the hub: a notification to people, an event to tables. */
export function tellBy({ sendNotification, publish }: Pick<OrdersHub, 'sendNotification' | 'publish'>): Tell {
  return async (change) => {
    const sent = noticesOf(change).map(({ notification, to }) => sendNotification(notification, to))
    await Promise.all([...sent, publish(eventsOf(change))])
  }
}

/** An event for the tables of the staff, and one for those of whoever created the order: nobody hears of others' orders. */
function eventsOf({ action, order, by }: Change) {
  const data = { id: order.id, version: order.version, by }
  const event = { type: action, data, id: `order-${order.id}-${order.version}` }
  return [ALL_ORDERS, ownTopic(order.createdBy)].map((topic) => ({ topic, ...event }))
}
