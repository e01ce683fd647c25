/**
 * Cuts at random places: inside frames, inside answers' heads, inside requests, of the stream and of PATCH. What the
 * application saw must be the log. TEST_SEED repeats a run's choices.
 */
import { createClient } from '@monofil/client'
import { startHub } from '@monofil/testkit'
import type { Cut, CutPlan } from '@monofil/testkit/fault-proxy'
import { expect, it } from 'vitest'
import { chooseSeed, Patient, SOON, seeded } from './network-lab.ts'

const LONG = process.env['TEST_LONG'] !== undefined
const EVENTS = LONG ? 100_000 : 10_000
const CUTS = LONG ? 1_000 : 80
const PER_BATCH = 25

/** Kinds of rounds, with how often each comes and within how many bytes its cut falls. */
const ROUNDS: readonly { readonly name: string; readonly weight: number; readonly bytes: number; plan: CutPlan }[] = [
  { name: 'in the stream', weight: 4, bytes: 9_000, plan: { direction: 'down', request: 'POST /v1/stream' } },
  { name: 'anywhere', weight: 2, bytes: 9_000, plan: {} },
  { name: 'in the answer that opens', weight: 2, bytes: 900, plan: { direction: 'down', request: 'POST /v1/stream' } },
  { name: 'in the request that opens', weight: 1, bytes: 300, plan: { direction: 'up', request: 'POST /v1/stream' } },
  { name: 'in a PATCH', weight: 1, bytes: 250, plan: { direction: 'up', request: 'PATCH', alone: true } },
  {
    name: 'in the answer of a PATCH',
    weight: 2,
    bytes: 250,
    plan: { direction: 'down', request: 'PATCH', alone: true },
  },
]

it(`sees the log, whole and in order, over ${CUTS} cuts during ${EVENTS} events`, { timeout: 600_000 }, async () => {
  const seed = chooseSeed()
  const random = seeded(seed)
  // The hub's own `retry:` would be honoured, and make this test last a second for each cut.
  const hub = await startHub({ settings: { retryMs: 5 } })
  const publisher = createClient({ url: hub.url, share: 'none' })
  const backoff = { minMs: 1, baseMs: 4, maxMs: 25 }
  const patient = await Patient.open(hub.url, hub.server, { backoff, lingerMs: 1, silenceMs: 5_000, random })
  const { proxy, client } = patient
  const cuts: (Cut & { readonly name: string })[] = []
  let published = 0
  let turns = 0
  try {
    await patient.opened()
    while (cuts.length < CUTS) {
      const { name, bytes, plan } = choose(random)
      const cut = proxy.cutAfter(1 + Math.floor(random() * bytes), { ...plan, how: random() < 0.5 ? 'reset' : 'end' })
      // Some of the way in tiny pieces, so that cuts and reads fall inside of characters too.
      proxy.pace(0, random() < 0.2 ? 1 + Math.floor(random() * 100) : 0)
      // A stream that opens is cut only where there is one that ends before.
      if (name.endsWith('opens')) proxy.cut()
      let isCut = false
      const done = cut.then((where) => {
        isCut = true
        cuts.push({ ...where, name })
      })
      const share = Math.round(((cuts.length + 1) / CUTS) * EVENTS)
      while (published < share || !isCut) {
        turns += 1
        const leave = client.subscribe(`other-${turns % 7}`)
        if (published < share) await publisher.api.publish(batch(published))
        else await new Promise((resolve) => setTimeout(resolve, 2))
        if (published < share) published += PER_BATCH
        leave()
        // An answer or request that was shorter than the bytes to wait for: the next stream's count too.
        if (!isCut && published >= share && name.endsWith('opens') && client.debug().open) proxy.cut()
      }
      await done
    }
    proxy.pace(0)
    const log = await patient.expectLog(hub.url)
    expect(log).toHaveLength(published)
    expect(log.map((event) => (event.data as { n: number }).n)).toEqual(Array.from({ length: published }, (_, n) => n))
    expect(patient.gaps).toEqual([])
    patient.expectOneStream()
    expectCoverage(cuts)
    await expect.poll(() => client.debug().refs, SOON).toEqual({ orders: 1 })
  } catch (cause) {
    throw new Error(`with TEST_SEED=${seed}, after ${cuts.length} cuts: ${String(cause)}`, { cause })
  } finally {
    publisher.close()
    await patient.close()
    await hub.close()
  }
})

function choose(random: () => number): (typeof ROUNDS)[number] {
  const all = ROUNDS.flatMap((round) => Array.from({ length: round.weight }, () => round))
  return all[Math.floor(random() * all.length)] as (typeof ROUNDS)[number]
}

function batch(from: number): { topic: string; type: string; data: unknown; id: string }[] {
  return Array.from({ length: PER_BATCH }, (_, i) => {
    const n = from + i
    return { topic: 'orders', type: 'made', data: { n, text: 'ä€😀'.repeat(n % 9) }, id: `e${n}` }
  })
}

// A test whose cuts all fall between frames would prove little.
function expectCoverage(cuts: readonly (Cut & { readonly name: string })[]): void {
  const places = new Set(
    cuts.map(({ request, direction, place }) => `${request.slice(0, 5).trim()} ${direction} ${place}`),
  )
  for (const place of ['POST up request', 'POST down head', 'POST down body', 'PATCH up request', 'PATCH down head']) {
    expect(places).toContain(place)
  }
}
