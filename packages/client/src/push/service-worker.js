/**
 * Shows Monofil's pushes. Served from the application's own origin, as a script of its own or by `importScripts` in the
 * application's worker. It holds no credential: a click is kept in a cache until a page has marked it as read.
 * Plain JavaScript without imports, since not every browser takes a module here.
 */
const CLICKED = 'monofil-push'

self.addEventListener('push', (event) => event.waitUntil(show(said(event.data))))

self.addEventListener('notificationclick', (event) => {
  const { monofil } = event.notification.data ?? {}
  if (monofil === undefined) return
  event.notification.close()
  event.waitUntil(open(monofil))
})

/** A push that shows nothing costs the permission on some systems: what cannot be read is shown too. */
function said(data) {
  try {
    const { id, title, ...more } = data.json()
    if (typeof id === 'string' && typeof title === 'string') return { id, title, ...more }
  } catch {
    // Of somebody else, or cut.
  }
  return { id: '', title: 'Notification' }
}

async function show({ id, title, body = '', link = null, severity, at, counts }) {
  await self.registration.showNotification(title, {
    body,
    // The same notification again takes the place of the first.
    ...(id === '' ? {} : { tag: `monofil:${id}` }),
    requireInteraction: severity === 'critical',
    timestamp: Date.parse(at) || Date.now(),
    data: { monofil: { id, link } },
  })
  await self.navigator.setAppBadge?.(counts?.unread ?? 0).catch(() => undefined)
}

async function open({ id, link }) {
  if (id !== '') {
    const cache = await self.caches.open(CLICKED)
    await cache.put(`/.monofil/clicked/${encodeURIComponent(id)}`, new Response(''))
  }
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  for (const page of pages) page.postMessage({ type: 'monofil:clicked', id, link })
  const target = addressOf(link)
  const shown = link === null ? pages[0] : pages.find(({ url }) => url === target)
  await (shown === undefined ? self.clients.openWindow(target) : shown.focus())
}

/** Never a script's address, whoever sent it. */
function addressOf(link) {
  const { scope } = self.registration
  const url = new URL(link ?? scope, scope)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : scope
}
