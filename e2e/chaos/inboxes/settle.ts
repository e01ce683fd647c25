import { until } from '../rig.ts'
import type { Devices } from './devices.ts'
import { judgeInbox, judgeOrder, judgeTold, judgeView, type ReadInbox, readInbox } from './judge.ts'
import type { Tab } from './tab.ts'
import type { World } from './world.ts'

/** A busy machine reads a thousand inboxes. */
const PATIENCE_MS = 120_000
const AT_ONCE = 20

/**
 * Waits until nothing is under way any more, then compares everything with the specification; answers what is wrong. Of the
 * crowd, who do nothing, the inboxes are read at the end only.
 */
export async function settle(
  world: World,
  devices: Devices,
  { open, isEnd }: { readonly open: ReadonlySet<string>; readonly isEnd: boolean },
): Promise<readonly string[]> {
  const { database, mistakes } = world
  // To look into the others' inboxes would be their first request.
  const members = world.members.filter(({ sub, kind }) => world.model.isKnown(sub) && (isEnd || kind !== 'crowd'))
  await until(() => database.underWay() === 0, PATIENCE_MS, 'everything to have arrived')
  const found = [...mistakes.splice(0), ...database.drift()]
  const tabs = Map.groupBy(devices.all, ({ member }) => member.sub)
  for (let i = 0; i < members.length; i += AT_ONCE) {
    const some = members.slice(i, i + AT_ONCE)
    const judged = some.map(async (member) => {
      const inbox = await readInbox(world, member)
      const lines = database.linesOf(member.sub)
      const here = tabs.get(member.sub) ?? []
      found.push(...judgeInbox(world, member, inbox), ...judgeOrder(inbox, lines))
      found.push(...(await judgeTabs(here, inbox)))
      for (const tab of here) found.push(...judgeTold(tab, lines, open))
    })
    await Promise.all(judged)
  }
  found.push(...devices.strayWords(world.model))
  devices.judged()
  // The first of them say what is wrong; thousands may follow from it.
  return found.slice(0, 20).map((mistake) => mistake.slice(0, 2_000))
}

async function judgeTabs(tabs: readonly Tab[], inbox: ReadInbox): Promise<readonly string[]> {
  const on = tabs.filter(({ isOn }) => isOn)
  const { version } = inbox.counts
  const late = () => on.filter((tab) => !tab.isAt(version)).map(({ name }) => name)
  try {
    await until(() => late().length === 0, PATIENCE_MS, 'tabs to catch up')
  } catch {
    const views = on.map((tab) => ({
      ...tab.inbox.get(),
      items: tab.inbox.get().items.length,
      debug: tab.client.debug(),
    }))
    return [`${late().join(', ')} did not come up to version ${version}: ${JSON.stringify(views)}`]
  }
  return on.flatMap((tab) => judgeView(tab, inbox))
}
