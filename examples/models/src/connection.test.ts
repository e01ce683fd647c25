import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { connectModel, type ModelConnection } from './connection.ts'
import { ModelError } from './model-error.ts'
import { forWorker } from './outcome.ts'
import { modelStatus } from './status.ts'
import { type ModelServer, type Reply, startModelServer } from './testing/model-server.ts'

const KEY = 'sk-secret-of-this-test'
const verdict = z.object({ met: z.boolean(), why: z.string() })
const prompt = { system: 'You judge.', user: 'The CV.' }

let server: ModelServer
beforeAll(async () => {
  server = await startModelServer()
})
afterAll(() => server?.close())
beforeEach(() => {
  server.reply({ kind: 'text', text: 'Good day.' })
  server.replyToNames(null)
})

function connect(more: Record<string, string> = {}): ModelConnection {
  const env = { MODEL_URL: server.url, MODEL_KEY: KEY, MODEL_NAME: 'small', MODEL_PRICE: '2 10 EUR', ...more }
  const connection = connectModel(env)
  if (connection === null) throw new Error('no endpoint in the settings')
  return connection
}

/** What a call fails with. */
async function failureOf(call: Promise<unknown>): Promise<ModelError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ModelError)) throw new Error(`not a ModelError: ${String(error)}`)
  expect(error.message).not.toContain(KEY)
  return error
}

describe('an answer', () => {
  test('as JSON is checked, and says what it cost', async () => {
    server.reply({ kind: 'json', value: { met: true, why: 'four years of it' } })
    const { value, spent } = await connect().ask(prompt, verdict)
    expect(value).toEqual({ met: true, why: 'four years of it' })
    const [input = 0, output = 0] = [spent?.inputTokens, spent?.outputTokens]
    expect(input).toBeGreaterThan(0)
    expect(spent).toMatchObject({ model: 'small', currency: 'EUR', cost: (input * 2 + output * 10) / 1_000_000 })
    expect(server.asked.at(-1)).toMatchObject({ model: 'small', user: 'The CV.', format: 'json_object' })
    expect(server.asked.at(-1)).toMatchObject({ authorization: `Bearer ${KEY}`, stream: false })
    expect(server.asked.at(-1)?.system).toContain('"why"')
  })

  test.each([
    ['in a fence', '```json\n{"met":false,"why":"no"}\n```'],
    ['after some words', 'Here you are: {"met":false,"why":"no"}'],
  ])('as JSON %s is found', async (_where, text) => {
    server.reply({ kind: 'text', text })
    expect((await connect().ask(prompt, verdict)).value).toEqual({ met: false, why: 'no' })
  })

  test.each([
    ['is no JSON', 'I would say yes.'],
    ['is cut JSON', '{"met": tr'],
    ['lacks a field', '{"met":true}'],
  ])('that %s is a bad answer, which is tried again and has its price', async (_what, text) => {
    server.reply({ kind: 'text', text })
    const failure = await failureOf(connect().ask(prompt, verdict))
    expect(failure).toMatchObject({ code: 'bad_answer', retryable: true, spent: { model: 'small' } })
    expect(failure.spent?.cost).toBeGreaterThan(0)
  })

  test.each([
    ['object', 'json_object'],
    ['schema', 'json_schema'],
    ['text', null],
  ])('is asked for by MODEL_JSON=%s', async (mode, format) => {
    server.reply({ kind: 'json', value: { met: true, why: '' } })
    await connect({ MODEL_JSON: mode }).ask(prompt, verdict)
    expect(server.asked.at(-1)?.format).toBe(format)
  })

  test('as text comes in pieces, and they are the whole', async () => {
    const text = 'Knows the sea, the ships — and Kubernetes. 👍\nSCORE: 87'
    server.reply({ kind: 'text', text })
    const pieces: string[] = []
    const { value, spent } = await connect().write({ ...prompt, model: 'large' }, (piece) => pieces.push(piece))
    expect(value).toBe(text)
    expect(pieces.join('')).toBe(text)
    expect(pieces.length).toBeGreaterThan(5)
    expect(spent).toMatchObject({ model: 'large', outputTokens: Math.ceil(text.length / 4) })
  })
})

