import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NoticeLab, seen } from './notices-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const SUBS = ['ann', 'bob', 'eve', 'zoe'] as const
const ROLES = ['ops', 'shop'] as const
const MARKS = ['seen', 'read', 'unread', 'archived'] as const

type Step =
  | {
      readonly kind: 'send'
      readonly users: readonly string[]
      readonly roles: readonly string[]
      readonly all: boolean
      readonly except: readonly string[]
    }
  | { readonly kind: 'meet'; readonly sub: string; readonly roles: readonly string[] }
  | { readonly kind: 'mark'; readonly sub: string; readonly state: (typeof MARKS)[number]; readonly nth: number | null }
  | { readonly kind: 'retract' | 'claim' | 'update'; readonly sub: string; readonly nth: number }
  | { readonly kind: 'reopen' | 'sweep' }

const sub = fc.constantFrom(...SUBS)
const some = <T>(of: readonly T[]) => fc.subarray([...of])
const nth = fc.nat({ max: 12 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      users: some(SUBS),
      roles: some(ROLES),
      all: fc.nat({ max: 4 }).map((n) => n === 0),
      except: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, some<string>(SUBS)),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('meet' as const), sub, roles: some(ROLES) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      sub,
      state: fc.constantFrom(...MARKS),
      nth: fc.option(nth),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('retract' as const, 'claim' as const, 'update' as const), sub, nth }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'sweep' as const) }) },
)

interface Sent {
  readonly id: string
  readonly users: readonly string[]
  readonly roles: readonly string[]
  readonly all: boolean
  readonly except: readonly string[]
  isGone: boolean
  claim: string | null
}
interface Mine {
  /** It came by name, or to all: no role takes it away. */
  isFirm: boolean
  isSeen: boolean
  isRead: boolean
  isArchived: boolean
}

/** The specification in the plainest words: who has been given what, and what they made of it. */
class Model {
  readonly sent: Sent[] = []
  /** By user: the roles they hold; not there: never seen. */
  readonly roles = new Map<string, readonly string[]>()
  readonly given = new Map<string, Map<string, Mine>>()

  send(notice: Sent): void {
    this.sent.push(notice)
    for (const one of SUBS) this.#consider(one, notice)
  }

  meet(one: string, roles: readonly string[]): void {
    this.roles.set(one, roles)
    for (const notice of this.sent) this.#consider(one, notice)
  }

  shown(one: string): ReadonlyMap<string, Mine> {
    const mine = this.given.get(one) ?? new Map<string, Mine>()
    const isShown = (notice: Sent): boolean => {
      if (notice.isGone || !mine.has(notice.id)) return false
      return mine.get(notice.id)?.isFirm === true || this.#holds(one, notice)
    }
    return new Map(this.sent.filter(isShown).map(({ id }) => [id, mine.get(id) as Mine]))
  }

  #holds(one: string, { roles }: Sent): boolean {
    return roles.some((role) => this.roles.get(one)?.includes(role))
  }

  #consider(one: string, notice: Sent): void {
    const mine = this.given.get(one) ?? new Map<string, Mine>()
    this.given.set(one, mine)
    if (mine.has(notice.id) || notice.isGone || notice.except.includes(one)) return
    const isNamed = notice.users.includes(one)
    const isKnown = this.roles.has(one)
    if (!isNamed && !(isKnown && (notice.all || this.#holds(one, notice)))) return
    mine.set(notice.id, { isFirm: isNamed || notice.all, isSeen: false, isRead: false, isArchived: false })
  }
}

/** Random histories, played on the store and on a model of the specification: they agree after every step. */
export function noticesRandomSuite(open: (host: StoreHost) => Promise<OpenedStore>, rounds: number): void {
  describe('a random history of notifications', () => {
    it('leaves the inboxes that the specification says, with their counts, at every step', {
      timeout: 120_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), async (steps) => {
          const lab = new NoticeLab(open)
          const model = new Model()
          await lab.open()
          try {
            for (const one of steps) {
              await play(lab, model, one)
              await agree(lab, model)
            }
          } finally {
            await lab.close()
          }
        }),
        { numRuns: rounds },
      )
    })
  })
}

