// @vitest-environment jsdom
import { screen, within } from '@testing-library/react'
import { act } from 'react'
import { beforeEach, describe, expect, it } from 'vitest'
import { EPOCH, type RawCall } from '../../client/src/testing/raw-hub.ts'
import { RunControls, type RunControlsProps } from './RunControls.tsx'
import { testPage, until } from './testing/page.tsx'
import { type RunControls as Controls, useRunControls } from './use-run-controls.ts'

const page = testPage()
const none = { queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0, total: 0 }

function run(offset: number, fields: object = {}) {
  return {
    ...{ id: 'r1', workflow: 'photos', external: false, status: 'running', round: 1, progress: 0, wanted: 'run' },
    ...{ controls: ['pause', 'cancel'], counts: { ...none, running: 2, queued: 4, total: 6 }, steps: [] },
    ...{ epoch: EPOCH, offset },
    ...fields,
  }
}

const HELD = { status: 'paused', controls: ['resume', 'cancel'] }
const FAILED = {
  status: 'partial',
  controls: ['retry', 'rerun'],
  counts: { ...none, completed: 4, failed: 2, total: 6 },
}

/** What was asked of the run and is not answered yet. */
let posts: RawCall[]

beforeEach(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true
  }
  HTMLDialogElement.prototype.close = function () {
    this.open = false
  }
  posts = []
  const { onCall } = page.hub
  page.hub.onCall = (call) => (call.method === 'POST' ? void posts.push(call) : onCall(call))
})

let controls: Controls
function Headless({ id = 'r1' }: { id?: string | null }) {
  controls = useRunControls(id)
  return <p>{`${controls.run?.status ?? 'unknown'} ${controls.allowed.join('+')} ${controls.pending ?? '-'}`}</p>
}

async function show(children: React.ReactNode, fields: object = {}) {
  const view = page.render(children)
  await until(() => expect(page.hub.open).toBe(1))
  page.hub.last.control('snapshot', {
    topic: 'run:r1',
    epoch: EPOCH,
    offset: 1,
    data: { run: run(1, fields), items: [] },
  })
  return view
}

const state = (offset: number, fields: object) =>
  page.hub.last.control('state', { topic: 'run:r1', epoch: EPOCH, offset, data: run(offset, fields) })
const says = (text: string) => until(() => expect(screen.getByText(text)).toBeDefined())
const refuse = (call: RawCall | undefined, code: string, status: number) =>
  call?.answer(status, { code, status, title: code, detail: `it is ${code}`, type: 'x' })

describe('useRunControls', () => {
  it('knows nothing before the first word, and asks nothing without an id', async () => {
    page.render(<Headless id={null} />)
    expect(screen.getByText('unknown -')).toBeDefined()
    expect(controls.why('pause')).toBe('unknown')
    expect(await controls.pause()).toBe(null)
    expect([posts.length, page.hub.streams.length]).toEqual([0, 0])
  })

  it('two clicks, of two components, are one request; another control waits', async () => {
    await show(
      <>
        <Headless />
        <RunControls runId="r1" />
      </>,
    )
    await says('running pause+cancel -')
    let answers: readonly unknown[] = []
    await act(async () => {
      const asked = [controls.pause(), controls.pause(), controls.cancel()]
      screen.getByRole('button', { name: 'Pause' }).click()
      expect(await asked[2]).toBe(null)
      void Promise.all(asked.slice(0, 2)).then((all) => {
        answers = all
      })
    })
    await says('running pause+cancel pause')
    await until(() => expect(posts.map(({ path }) => path)).toEqual(['/v1/runs/r1/pause']))
    expect([controls.why('cancel'), controls.why('retry'), controls.why('pause')]).toEqual([
      'pending',
      'state',
      'pending',
    ])
    // Nothing is claimed before the hub said it.
    expect(screen.getByRole('button', { name: 'Pause' }).getAttribute('aria-busy')).toBe('true')
    posts[0]?.answer(200, run(5, HELD))
    await says('paused resume+cancel -')
    expect(answers).toMatchObject([{ status: 'paused' }, { status: 'paused' }])
    // The stream is behind the answer, then ahead of it.
    state(4, {})
    state(6, { status: 'running' })
    await says('running pause+cancel -')
    expect(posts).toHaveLength(1)
  })

  it('says why it was refused, until told that this is read; forbidden blocks everything', async () => {
    await show(<Headless />)
    await says('running pause+cancel -')
    await act(async () => {
      const asked = controls.cancel()
      await until(() => expect(posts).toHaveLength(1))
      refuse(posts[0], 'forbidden', 403)
      expect(await asked).toBe(null)
    })
    expect([controls.error?.code, controls.why('pause'), controls.why('cancel')]).toEqual([
      'forbidden',
      'forbidden',
      'forbidden',
    ])
    act(() => controls.dismiss())
    expect([controls.error, controls.why('pause')]).toEqual([null, null])
  })

  it('hands no event on, and a rerun whose answer was lost is asked for by the same id', async () => {
    await show(<Headless />, FAILED)
    await says('partial retry+rerun -')
    const rerun = async (status: number, body: object) => {
      await act(async () => {
        const asked = controls.rerun()
        await until(() => expect(posts).toHaveLength(1))
        posts[0]?.answer(status, body)
        await asked
      })
      return (posts.shift()?.body as { id?: string } | undefined)?.id
    }
    const first = await rerun(503, {})
    const second = await rerun(201, run(1, { id: 'r2' }))
    const third = await rerun(201, run(1, { id: 'r3' }))
    expect(first).toMatch(/^[a-z0-9]{15}$/)
    expect([second === first, third === first]).toEqual([true, false])
    // The answer is another run: this one is as it was.
    expect(controls.run?.id).toBe('r1')
    const retry = controls.retry as (event: unknown) => unknown
    act(() => void retry({ type: 'click', target: {} }))
    await until(() => expect(posts.map(({ body }) => body)).toEqual([{}]))
    posts[0]?.answer(200, run(9, {}))
    await says('running pause+cancel -')
  })

  it.each([
    [
      'queued',
      false,
      ['pause', 'cancel'],
      { pause: null, resume: 'state', cancel: null, retry: 'state', retryItems: 'state' },
    ],
    ['paused', false, ['resume', 'cancel'], { pause: 'state', resume: null, rerun: 'state', retryItems: 'state' }],
    ['completed', false, ['rerun'], { cancel: 'state', retry: 'state', rerun: null, retryItems: null }],
    ['failed', false, ['retry', 'rerun'], { retry: null, rerun: null, retryItems: null }],
    ['failed', true, ['rerun'], { retry: 'external', rerun: null, retryItems: 'external' }],
  ] as const)('a run that is %s, external %s: what each control says', async (status, external, allowed, expected) => {
    await show(<Headless />, { status, external, controls: allowed })
    await says(`${status} ${allowed.join('+')} -`)
    const names = Object.keys(expected) as (keyof typeof expected)[]
    expect(Object.fromEntries(names.map((name) => [name, controls.why(name)]))).toEqual(expected)
  })
})