describe('what goes wrong is named, for JSON and for text', () => {
  const both = [
    ['ask', (to: ModelConnection) => to.ask(prompt, verdict)],
    ['write', (to: ModelConnection) => to.write(prompt)],
  ] as const
  const cases: readonly [Reply, string, boolean][] = [
    [{ kind: 'quota' }, 'quota_exhausted', false],
    [{ kind: 'unauthorized' }, 'unauthorized', false],
    [{ kind: 'unknown_model' }, 'model_not_found', false],
    [{ kind: 'too_long', text: '{"met":true,"why":"and so on' }, 'too_long', false],
    [{ kind: 'failed' }, 'endpoint_failed', true],
    [{ kind: 'cut', text: '{"met":true,"why":"it was cut here"}' }, 'stream_cut', true],
    [{ kind: 'cut', text: '{"met":true,"why":"it was cut here"}', quietly: true }, 'stream_cut', true],
  ]
  for (const [how, call] of both) {
    test.each(cases)(`${how}: $kind is $1`, async (reply, code, retryable) => {
      server.reply(reply)
      const before = server.asked.length
      expect(await failureOf(call(connect()))).toMatchObject({ code, retryable })
      // One call is one request: the ledger counts the attempts.
      expect(server.asked.length - before).toBe(1)
    })

    test(`${how}: a rate says how long, and the worker waits so long`, async () => {
      server.reply({ kind: 'rate', seconds: 3 })
      const failure = await failureOf(call(connect()))
      expect(failure).toMatchObject({ code: 'rate_limited', retryAfterMs: 3000 })
      expect(forWorker(failure)).toMatchObject({ name: 'RateLimited', retryAfterMs: 3000 })
      server.reply({ kind: 'rate' })
      expect(await failureOf(call(connect()))).toMatchObject({ code: 'rate_limited', retryAfterMs: 10_000 })
    })

    test(`${how}: what takes too long is given up, and who gives up is heard`, async () => {
      server.reply({ kind: 'slow', later: { kind: 'text', text: 'late' } })
      expect(await failureOf(call(connect({ MODEL_TIMEOUT_MS: '50' })))).toMatchObject({ code: 'model_timeout' })
      await expect.poll(() => server.waiting).toBe(0)
    })
  }

  test('the caller’s signal ends a call with its own reason', async () => {
    server.reply({ kind: 'slow', later: { kind: 'text', text: 'late' } })
    const stop = new AbortController()
    const call = connect().write({ ...prompt, signal: stop.signal })
    await expect.poll(() => server.waiting).toBe(1)
    stop.abort(new Error('the run was cancelled'))
    await expect(call).rejects.toThrow('the run was cancelled')
    await expect.poll(() => server.waiting).toBe(0)
  })

  test('nobody there', async () => {
    const { url, close } = await startModelServer()
    await close()
    const failure = await failureOf(connect({ MODEL_URL: url }).write(prompt))
    expect(failure).toMatchObject({ code: 'unreachable', retryable: true })
    expect(failure.message).toContain(url)
    expect(failure.message).toContain('ECONNREFUSED')
  })

  test('the worker tries again what can be mended, and nothing else', async () => {
    server.reply({ kind: 'quota' })
    const quota = await failureOf(connect().write(prompt))
    expect(forWorker(quota)).toMatchObject({ name: 'NonRetryable', code: 'quota_exhausted', message: quota.message })
    server.reply({ kind: 'failed' })
    const failed = await failureOf(connect().write(prompt))
    expect(forWorker(failed)).toBe(failed)
    const other = new Error('mine')
    expect(forWorker(other)).toBe(other)
  })
})

describe('the status', () => {
  test('names the models, and what was seen of the quota', async () => {
    const connection = connect()
    expect(await modelStatus(connection)).toEqual({
      ...{ state: 'ready', endpoint: server.url, model: 'small', names: ['large', 'small'] },
      ...{ quota: 'unknown', message: null },
    })
    server.reply({ kind: 'quota' })
    await failureOf(connection.write(prompt))
    expect(await modelStatus(connection)).toMatchObject({ state: 'ready', quota: 'exhausted' })
    server.reply({ kind: 'text', text: 'paid' })
    await connection.write(prompt)
    expect(await modelStatus(connection)).toMatchObject({ state: 'ready', quota: 'left' })
  })

  test('says why the endpoint cannot be used', async () => {
    server.replyToNames({ kind: 'unauthorized' })
    const status = await modelStatus(connect())
    expect(status).toMatchObject({ state: 'unauthorized', message: expect.stringContaining('MODEL_KEY') })
    expect(JSON.stringify(status)).not.toContain(KEY)
    const away = connect({ MODEL_URL: 'http://user:password@127.0.0.1:1/v1?key=1' })
    expect(await modelStatus(away)).toMatchObject({ state: 'unreachable', endpoint: 'http://127.0.0.1:1/v1' })
  })

  test('without an endpoint is offline, and a model that is not listed can be chosen', async () => {
    expect(await modelStatus(connectModel({}))).toMatchObject({ state: 'offline', endpoint: null, names: [] })
    expect(await modelStatus(connect({ MODEL_NAME: 'tuned' }))).toMatchObject({ names: ['tuned', 'large', 'small'] })
  })
})
