/** Tabs of one browser, thousands of them in turn, with every delay and order of words, grants, sleep and death. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeBrowser, type FakeTab } from '../testing/fake-browser.ts'
import type { ElectionSettings } from './election-state.ts'

const settings: ElectionSettings = { silenceMs: 10_000, answerMs: 4000, stealMs: 60_000, handOverMs: 10_000 }
let browser: FakeBrowser

beforeEach(() => use(new FakeBrowser()))
afterEach(() => vi.unstubAllGlobals())

function use(made: FakeBrowser): void {
  browser = made
  for (const [name, value] of Object.entries(made.globals())) vi.stubGlobal(name, value)
}

/** As seats do: no two tabs lose patience at the same moment. */
function open(visible = true): FakeTab {
  return browser.open(visible, { ...settings, answerMs: settings.answerMs + 200 * browser.tabs.length })
}

const phases = () => browser.tabs.map(({ state }) => state.phase)
const live = () => browser.tabs.filter(({ gone, state }) => !gone && state.phase !== 'away')

describe('tabs of one browser', () => {
  it('have one leader, the first; the next in line takes over at once when it closes or crashes', async () => {
    for (let i = 0; i < 4; i += 1) open()
    await browser.pass(100)
    expect(phases()).toEqual(['leading', 'following', 'following', 'following'])
    browser.tabs[0]?.end(false)
    await browser.pass(10)
    expect(phases()).toEqual(['away', 'leading', 'following', 'following'])
    browser.tabs[1]?.end(true)
    await browser.pass(10)
    expect(phases().slice(2)).toEqual(['leading', 'following'])
    expect(browser.steals).toEqual([])
  })

  it('leave a leader that is silent and answers alone for an hour', async () => {
    for (let i = 0; i < 4; i += 1) open(i > 0)
    browser.tabs[0]?.see(true)
    await browser.pass(3_600_000)
    expect([phases()[0], browser.steals]).toEqual(['leading', []])
  })

  it('take the lead from one that sleeps in under 20 s, by one of them', async () => {
    for (let i = 0; i < 5; i += 1) open()
    await browser.pass(100)
    ;(browser.tabs[0] as FakeTab).frozen = true
    await browser.pass(20_000)
    expect(phases().filter((phase) => phase === 'leading')).toHaveLength(2)
    expect(browser.steals).toHaveLength(1)
    browser.tabs[0]?.thaw(true)
    await browser.pass(100)
    expect(phases().toSorted()).toEqual(['following', 'following', 'following', 'following', 'leading'])
  })

  it('do not take the lead while all are hidden; the first that is looked at asks at once', async () => {
    for (let i = 0; i < 3; i += 1) open(false)
    await browser.pass(100)
    ;(browser.tabs[0] as FakeTab).frozen = true
    await browser.pass(600_000)
    expect([browser.steals, phases()]).toEqual([[], ['leading', 'following', 'following']])
    browser.tabs[2]?.see(true)
    await browser.pass(5000)
    expect(phases()[2]).toBe('leading')
  })

  it('give the lead to one that is looked at for 10 s, without force', async () => {
    const [a, b] = [open(), open(false)]
    await browser.pass(100)
    a.see(false)
    b.see(true)
    await browser.pass(9000)
    expect(phases()).toEqual(['leading', 'following'])
    await browser.pass(2000)
    expect([phases(), browser.steals]).toEqual([['following', 'leading'], []])
  })

  it('give it again to one that begged while the leader was looked at', async () => {
    const [a, b] = [open(), open(false)]
    await browser.pass(100)
    a.see(false)
    b.see(true)
    await browser.pass(9990)
    browser.delay = () => 50
    // Begging and showing cross.
    a.see(true)
    await browser.pass(1000)
    expect([phases(), b.state]).toMatchObject([['leading', 'following'], { lead: { visible: true } }])
    browser.delay = () => 1
    a.see(false)
    await browser.pass(11_000)
    expect(phases()).toEqual(['following', 'leading'])
  })

  it('stay where they are when one wakes whose alarm rings before it reads what came', async () => {
    const [, b] = [open(), open()]
    await browser.pass(10_000)
    expect(b.state).toMatchObject({ phase: 'following' })
    // Asked, and asleep before its own question comes back.
    for (let i = 0; i < 20 && !('askedAt' in b.state && b.state.askedAt !== null); i += 1) await browser.pass(1)
    expect(b.state).toMatchObject({ phase: 'following', echoed: false })
    b.frozen = true
    await browser.pass(60_000)
    b.thaw(true)
    await browser.pass(30_000)
    expect([phases(), browser.steals]).toEqual([['leading', 'following'], []])
  })

  it('leave one that hears nobody alone, for good', async () => {
    const [, b] = [open(), open()]
    await browser.pass(100)
    b.deaf = true
    await browser.pass(20_000)
    expect([phases(), b.state]).toMatchObject([['leading', 'alone'], { reason: 'this tab does not hear the others' }])
  })
})

