import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'

// Each test starts processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bench: Bench
let url: string
beforeAll(async () => {
  bench = await Bench.open()
  url = (await bench.startHub([])).url
})
afterAll(() => bench.close())

const cli = (...args: string[]): ReturnType<Bench['run']> => bench.run(args, { env: { MONOFIL_URL: url } })

describe('monofil notify', () => {
  test('sends once, and it is in the inbox', async () => {
    const asked = ['notify', 'Deployed', '--user', 'dev', '--severity', 'success', '--data', '{"n":1}', '--id', 'd1']
    expect(await cli(...asked)).toMatchObject({ code: 0, stdout: 'd1: sent\n', stderr: '' })
    expect((await cli(...asked)).stdout).toBe('d1: known already, not sent again\n')
    const inbox = (await (await fetch(`${url}/v1/inbox`)).json()) as { items: unknown[] }
    expect(inbox.items).toMatchObject([{ id: 'd1', title: 'Deployed', severity: 'success', data: { n: 1 } }])
    const later = await cli('notify', 'Soon', '--all', '--at', '2h', '--ttl-ms', '1000', '--json')
    expect(JSON.parse(later.stdout)).toMatchObject({ created: true })
    expect((await cli('notify', 'Now', '--role', 'ops', '--ephemeral')).stdout).toContain('open tabs, not stored')
  })

  test('says in words what is wrong', async () => {
    expect(await cli('notify', 'x')).toMatchObject({ code: 2, stderr: expect.stringContaining('--user, --role') })
    const loud = await cli('notify', 'x', '--all', '--severity', 'loud')
    expect(loud).toMatchObject({ code: 2, stderr: expect.stringContaining('not one of info') })
    const link = await cli('notify', 'x', '--all', '--link', 'javascript:x')
    expect(link).toMatchObject({ code: 1, stderr: expect.stringContaining('link') })
  })
})
