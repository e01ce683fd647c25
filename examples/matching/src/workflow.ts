import { connectModel } from '@monofil/example-models'
import { defineWorkflow, NonRetryable, type StepContext } from '@monofil/server/worker'
import { inStep, modelFor } from './asking.ts'
import { readCv } from './cv.ts'
import { CvError } from './cv-error.ts'
import { filterCv, type Judging } from './filter.ts'
import { isCv, listCvs } from './list.ts'
import type { Filtered, Matches, Ranked, ScoredCv } from './outcome.ts'
import { type Project, projectOf } from './projects.ts'
import { rerankCv, type Shortlisted, shortlist } from './rerank.ts'
import { type RunInput, runInput } from './run-input.ts'
import { scoreOf } from './score.ts'
import { tell } from './telling.ts'

// Read once: a worker's environment does not change while it lives.
const connection = connectModel(process.env)

/** What may pass: a stream that was cut, a time-out, an endpoint that failed. Quota and key are NonRetryable. */
const RETRY = { retries: 2, minMs: 500, maxMs: 5_000 } as const

/**
 * CVs are held against a project's must-have criteria, scored, and the best N looked at closely: by a model where the
 * run names one, else by their words. A CV's text is read anew from its file in each step and is not kept in the ledger.
 */
export default defineWorkflow({
  name: 'matching',
  input: runInput,
  // One run of a project at a time, whoever starts it and from wherever.
  exclusive: true,
  steps: (step) => [
    step('list', { weight: 1 }, (ctx) =>
      inStep(async () => {
        const { folder, files } = ctx.input
        const there = await listCvs(folder)
        const chosen = files === undefined ? there : [...new Set(files)].filter(isSafe).filter(isCv)
        if (chosen.length === 0) throw new CvError('no_cvs', `There are no CVs (PDF, DOCX) in ${folder}.`)
        tell(ctx).log(`${chosen.length} CVs for ${projectIn(ctx).name.en}`, { model: ctx.input.model })
        return chosen
      }),
    ),

    step('extract', { each: 'list', concurrency: 3, timeoutMs: 60_000, weight: 10 }, (ctx, file: string) =>
      inStep(async () => {
        const { title, text } = await readCv(ctx.input.folder, file)
        tell(ctx).log(`${file} has ${text.length} characters`, { file, characters: text.length })
        return { file, title, characters: text.length }
      }),
    ),

    step(
      'filter',
      { each: 'extract', concurrency: 3, rate: '10/s', retry: RETRY, timeoutMs: 300_000, weight: 40 },
      (ctx, { file }: { readonly file: string }) =>
        inStep(async () => filterCv(projectIn(ctx), await readCv(ctx.input.folder, file), judging(ctx))),
    ),

    step(
      'score',
      { each: 'filter', when: (_ctx, { passed }: Filtered) => passed, weight: 5 },
      (ctx, candidate: Filtered): Promise<ScoredCv> =>
        inStep(async () => {
          const { text } = await readCv(ctx.input.folder, candidate.file)
          const score = scoreOf(projectIn(ctx), text)
          tell(ctx).log(`${candidate.file} scores ${score}`, { file: candidate.file, score })
          return { ...candidate, score }
        }),
    ),

    step('shortlist', { after: ['score'], weight: 1 }, async (ctx) => {
      const passed = await ctx.results<ScoredCv>('score').all()
      const chosen = shortlist(passed, ctx.input.top)
      tell(ctx).log(`${passed.length} passed, ${chosen.length} are looked at closely`, { passed: passed.length })
      return chosen
    }),

    step(
      'rerank',
      { each: 'shortlist', concurrency: 3, rate: '10/s', retry: RETRY, timeoutMs: 300_000, weight: 40 },
      (ctx, candidate: Shortlisted) =>
        inStep(async () => {
          const cv = await readCv(ctx.input.folder, candidate.file)
          return rerankCv({ project: projectIn(ctx), language: ctx.input.language }, candidate, cv, judging(ctx))
        }),
    ),

    step('result', { after: ['rerank'], weight: 1 }, async (ctx): Promise<Matches> => {
      const { project, model, language } = ctx.input
      const ranked = await ctx.results<Ranked>('rerank').all()
      const isIn = new Set(ranked.map(({ file }) => file))
      const scored = (await ctx.results<ScoredCv>('score').all()).filter(({ file }) => !isIn.has(file))
      const filtered = await ctx.results<Filtered>('filter').all()
      const eliminated = filtered.filter(({ passed }) => !passed)
      const unread = await unreadOf(ctx)
      const candidates = [
        ...ranked.toSorted((a, b) => b.fit - a.fit || b.score - a.score || (a.file < b.file ? -1 : 1)),
        ...scored.toSorted((a, b) => b.score - a.score || (a.file < b.file ? -1 : 1)),
      ]
      tell(ctx).log(`${candidates.length} candidates, ${eliminated.length} eliminated, ${unread.length} not read`)
      return { project, model, language, candidates, eliminated, unread }
    }),
  ],
})

type Context = StepContext<RunInput>

function projectIn({ input }: Context): Project {
  const project = projectOf(input.project)
  if (project === undefined) throw new NonRetryable(`There is no project ${input.project}.`, { code: 'no_project' })
  return project
}

function judging(ctx: Context): Judging {
  const { model: modelName } = ctx.input
  return { model: modelFor(connection, modelName), modelName, telling: tell(ctx), signal: ctx.signal }
}

/** What could not be read, and what was read but could not be judged. */
async function unreadOf(ctx: Context): Promise<Matches['unread']> {
  const unread = await ctx.failures<string>('extract').all()
  const unjudged = await ctx.failures<{ readonly file: string }>('filter').all()
  return [
    ...unread.map(({ item, error }) => ({ file: item, ...error })),
    ...unjudged.map(({ item, error }) => ({ file: item.file, ...error })),
  ].map(({ file, code, message }) => ({ file, code, message }))
}

/** A name in the folder, not a way out of it. */
function isSafe(name: string): boolean {
  return !/[/\\\0]/.test(name)
}
