import { expect, it } from 'vitest'
import { sampleRun, sampleStep } from './samples.ts'
import { factsOf } from './timeline.ts'

const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`

it('tells a run in the order in which it happened, ties in the order in which it must have', () => {
  const run = sampleRun({
    status: 'partial',
    createdAt: at(0),
    startedAt: at(1),
    finishedAt: at(4),
    steps: [
      sampleStep({ name: 'list', status: 'completed', startedAt: at(1), finishedAt: at(2) }),
      sampleStep({ name: 'analyse', status: 'partial', startedAt: at(2), finishedAt: at(4) }),
    ],
  })
  expect(factsOf(run).map((fact) => `${fact.kind}${'step' in fact ? ` ${fact.step}` : ''}`)).toEqual([
    'created',
    'started',
    'step-started list',
    'step-started analyse',
    'step-ended list',
    'step-ended analyse',
    'ended',
  ])
})

it('tells of silence while an external run goes on', () => {
  const run = sampleRun({ external: true, createdAt: at(0), lastSeenAt: at(3), stalledSince: at(5) })
  expect(factsOf(run).map(({ kind }) => kind)).toEqual(['created', 'seen', 'stalled'])
})