describe('<RunControls>', () => {
  const draw = (fields: object = {}, props: Partial<RunControlsProps> = {}) =>
    show(<RunControls runId="r1" {...props} />, fields)
  const names = () =>
    within(screen.getByRole('group'))
      .getAllByRole('button')
      .map((one) => one.textContent)
  const button = (name: string) => screen.findByRole('button', { name })
  const press = async (name: string) => {
    const one = await button(name)
    act(() => one.click())
  }

  it('asks once before a cancel, with the count of what is lost', async () => {
    await draw()
    await press('Cancel…')
    const dialog = screen.getByRole('alertdialog', { name: 'Cancel this run of photos?' })
    expect(within(dialog).getByText(/not done yet: 6, of them at work now: 2/)).toBeDefined()
    await press('Leave it')
    expect([screen.queryByRole('alertdialog'), posts.length]).toEqual([null, 0])
    await press('Cancel…')
    await press('Cancel 6')
    await until(() => expect(posts.map(({ path }) => path)).toEqual(['/v1/runs/r1/cancel']))
    posts[0]?.answer(
      200,
      run(7, { status: 'cancelled', controls: ['retry', 'rerun'], counts: { ...none, cancelled: 6, total: 6 } }),
    )
    await button('Go on with 6')
    expect(names()).toEqual(['Go on with 6', 'Run again'])
  })

  it('says what still runs after a pause, and stops that when asked', async () => {
    await draw(HELD)
    await press('Stop them now')
    await until(() =>
      expect(posts.map(({ path, body }) => [path, body])).toEqual([['/v1/runs/r1/pause', { hard: true }]]),
    )
    posts[0]?.answer(200, run(3, { ...HELD, counts: { ...none, queued: 6, total: 6 } }))
    await until(() => expect(screen.queryByText(/still at work/)).toBe(null))
  })

  it('a control that is not possible stays reachable and says why', async () => {
    await draw({ ...FAILED, external: true, controls: ['rerun'] })
    const retry = await button('Retry')
    expect(retry.getAttribute('aria-disabled')).toBe('true')
    const why = document.getElementById(retry.getAttribute('aria-describedby') ?? '')
    expect(why?.textContent).toContain('Run again')
    await press('Retry')
    expect(posts).toEqual([])
  })

  it('tells a reporter’s run as it is asked, ends it by force, and shows a refusal', async () => {
    await draw({ external: true, wanted: 'cancel', controls: ['resume', 'cancel'] })
    await press('End it here')
    act(() => within(screen.getByRole('alertdialog')).getByRole('button', { name: 'End it here' }).click())
    await until(() => expect(posts.map(({ path }) => path)).toEqual(['/v1/runs/r1/cancel?force=true']))
    refuse(posts[0], 'invalid_state', 409)
    await until(() => expect(screen.getByRole('alert').textContent).toBe('Refused: it is invalid_state'))
  })

  it('hands on the run that was made, in the application’s words', async () => {
    const made: string[] = []
    const labels = { retryFailed: (count: string) => `Noch einmal (${count})` }
    await draw(FAILED, { labels, locale: 'fr', onRerun: ({ id }) => made.push(id) })
    await button('Noch einmal (2)')
    await press('Relancer')
    await until(() => expect(posts).toHaveLength(1))
    posts[0]?.answer(201, run(1, { id: 'r2' }))
    await until(() => expect(made).toEqual(['r2']))
  })
})
