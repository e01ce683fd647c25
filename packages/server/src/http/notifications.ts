import { isId, isSub, MonofilError, NOTICE_STATUSES, type QueuedNotice } from '@monofil/protocol'
import { newNotification, patchNotification } from '@monofil/protocol/schemas'
import { can } from '../auth/index.ts'
import type { Notifier } from '../notifications/index.ts'
import type { Principal } from '../seams/auth.ts'
import { NOTIFICATIONS } from './about-notifications.ts'
import type { RouteContext } from './context.ts'
import { parse } from './parse.ts'
import { pageOf, textOf, wordsOf } from './query.ts'
import { json, noContent } from './reply.ts'
import { param, type Request } from './request.ts'
import type { Route } from './router.ts'

/** Sending notifications, and the queue of those that were sent. */
export function notificationRoutes({ store, notifier }: Pick<RouteContext, 'store' | 'notifier'>): readonly Route[] {
  const { notifications } = store
  return [
    sendRoute(notifier),
    {
      method: 'GET',
      path: '/v1/notifications',
      about: NOTIFICATIONS.list,
      async handle({ query, principal }) {
        refuseOthers(principal)
        return json(await notifications.list({ status: wordsOf(query, 'status', NOTICE_STATUSES), ...pageOf(query) }))
      },
    },
    {
      method: 'GET',
      path: '/v1/notifications/status',
      about: NOTIFICATIONS.status,
      async handle({ principal }) {
        refuseOthers(principal)
        return json(await notifications.status())
      },
    },
    {
      method: 'POST',
      path: '/v1/notifications/:id/retry',
      about: NOTIFICATIONS.retry,
      async handle(request) {
        refuseOthers(request.principal)
        return json(await notifications.retry(param(request, 'id', isId)))
      },
    },
    {
      method: 'GET',
      path: '/v1/notifications/:id/trace',
      about: NOTIFICATIONS.trace,
      handle: (request) => trace(store, request),
    },
    {
      method: 'PATCH',
      path: '/v1/notifications/:id',
      about: NOTIFICATIONS.patch,
      async handle(request) {
        const { id } = await mine(store, request)
        const patch = notifier.patchOf(parse(patchNotification, await request.json()))
        return json(await notifications.update(id, patch))
      },
    },
    {
      method: 'DELETE',
      path: '/v1/notifications/:id',
      about: NOTIFICATIONS.retract,
      async handle(request) {
        await notifications.retract((await mine(store, request)).id)
        return noContent()
      },
    },
  ]
}

function sendRoute(notifier: Notifier): Route {
  return {
    method: 'POST',
    path: '/v1/notifications',
    isPublish: true,
    about: NOTIFICATIONS.send,
    async handle(request) {
      const body = parse(newNotification, await request.json())
      checkTargets(request.principal, body.to)
      const { id, created } = await notifier.send(body, request.principal.sub)
      return json({ id, created }, created ? 201 : 200)
    },
  }
}

/** @throws `forbidden` naming the first target that no grant covers. */
function checkTargets(principal: Principal, to: ReturnType<typeof newNotification.parse>['to']): void {
  const { users = [], roles = [], topics = [], all = false } = to
  const refuse = (field: string, needs: string): never => {
    throw new MonofilError('forbidden', `${field}: ${needs}`, { field })
  }
  if (all && !can(principal, 'notify.all', null)) refuse('to.all', 'notifying everybody needs user:* in publish.')
  for (const [i, sub] of users.entries()) {
    if (!can(principal, 'notify.user', sub)) refuse(`to.users[${i}]`, 'notifying a user needs user:{sub} in publish.')
  }
  for (const [i, role] of roles.entries()) {
    if (!can(principal, 'notify.role', role)) refuse(`to.roles[${i}]`, 'notifying a role needs role:{role} in publish.')
  }
  for (const [i, topic] of topics.entries()) {
    if (!can(principal, 'topic.publish', topic)) refuse(`to.topics[${i}]`, 'no grant covers publishing to this topic.')
  }
}

async function trace(store: RouteContext['store'], request: Request) {
  const { principal, query } = request
  const id = param(request, 'id', isId)
  const asked = textOf(query, 'user')
  const page = pageOf(query)
  const notice = await store.notifications.get(id)
  const isWhole = notice !== undefined && can(principal, 'notice.control', notice)
  if (asked !== undefined && !isSub(asked)) {
    throw new MonofilError('invalid_request', 'user is a user.', { field: 'user' })
  }
  if (isWhole) return json({ ...(await store.notifications.trace(id, { user: asked, ...page })), notification: notice })
  const own = notice === undefined ? undefined : await store.notifications.trace(id, { user: principal.sub, limit: 1 })
  const line = own?.items[0]
  // Who was given it may know why, whatever became of it; that somebody else was is nobody's to know.
  if (line === undefined || line.outcome === 'hidden') throw notThere(id)
  return json({ items: [line], nextCursor: null, notification: null })
}

/** The notification of a path. @throws `not_found` where there is none, or another's. */
async function mine({ notifications }: RouteContext['store'], request: Request): Promise<QueuedNotice> {
  const id = param(request, 'id', isId)
  const notice = await notifications.get(id)
  if (notice !== undefined && can(request.principal, 'notice.control', notice)) return notice
  throw notThere(id)
}

function notThere(id: string): MonofilError {
  return new MonofilError('not_found', `There is no notification ${id}, or it is not yours.`)
}

function refuseOthers(principal: Principal): void {
  if (!can(principal, 'hub.operate', null)) throw new MonofilError('forbidden', 'The queue is for admins.')
}
