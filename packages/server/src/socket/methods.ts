import type { Store } from '../seams/store.ts'

/** Every call that crosses the socket: the store's methods by name. */
export interface Calls {
  'log.append': Store['log']['append']
  'log.read': Store['log']['read']
  'log.bounds': Store['log']['bounds']
  'log.trim': Store['log']['trim']
  'workflows.register': Store['workflows']['register']
  'workflows.get': Store['workflows']['get']
  'workflows.list': Store['workflows']['list']
  'runs.create': Store['runs']['create']
  'runs.get': Store['runs']['get']
  'runs.list': Store['runs']['list']
  'runs.active': Store['runs']['active']
  'runs.items': Store['runs']['items']
  'runs.snapshot': Store['runs']['snapshot']
  'runs.logs': Store['runs']['logs']
  'runs.failures': Store['runs']['failures']
  'runs.throughput': Store['runs']['throughput']
  'runs.overview': Store['runs']['overview']
  'runs.update': Store['runs']['update']
  'runs.control': Store['runs']['control']
  'runs.signal': Store['runs']['signal']
  'runs.request': Store['runs']['request']
  'runs.remove': Store['runs']['remove']
  'runs.trim': Store['runs']['trim']
  'runs.report': Store['runs']['report']
  'runs.texts': Store['runs']['texts']
  'runs.text': Store['runs']['text']
  'schedules.create': Store['schedules']['create']
  'schedules.get': Store['schedules']['get']
  'schedules.list': Store['schedules']['list']
  'schedules.update': Store['schedules']['update']
  'schedules.remove': Store['schedules']['remove']
  'schedules.start': Store['schedules']['start']
  'notifications.send': Store['notifications']['send']
  'notifications.spreadTo': Store['notifications']['spreadTo']
  'notifications.get': Store['notifications']['get']
  'notifications.list': Store['notifications']['list']
  'notifications.status': Store['notifications']['status']
  'notifications.update': Store['notifications']['update']
  'notifications.retract': Store['notifications']['retract']
  'notifications.retry': Store['notifications']['retry']
  'notifications.trace': Store['notifications']['trace']
  'notifications.inbox': Store['notifications']['inbox']
  'notifications.snapshot': Store['notifications']['snapshot']
  'notifications.counts': Store['notifications']['counts']
  'notifications.mark': Store['notifications']['mark']
  'notifications.claim': Store['notifications']['claim']
  'notifications.receive': Store['notifications']['receive']
  'notifications.preferences': Store['notifications']['preferences']
  'notifications.preferencesOf': Store['notifications']['preferencesOf']
  'notifications.setPreferences': Store['notifications']['setPreferences']
  'notifications.meet': Store['notifications']['meet']
  'notifications.sweep': Store['notifications']['sweep']
  'notifications.trim': Store['notifications']['trim']
  'notifications.takePushes': Store['notifications']['takePushes']
  'notifications.settlePushes': Store['notifications']['settlePushes']
  'pushes.keys': Store['pushes']['keys']
  'pushes.add': Store['pushes']['add']
  'pushes.of': Store['pushes']['of']
  'pushes.remove': Store['pushes']['remove']
  'revocations.add': Store['revocations']['add']
  'revocations.list': Store['revocations']['list']
  'revocations.remove': Store['revocations']['remove']
  'revocations.now': Store['revocations']['now']
  'revocations.version': Store['revocations']['version']
  'kpis.set': Store['kpis']['set']
  'kpis.get': Store['kpis']['get']
  'kpis.list': Store['kpis']['list']
  'kpis.remove': Store['kpis']['remove']
  'kpis.read': Store['kpis']['read']
  'kpis.version': Store['kpis']['version']
  'tickets.secret': Store['tickets']['secret']
  'tickets.use': Store['tickets']['use']
  'tickets.keep': Store['tickets']['keep']
  'tickets.rights': Store['tickets']['rights']
  'usage.list': Store['usage']['list']
  'work.claim': Store['work']['claim']
  'work.renew': Store['work']['renew']
  'work.settle': Store['work']['settle']
  'work.feed': Store['work']['feed']
  'work.logLines': Store['work']['logLines']
  'work.usage': Store['work']['usage']
  'work.texts': Store['work']['texts']
  'work.kpis': Store['work']['kpis']
  'work.results': Store['work']['results']
  'work.release': Store['work']['release']
  'work.sweep': Store['work']['sweep']
}

export type Method = keyof Calls

type Invokers = { readonly [M in Method]: (store: Store, args: Parameters<Calls[M]>) => ReturnType<Calls[M]> }

