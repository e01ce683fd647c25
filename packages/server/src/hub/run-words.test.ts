/** What changes a run without an event of its log: tags, budget, what is wanted, silence, waits. */
import type { Run, Snapshot, State } from '@monofil/protocol'
import { type SseReader, startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.close())

async function start(id: string): Promise<string> {
  const body = { id, workflow: 'w', external: true, tags: ['old'] }
  expect((await hub.call('POST', '/v1/runs', body)).status).toBe(201)
  return id
}

/** The tags as this reader has them by now. */
function tagsOf(reader: SseReader): readonly string[] | undefined {
  const words = reader.blocks.flatMap(({ event, data = 'null' }) => {
    if (event === 'snapshot') return [(JSON.parse(data) as Snapshot<{ run: Run }>).data.run]
    if (event === 'state') return [(JSON.parse(data) as State<Run>).data]
    return event === 'progress' ? [JSON.parse(data) as Run] : []
  })
  return words.at(-1)?.tags
}

test.each(['the one stream', 'its own stream'])('who comes to %s later has the newest word of a run', async (way) => {
  const id = await start(way.replaceAll(' ', '-'))
  const open = () => (way === 'the one stream' ? hub.open([`run:${id}`]) : hub.stream(`/v1/runs/${id}/events`))
  const first = await open()
  await expect.poll(() => tagsOf(first)).toEqual(['old'])
  for (const tags of [['new'], ['newer'], ['newest']]) {
    await hub.call('PATCH', `/v1/runs/${id}`, { tags })
    await expect.poll(() => tagsOf(first)).toEqual(tags)
    const next = await open()
    await expect.poll(() => tagsOf(next)).toEqual(tags)
  }
})

test('the snapshot of a run that is over has what was changed after its end', async () => {
  const id = await start('over')
  await hub.call('POST', `/v1/runs/${id}/reports`, { reports: [{ id: '1', status: 'completed' }] })
  const first = await hub.open([`run:${id}`])
  await expect.poll(() => tagsOf(first)).toEqual(['old'])
  await hub.call('PATCH', `/v1/runs/${id}`, { tags: ['new'] })
  await expect.poll(() => tagsOf(first)).toEqual(['new'])
  const own = await hub.stream(`/v1/runs/${id}/events`)
  await own.closed()
  expect(tagsOf(own)).toEqual(['new'])
})
