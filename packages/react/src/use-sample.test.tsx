// @vitest-environment jsdom
import { screen } from '@testing-library/react'
import { act } from 'react'
import { beforeEach, expect, it } from 'vitest'
import { EPOCH, type RawCall } from '../../client/src/testing/raw-hub.ts'
import { testPage, until } from './testing/page.tsx'
import { useSample } from './use-sample.ts'

const page = testPage()
const none = { queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0, total: 0 }
const waiting = { reason: 'sample', until: null, limit: null }

function run(offset: number, fields: object = {}) {
  return {
    ...{ id: 'r1', workflow: 'answers', external: false, status: 'running', round: 1, progress: 0, wanted: 'run' },
    ...{ controls: ['pause', 'cancel'], counts: none, steps: [], usage: { projected: null }, waiting: null, eta: null },
    ...{ epoch: EPOCH, offset },
    ...fields,
  }
}

const DONE = {
  status: 'paused',
  waiting,
  controls: ['resume', 'cancel'],
  counts: { ...none, completed: 3, failed: 1, queued: 17, total: 21 },
  steps: [
    { name: 'list', waiting: null, counts: { ...none, completed: 1, total: 1 } },
    { name: 'ask', waiting, counts: { ...none, completed: 2, failed: 1, queued: 17, total: 20 } },
  ],
  usage: { cost: '0.06', currency: 'USD', projected: { cost: '0.4', currency: 'USD' } },
  eta: { lowMs: 1000, highMs: 2000 },
}

let posts: RawCall[]
beforeEach(() => {
  posts = []
  const { onCall } = page.hub
  page.hub.onCall = (call) => (call.method === 'POST' ? void posts.push(call) : onCall(call))
})

let shown: ReturnType<typeof useSample>
function Headless() {
  shown = useSample('r1')
  const { sample, pending } = shown
  return <p>{`${sample === null ? 'none' : `${sample.done} of ${sample.total}`} ${pending ?? '-'}`}</p>
}

const says = (text: string) => until(() => expect(screen.getByText(text)).toBeDefined())

it('is there while a sample waits, for who comes late too, and goes on when told', async () => {
  page.render(<Headless />)
  await until(() => expect(page.hub.open).toBe(1))
  const topic = { topic: 'run:r1', epoch: EPOCH }
  page.hub.last.control('snapshot', { ...topic, offset: 1, data: { run: run(1, DONE), items: [] } })
  await says('3 of 20 -')
  expect(shown.sample).toEqual({
    ...{ done: 3, failed: 1, total: 20, eta: { lowMs: 1000, highMs: 2000 } },
    usage: { cost: '0.06', currency: 'USD' },
    projected: { cost: '0.4', currency: 'USD' },
  })
  act(() => void shown.goOn())
  await says('3 of 20 resume')
  await until(() => expect(posts.map(({ path }) => path)).toEqual(['/v1/runs/r1/resume']))
  posts[0]?.answer(200, run(2))
  await says('none -')
})
