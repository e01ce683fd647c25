/** Every control in every state over HTTP, of runs of ours and of external ones: the answer is the table's. */
import type { Run } from '@monofil/protocol'
import { ControlLab, controlCells, startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let hub: TestHub
let lab: ControlLab
beforeAll(async () => {
  hub = await startHub()
  lab = new ControlLab(hub)
})
afterAll(() => hub.close())

const get = async (id: string) => (await hub.call<Run>('GET', `/v1/runs/${id}`)).body

test.each(controlCells().map((cell) => ({ ...cell, kind: cell.external ? 'an external run' : 'a run', cell })))(
  '$action of $kind that is $status',
  async ({ cell: { status, external, action, expected } }) => {
    const id = await lab.make(status, external)
    const before = await get(id)
    if (expected === null) {
      const refused = await hub.call('POST', `/v1/runs/${id}/${action}`, {})
      expect(refused).toMatchObject({ status: 409, body: { code: 'invalid_state', state: status, runId: id } })
      expect(await get(id)).toEqual(before)
      expect(before.controls).not.toContain(action)
      return
    }
    if (action === 'rerun') {
      const again = await hub.call<Run>('POST', `/v1/runs/${id}/rerun`, { id: `${id}-again` })
      expect(again).toMatchObject({ status: 201, body: { ...expected, id: `${id}-again`, parentId: id } })
      const twice = await hub.call<Run>('POST', `/v1/runs/${id}/rerun`, { id: `${id}-again` })
      expect(twice).toMatchObject({ status: 200, body: { id: `${id}-again` } })
      expect(await get(id)).toEqual(before)
      return
    }
    const once = await hub.call<Run>('POST', `/v1/runs/${id}/${action}`, {})
    expect(once).toMatchObject({ status: 200, body: { id, ...expected } })
    const twice = await hub.call<Run>('POST', `/v1/runs/${id}/${action}`, {})
    expect(twice).toMatchObject({ status: 200, body: once.body })
    expect(await get(id)).toEqual(once.body)
  },
)

test('what a run says can be asked of it is what is taken, and changes something', async () => {
  for (const { status, external, action, expected } of controlCells()) {
    const before = await get(await lab.make(status, external))
    const changes = Object.entries(expected ?? {}).some(([field, value]) => before[field as keyof Run] !== value)
    const isOffered = before.controls.includes(action)
    // A rerun changes nothing of the run itself; an external cancel that is wanted already may be asked for again.
    if (action === 'rerun') expect(isOffered).toBe(expected !== null)
    else if (isOffered) expect([status, action, changes]).toEqual([status, action, true])
    else expect([status, action, changes]).toEqual([status, action, false])
  }
})