const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('open' as const), visible: fc.boolean() }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom('close', 'crash', 'freeze', 'thaw', 'thaw alarm', 'show', 'hide', 'rejoin'),
      tab: fc.nat(5),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deafen' as const), tab: fc.nat(5) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 20_000 }), fc.constant(70_000)),
    }),
  },
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

async function play(one: Act): Promise<void> {
  if (one.kind === 'pass') return browser.pass(one.ms)
  if (one.kind === 'open') {
    if (live().length < 6) open(one.visible)
    return
  }
  const tabs = browser.tabs.filter(({ gone }) => !gone)
  const tab = tabs[one.tab % Math.max(1, tabs.length)]
  if (tab === undefined) return
  if (one.kind === 'close' || one.kind === 'crash') tab.end(one.kind === 'crash')
  else if (one.kind === 'freeze') tab.frozen = true
  else if (one.kind === 'thaw' || one.kind === 'thaw alarm') tab.thaw(one.kind === 'thaw alarm')
  else if (one.kind === 'show' || one.kind === 'hide') tab.see(one.kind === 'show')
  else if (one.kind === 'deafen') tab.deaf = true
  else {
    tab.run(() => {
      tab.election.input({ type: 'leave' })
      tab.since = browser.now
      tab.election.input({ type: 'join' })
    })
  }
}

/** What holds at every moment, whatever happened. */
function check(): void {
  const leaders = live().flatMap(({ state }) => (state.phase === 'leading' ? [state.term] : []))
  expect(new Set(leaders).size, 'leaders of one term').toBe(leaders.length)
  for (const { terms } of browser.tabs) expect(terms).toEqual(terms.toSorted((a, b) => a - b))
}

/** Between two takeovers by force there is time, unless the second comes from a tab that was not there at the first. */
function checkSteals(): void {
  const spans = browser.steals.map(({ at, since }, i) => {
    const last = browser.steals.slice(0, i).findLast((one) => one.at > since)
    return last ? at - last.at : Number.POSITIVE_INFINITY
  })
  expect(Math.min(Number.POSITIVE_INFINITY, ...spans), JSON.stringify(browser.steals)).toBeGreaterThanOrEqual(
    settings.stealMs,
  )
}

it('keep their promises through any life of any tabs', async () => {
  const delays = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60 }), delays, async (acts, times) => {
      use(new FakeBrowser())
      let turn = 0
      browser.delay = () => times[turn++ % times.length] ?? 0
      open()
      for (const one of acts) {
        await play(one)
        check()
      }
      for (const tab of browser.tabs) if (tab.frozen) tab.thaw(turn % 2 === 0)
      await browser.pass(300_000)
      check()
      if (!browser.tabs.some(({ deaf }) => deaf)) checkSteals()
      const rest = live().filter(({ state }) => state.phase !== 'alone')
      expect(rest.filter(({ state }) => state.phase === 'leading')).toHaveLength(Math.min(1, rest.length))
      const leader = rest.find(({ state }) => state.phase === 'leading')
      for (const tab of rest) {
        if (tab === leader) continue
        const { deaf, state } = tab
        // Nobody who is looked at waits in vain; one that is hidden cannot know.
        if (deaf) expect(state.visibleSince).toBeNull()
        else if (!leader?.deaf) expect(state).toMatchObject({ phase: 'following', lead: { tab: leader?.name } })
        else expect(state.visibleSince).toBeNull()
      }
      for (const { deaf, state } of live()) if (state.phase === 'alone' && !deaf) expect(state.reason).toMatch(/fought/)
    }),
  )
})
