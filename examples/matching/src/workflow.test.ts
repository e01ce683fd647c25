import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelServer, startModelServer } from '@monofil/example-models/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isMatches, isRanked, type Matches } from './outcome.ts'
import { PEOPLE, SCAN } from './sample-people.ts'
import { ensureSamples, SAMPLE_COUNT, writeCv } from './samples.ts'
import { agreeable, kindOf, type Lab, openLab, personIn } from './testing.ts'

const LONG = 60_000

let server: ModelServer
let lab: Lab
let folder: string
beforeAll(async () => {
  server = await startModelServer()
  lab = await openLab({ MODEL_URL: server.url, MODEL_KEY: 'sk-secret-of-this-test', MODEL_PRICE: '1 2 EUR' })
  folder = join(lab.base, 'samples')
  await ensureSamples(folder)
}, LONG)
afterAll(async () => {
  await lab?.close()
  await server?.close()
})
beforeEach(() => server.reply(agreeable))

const FIRST = PEOPLE.slice(0, 3).map(({ file }) => file)

function matchesOf(result: unknown): Matches {
  if (!isMatches(result)) throw new Error(`no matches: ${JSON.stringify(result)}`)
  return result
}

/** How often each person's CV was sent for a purpose, since `from`. */
function sent(kind: 'filter' | 'rerank', from: number): Record<string, number> {
  const people = server.asked
    .slice(from)
    .filter((asked) => kindOf(asked) === kind)
    .map(personIn)
  return Object.fromEntries(people.map((name) => [name, people.filter((other) => other === name).length]))
}

async function logOf(runId: string) {
  return (await lab.client.api.runs.logs(runId, { limit: 200 })).items
}