const INVOKERS: Invokers = {
  'log.append': (store, args) => store.log.append(...args),
  'log.read': (store, args) => store.log.read(...args),
  'log.bounds': (store, args) => store.log.bounds(...args),
  'log.trim': (store, args) => store.log.trim(...args),
  'workflows.register': (store, args) => store.workflows.register(...args),
  'workflows.get': (store, args) => store.workflows.get(...args),
  'workflows.list': (store, args) => store.workflows.list(...args),
  'runs.create': (store, args) => store.runs.create(...args),
  'runs.get': (store, args) => store.runs.get(...args),
  'runs.list': (store, args) => store.runs.list(...args),
  'runs.active': (store, args) => store.runs.active(...args),
  'runs.items': (store, args) => store.runs.items(...args),
  'runs.snapshot': (store, args) => store.runs.snapshot(...args),
  'runs.logs': (store, args) => store.runs.logs(...args),
  'runs.failures': (store, args) => store.runs.failures(...args),
  'runs.throughput': (store, args) => store.runs.throughput(...args),
  'runs.overview': (store, args) => store.runs.overview(...args),
  'runs.update': (store, args) => store.runs.update(...args),
  'runs.control': (store, args) => store.runs.control(...args),
  'runs.signal': (store, args) => store.runs.signal(...args),
  'runs.request': (store, args) => store.runs.request(...args),
  'runs.remove': (store, args) => store.runs.remove(...args),
  'runs.trim': (store, args) => store.runs.trim(...args),
  'runs.report': (store, args) => store.runs.report(...args),
  'runs.texts': (store, args) => store.runs.texts(...args),
  'runs.text': (store, args) => store.runs.text(...args),
  'schedules.create': (store, args) => store.schedules.create(...args),
  'schedules.get': (store, args) => store.schedules.get(...args),
  'schedules.list': (store, args) => store.schedules.list(...args),
  'schedules.update': (store, args) => store.schedules.update(...args),
  'schedules.remove': (store, args) => store.schedules.remove(...args),
  'schedules.start': (store, args) => store.schedules.start(...args),
  'notifications.send': (store, args) => store.notifications.send(...args),
  'notifications.spreadTo': (store, args) => store.notifications.spreadTo(...args),
  'notifications.get': (store, args) => store.notifications.get(...args),
  'notifications.list': (store, args) => store.notifications.list(...args),
  'notifications.status': (store) => store.notifications.status(),
  'notifications.update': (store, args) => store.notifications.update(...args),
  'notifications.retract': (store, args) => store.notifications.retract(...args),
  'notifications.retry': (store, args) => store.notifications.retry(...args),
  'notifications.trace': (store, args) => store.notifications.trace(...args),
  'notifications.inbox': (store, args) => store.notifications.inbox(...args),
  'notifications.snapshot': (store, args) => store.notifications.snapshot(...args),
  'notifications.counts': (store, args) => store.notifications.counts(...args),
  'notifications.mark': (store, args) => store.notifications.mark(...args),
  'notifications.claim': (store, args) => store.notifications.claim(...args),
  'notifications.receive': (store, args) => store.notifications.receive(...args),
  'notifications.preferences': (store, args) => store.notifications.preferences(...args),
  'notifications.preferencesOf': (store, args) => store.notifications.preferencesOf(...args),
  'notifications.setPreferences': (store, args) => store.notifications.setPreferences(...args),
  'notifications.meet': (store, args) => store.notifications.meet(...args),
  'notifications.sweep': (store) => store.notifications.sweep(),
  'notifications.trim': (store) => store.notifications.trim(),
  'notifications.takePushes': (store, args) => store.notifications.takePushes(...args),
  'notifications.settlePushes': (store, args) => store.notifications.settlePushes(...args),
  'pushes.keys': (store) => store.pushes.keys(),
  'pushes.add': (store, args) => store.pushes.add(...args),
  'pushes.of': (store, args) => store.pushes.of(...args),
  'pushes.remove': (store, args) => store.pushes.remove(...args),
  'revocations.add': (store, args) => store.revocations.add(...args),
  'revocations.list': (store, args) => store.revocations.list(...args),
  'revocations.remove': (store, args) => store.revocations.remove(...args),
  'revocations.now': (store) => store.revocations.now(),
  'revocations.version': (store) => store.revocations.version(),
  'kpis.set': (store, args) => store.kpis.set(...args),
  'kpis.get': (store, args) => store.kpis.get(...args),
  'kpis.list': (store, args) => store.kpis.list(...args),
  'kpis.remove': (store, args) => store.kpis.remove(...args),
  'kpis.read': (store, args) => store.kpis.read(...args),
  'kpis.version': (store) => store.kpis.version(),
  'tickets.secret': (store) => store.tickets.secret(),
  'tickets.use': (store, args) => store.tickets.use(...args),
  'tickets.keep': (store, args) => store.tickets.keep(...args),
  'tickets.rights': (store, args) => store.tickets.rights(...args),
  'usage.list': (store, args) => store.usage.list(...args),
  'work.claim': (store, args) => store.work.claim(...args),
  'work.renew': (store, args) => store.work.renew(...args),
  'work.settle': (store, args) => store.work.settle(...args),
  'work.feed': (store, args) => store.work.feed(...args),
  'work.logLines': (store, args) => store.work.logLines(...args),
  'work.usage': (store, args) => store.work.usage(...args),
  'work.texts': (store, args) => store.work.texts(...args),
  'work.kpis': (store, args) => store.work.kpis(...args),
  'work.results': (store, args) => store.work.results(...args),
  'work.release': (store, args) => store.work.release(...args),
  'work.sweep': (store, args) => store.work.sweep(...args),
}

/** Whether a name from the wire is a call. */
export function isMethod(name: string): name is Method {
  return Object.hasOwn(INVOKERS, name)
}

/** Calls the store. The arguments come from the same version of this package: the hello made sure of that. */
export function invoke(store: Store, method: Method, args: readonly unknown[]): Promise<unknown> {
  const invoker = INVOKERS[method] as (store: Store, args: readonly unknown[]) => Promise<unknown>
  return invoker(store, args)
}