async function play(lab: NoticeLab, model: Model, one: Step): Promise<void> {
  switch (one.kind) {
    case 'send': {
      const { users, roles, all, except } = one
      const id = `n${model.sent.length}`
      await lab.send(id, { to: { users, roles, all, except } })
      return model.send({ id, users, roles, all, except, isGone: false, claim: null })
    }
    case 'meet':
      await lab.notices.meet([seen(one.sub, ...one.roles)])
      return model.meet(one.sub, one.roles)
    case 'mark':
      return mark(lab, model, one)
    case 'sweep':
      await lab.notices.sweep()
      return
    case 'reopen':
      return lab.reopen()
    default:
      return change(lab, model, one)
  }
}

async function mark(lab: NoticeLab, model: Model, one: Step & { kind: 'mark' }): Promise<void> {
  const shown = model.shown(one.sub)
  const ids = one.nth === null ? null : [`n${one.nth}`]
  await lab.notices.mark(one.sub, { state: one.state, ids })
  const chosen = [...shown].filter(([id, mine]) => (ids === null ? !mine.isArchived : ids.includes(id)))
  for (const [, mine] of chosen) {
    if (one.state !== 'unread') mine.isSeen = true
    if (one.state === 'read' || one.state === 'archived') mine.isRead = true
    if (one.state === 'archived') mine.isArchived = true
    if (one.state === 'unread') Object.assign(mine, { isRead: false, isArchived: false })
  }
}

async function change(
  lab: NoticeLab,
  model: Model,
  one: Step & { kind: 'retract' | 'claim' | 'update' },
): Promise<void> {
  const notice = model.sent[one.nth]
  if (notice === undefined) return
  if (one.kind === 'retract') {
    await lab.notices.retract(notice.id)
    notice.isGone = true
    return
  }
  if (one.kind === 'update') {
    if (!notice.isGone) await lab.notices.update(notice.id, { severity: 'warning' })
    return
  }
  const may = model.shown(one.sub).has(notice.id) && notice.roles.length > 0 && [null, one.sub].includes(notice.claim)
  const claimed = await lab.notices.claim(one.sub, notice.id).then(
    () => true,
    () => false,
  )
  expect([notice.id, claimed]).toEqual([notice.id, may])
  if (may) notice.claim = one.sub
}

async function agree(lab: NoticeLab, model: Model): Promise<void> {
  for (const one of SUBS) {
    const shown = model.shown(one)
    const items = await lab.items(one, 'all')
    expect([one, items.map(({ id }) => id).sort()]).toEqual([one, [...shown.keys()].sort()])
    for (const { id, seenAt, readAt, archivedAt, claim } of items) {
      const { isSeen, isRead, isArchived } = shown.get(id) as Mine
      const by = model.sent.find((notice) => notice.id === id)?.claim ?? null
      expect([id, seenAt !== null, readAt !== null, archivedAt !== null, claim?.by ?? null]).toEqual([
        ...[id, isSeen, isRead, isArchived, by],
      ])
    }
    const left = [...shown.values()].filter(({ isArchived }) => !isArchived)
    const counts = await lab.notices.counts(one)
    const log = await lab.log(one)
    expect([one, counts]).toEqual([
      one,
      {
        unseen: left.filter(({ isSeen }) => !isSeen).length,
        unread: left.filter(({ isRead }) => !isRead).length,
        version: log.length,
      },
    ])
    if (log.length > 0) expect(log.at(-1)?.data['counts']).toEqual(counts)
    folds(
      log,
      items.map(({ id }) => id),
    )
  }
}

/** What a client makes of the log alone is what the list says. */
function folds(log: Awaited<ReturnType<NoticeLab['log']>>, ids: readonly string[]): void {
  const held = new Set<string>()
  for (const { type, data } of log) {
    if (type === 'notification' || type === 'updated') held.add(data['id'] as string)
    if (type === 'removed') for (const id of data['ids'] as string[]) held.delete(id)
  }
  expect([...held].sort()).toEqual([...ids].sort())
}
