import { isDeepStrictEqual } from 'node:util'
import type { InboxCounts, InboxItem } from '@monofil/protocol'
import type { InboxLine } from './database.ts'
import type { Member } from './member.ts'
import type { Item } from './model.ts'
import type { Tab } from './tab.ts'
import { canaryOf } from './tap.ts'
import type { World } from './world.ts'

/** An inbox as REST tells it: everything in it, newest first. */
export interface ReadInbox {
  readonly items: readonly InboxItem[]
  readonly counts: InboxCounts
}

export async function readInbox({ hub }: World, member: Member): Promise<ReadInbox> {
  const items: InboxItem[] = []
  for (let cursor = ''; ; ) {
    const query = `state=all&limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    const { body } = await hub.ask(member, ['GET', `/v1/inbox?${query}`])
    const page = body as { items: InboxItem[]; counts: InboxCounts; nextCursor: string | null }
    items.push(...page.items)
    if (page.nextCursor === null) return { items, counts: page.counts }
    cursor = page.nextCursor
  }
}

/** Where an inbox is not what the specification says. */
export function judgeInbox({ model }: World, { sub, kind }: Member, inbox: ReadInbox): readonly string[] {
  const shown = model.shown(sub)
  // How many digests there are depends on the moment; that each thing is counted once, on nothing.
  const digests = inbox.items.filter(({ action }) => action === 'digest')
  const items = inbox.items.filter(({ action }) => action !== 'digest')
  const mistakes: string[] = []
  const wrong = (what: string, details: unknown = '') => mistakes.push(`${sub}: ${what} ${JSON.stringify(details)}`)
  const ids = items.map(({ id }) => id)
  const missing = [...shown.keys()].filter((id) => !ids.includes(id))
  if (missing.length > 0) wrong('is missing', missing)
  if (new Set(ids).size < ids.length) wrong('has one twice', ids)
  for (const item of items) {
    const expected = shown.get(item.id)
    if (expected === undefined) wrong('has what is not theirs', item)
    else if (!isAsItShould(item, expected, model.notice(item.id), kind)) wrong('differs', [expected, item])
  }
  const { unseen, unread } = inbox.counts
  const left = inbox.items.filter(({ archivedAt }) => archivedAt === null)
  const counted = {
    unseen: left.filter(({ seenAt }) => seenAt === null).length,
    unread: left.filter(({ readAt }) => readAt === null).length,
  }
  if (!isDeepStrictEqual({ unseen, unread }, counted))
    wrong('counts are not those of the items', [inbox.counts, counted])
  if (kind === 'digester') {
    const told = digests.reduce((sum, { data }) => sum + (data as { digest: { count: number } }).digest.count, 0)
    const quiet = items.filter((item) => item.quiet === 'digest').length
    if (told !== quiet) wrong(`digests tell of ${told}, quiet are ${quiet}`)
  } else if (!isDeepStrictEqual({ unseen, unread }, model.counts(sub))) {
    wrong('counts are not those of the model', [inbox.counts, model.counts(sub)])
  }
  return mistakes
}

function isAsItShould(
  item: InboxItem,
  expected: Item,
  { no, revision, claimedBy, severity, module }: ReturnType<World['model']['notice']>,
  kind: Member['kind'],
): boolean {
  const words = canaryOf(no, revision)
  const said = [item.title, item.message, item.link, (item.data as { canary: string }).canary]
  return (
    said.every((one) => one?.includes(words)) &&
    isDeepStrictEqual(
      [item.via, kind === 'digester' ? null : item.quiet, item.severity, item.module, item.claim?.by ?? null],
      [expected.via, kind === 'digester' ? null : expected.quiet, severity, module, claimedBy],
    ) &&
    isDeepStrictEqual(
      [item.seenAt !== null, item.readAt !== null, item.archivedAt !== null],
      [expected.isSeen, expected.isRead, expected.isArchived],
    )
  )
}

/** Where a tab shows something else than REST: it has the newest that are not archived, without a hole. */
export function judgeView(tab: Tab, { items, counts }: ReadInbox): readonly string[] {
  const view = tab.inbox.get()
  const listed = items.filter(({ archivedAt }) => archivedAt === null)
  const expected = listed.slice(0, view.items.length)
  const mistakes: string[] = []
  if (!isDeepStrictEqual(view.counts, counts)) mistakes.push(`${tab.name}: ${JSON.stringify([view.counts, counts])}`)
  const at = view.items.findIndex((item, i) => !isDeepStrictEqual(item, expected[i]))
  if (at >= 0) mistakes.push(`${tab.name}: at ${at} it shows ${JSON.stringify([view.items[at], expected[at]])}`)
  const isShort = view.items.length < listed.length
  if (isShort && !view.hasMore) mistakes.push(`${tab.name}: ${view.items.length} of ${listed.length}, and no more`)
  return mistakes
}

/** Where a tab was told of something else than what came since it began: each once, in order, none left out. */
export function judgeTold(
  tab: Tab,
  lines: ReadonlyMap<string, InboxLine>,
  open: ReadonlySet<string>,
): readonly string[] {
  const told = tab.told.map(({ id }) => id)
  if (tab.began === undefined) return told.length === 0 ? [] : [`${tab.name}: was told before it was ready`]
  const { least, most } = tab.began
  const mistakes: string[] = []
  const wrong = (what: string, id: string) =>
    mistakes.push(`${tab.name}: ${what}: ${id} ${JSON.stringify(lines.get(id))} of ${least} to ${most}, told ${told}`)
  if (new Set(told).size < told.length) wrong('told twice', told.find((id, i) => told.indexOf(id) < i) ?? '')
  let last = 0
  for (const id of told) {
    const line = lines.get(id)
    if (line === undefined && !open.has(id)) wrong('told of what it was never given', id)
    if (line === undefined) continue
    if (line.no <= least) wrong('told of what was there before', id)
    // Words that changed are where they are newest.
    if (line.isAsItCame && line.no < last) wrong('told out of order', id)
    if (line.isAsItCame) last = line.no
  }
  // A tab that is on has caught up; another one knows everything up to the last that it was told of.
  const upTo = tab.isOn ? Number.POSITIVE_INFINITY : last
  const known = new Set(told)
  for (const { id, no, isListed, isAsItCame } of lines.values()) {
    if (no <= most || no >= upTo || !isListed || known.has(id)) continue
    if (tab.isOn || isAsItCame) wrong('never told', id)
  }
  return mistakes
}

/** An inbox is ordered by when things came, the newest first. */
export function judgeOrder({ items }: ReadInbox, lines: ReadonlyMap<string, InboxLine>): readonly string[] {
  const places = items.map(({ id }) => lines.get(id)?.no ?? 0)
  const at = places.findIndex((no, i) => i > 0 && no >= (places[i - 1] ?? 0))
  return at < 0 ? [] : [`out of order at ${at}: ${items[at]?.id} of ${places.join()}`]
}