describe('offline', () => {
  test('the samples: who passes, by what words, who is out and why, and what cannot be read', async () => {
    const asked = server.asked.length
    const run = await lab.run({ folder, top: 2 })
    // The scan: one file of which nothing can be said.
    expect(run).toMatchObject({ status: 'partial', counts: { failed: 1 } })
    const { candidates, eliminated, unread } = matchesOf(run.result)
    expect(candidates.map(({ title }) => title)).toEqual(['Maren Oldekop', 'Baptiste Quéméneur', 'Mireille d’Artagnan'])
    expect(candidates.map(isRanked)).toEqual([true, true, false])
    expect(candidates[0]?.verdicts).toEqual([
      { id: 'kubernetes', met: true, evidence: expect.stringContaining('to Kubernetes: 40 services') },
      { id: 'code', met: true, evidence: expect.stringContaining('DNS in Terraform') },
      { id: 'years', met: true, evidence: 'Site reliability engineer, 9 years of work' },
    ])
    expect(candidates[0]).toMatchObject({
      file: 'CV (1).pdf',
      reasons: expect.stringContaining('PostgreSQL operations: “'),
    })
    expect(eliminated.find(({ title }) => title === 'Łukasz Żółć')).toMatchObject({
      verdicts: [{ met: true }, { met: true }, { id: 'years', met: false, evidence: null }],
    })
    expect(unread).toEqual([{ file: SCAN, code: 'no_text', message: expect.stringContaining('OCR') }])
    expect(candidates.length + eliminated.length + unread.length).toBe(SAMPLE_COUNT)
    expect(server.asked.length).toBe(asked)
  })

  test('nobody passes: the run is completed, the shortlist empty, everybody among the eliminated', async () => {
    const files = PEOPLE.map(({ file }) => file)
    const run = await lab.run({ folder, project: 'p3', files })
    expect(run.status).toBe('completed')
    expect(matchesOf(run.result)).toMatchObject({ candidates: [], unread: [] })
    expect(matchesOf(run.result).eliminated).toHaveLength(files.length)
    expect(run.steps.find(({ name }) => name === 'rerank')?.counts.total).toBe(0)
    expect(run.steps.find(({ name }) => name === 'score')).toMatchObject({ skipped: files.length })
  })

  test('three CVs: filtered once each, with the run’s id in every line of the log', async () => {
    const run = await lab.run({ folder, files: FIRST })
    expect(run.status).toBe('completed')
    const lines = await logOf(run.id)
    expect(
      lines
        .filter(({ step }) => step === 'filter')
        .map(({ item }) => item)
        .toSorted(),
    ).toEqual(['filter:1', 'filter:2', 'filter:3'])
    expect(lines.length).toBeGreaterThan(8)
    for (const line of lines) {
      expect(line.message).toContain(run.id)
      expect(line.data).toMatchObject({ run: run.id })
    }
    // For the report: what a person waits for. No bound, since machines differ.
    const ms = Date.parse(run.finishedAt ?? '') - Date.parse(run.startedAt ?? '')
    process.stdout.write(`three CVs offline: ${ms} ms\n`)
  })

  test('the same CVs give the same result, in French too', async () => {
    const [one, two] = [await lab.run({ folder, files: FIRST }), await lab.run({ folder, files: FIRST })]
    expect(two.result).toEqual(one.result)
    const french = matchesOf((await lab.run({ folder, files: FIRST, language: 'fr' })).result)
    expect(french.candidates[0]).toMatchObject({ reasons: expect.stringContaining('Exploitation de PostgreSQL : « ') })
  })

  test('what is wrong with the folder or the input is said', async () => {
    const nowhere = await lab.run({ folder: join(lab.base, 'nowhere') })
    expect(nowhere).toMatchObject({ status: 'failed', error: { code: 'folder_missing' } })
    await mkdir(join(lab.base, 'empty'))
    expect(await lab.run({ folder: join(lab.base, 'empty') })).toMatchObject({ error: { code: 'no_cvs' } })
    expect(await lab.run({ folder, files: ['../CV.pdf'] })).toMatchObject({ error: { code: 'no_cvs' } })
    await expect(lab.run({ folder, project: 'p9' })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(lab.run({ folder, top: 0 })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('files that are not what they say fail alone', async () => {
    const own = join(lab.base, 'mixed')
    await mkdir(own)
    for (const person of PEOPLE.slice(0, 2)) await writeCv(own, person)
    await writeFile(join(own, 'text.pdf'), 'only text')
    await writeFile(join(own, 'text.DOCX'), 'only text')
    await writeFile(join(own, '~$x[1717].docx'), 'an editor’s own')
    await writeFile(join(own, 'notes.txt'), 'no CV')
    const run = await lab.run({ folder: own })
    expect(run.status).toBe('partial')
    const { unread, candidates } = matchesOf(run.result)
    expect(unread.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'text.DOCX not_a_document',
      'text.pdf not_a_document',
    ])
    expect(candidates).toHaveLength(2)
  })
})

describe('with a model', () => {
  const input = { model: 'small', files: FIRST }

  test('one launch filters each CV once, however often it is asked for', async () => {
    const before = server.asked.length
    const id = 'launch_of_the_test'
    const body = { id, workflow: 'matching', key: 'p1', input: { project: 'p1', top: 2, folder, ...input } }
    // A double click, a second tab, an answer that was lost: the launch's id is the key.
    const runs = await Promise.all(Array.from({ length: 5 }, () => lab.client.api.runs.start(body)))
    expect(new Set(runs.map((run) => run.id))).toEqual(new Set([id]))
    const run = await lab.ended(id)
    expect((await lab.client.api.runs.start(body)).id).toBe(id)
    expect(run.status).toBe('completed')
    expect(sent('filter', before)).toEqual(Object.fromEntries(PEOPLE.slice(0, 3).map(({ name }) => [name, 1])))
    expect(Object.values(sent('rerank', before))).toEqual([1, 1])
    expect(matchesOf(run.result).candidates[0]).toMatchObject({ fit: 80, reasons: 'Has done just this, for years.' })
    const lines = await logOf(id)
    expect(lines.filter(({ message }) => message.includes('EUR')).length).toBe(5)
    expect(JSON.stringify([run, lines])).not.toContain('sk-secret')
  })

  test('another launch of the same project joins the one that runs', async () => {
    server.reply({ kind: 'slow', later: { kind: 'unauthorized' } })
    const body = { workflow: 'matching', key: 'p1', input: { project: 'p1', top: 2, folder, ...input } }
    const first = await lab.client.api.runs.start(body)
    await expect(lab.client.api.runs.start(body)).rejects.toMatchObject({
      code: 'key_busy',
      details: { runId: first.id },
    })
    await lab.client.api.runs.cancel(first.id)
    await lab.ended(first.id)
    await expect.poll(() => server.waiting).toBe(0)
  })

  test('a used-up quota fails at once, in words, and a retry after it was paid does the rest', async () => {
    const before = server.asked.length
    server.reply({ kind: 'quota' })
    const run = await lab.run({ folder, ...input })
    expect(run).toMatchObject({ status: 'failed', error: { code: 'quota_exhausted' } })
    expect(run.error?.message).toMatch(/quota .* used up.*Top up/)
    expect(Object.values(sent('filter', before))).toEqual([1, 1, 1])
    server.reply(agreeable)
    await lab.client.api.runs.retry(run.id)
    await expect.poll(async () => (await lab.client.api.runs.get(run.id)).status).toBe('completed')
    expect(Object.values(sent('filter', before))).toEqual([2, 2, 2])
  })

  test('a stream that is cut is tried again, and what came of it before is not in the answer', async () => {
    const before = server.asked.length
    server.reply((asked) => {
      const isFirst = server.asked.slice(before).filter((one) => kindOf(one) === 'rerank').length === 1
      return isFirst && kindOf(asked) === 'rerank' ? { kind: 'cut', text: 'Half of this\nSCORE: 1' } : agreeable(asked)
    })
    const run = await lab.run({ folder, ...input, top: 1 })
    expect(run.status).toBe('completed')
    expect(matchesOf(run.result).candidates[0]).toMatchObject({ reasons: 'Has done just this, for years.' })
    expect(Object.values(sent('rerank', before))).toEqual([2])
  })

  test('told to come back later, the run waits and no attempt is counted', async () => {
    const before = server.asked.length
    server.reply((asked) => (server.asked.length === before + 1 ? { kind: 'rate', seconds: 1 } : agreeable(asked)))
    const run = await lab.run({ folder, ...input, files: FIRST.slice(0, 1) })
    expect(run.status).toBe('completed')
    const { items } = await lab.client.api.runs.items(run.id, { step: 'filter', limit: 10 })
    expect(items.map(({ attempts }) => attempts)).toEqual([1])
  })

  test('a model that leaves a criterion out, or gives no score, is asked again and then refused', async () => {
    const before = server.asked.length
    server.reply({ kind: 'json', value: { criteria: [] } })
    const run = await lab.run({ folder, ...input, files: FIRST.slice(0, 1) })
    expect(run).toMatchObject({ status: 'failed', error: { code: 'bad_answer' } })
    expect(Object.values(sent('filter', before))).toEqual([3])
  })
})
