import { ItemList } from '@monofil/client'
import { expect, it } from 'vitest'
import { placeOf } from './place.ts'
import { sampleItem, sampleRun, sampleStep } from './samples.ts'
import { subjectOf } from './subject.ts'

it('is the input, else the result of the step before, else nothing', () => {
  const run = {
    ...sampleRun({ steps: [sampleStep({ name: 'draft' }), sampleStep({ name: 'release', after: ['draft'] })] }),
    input: 1,
    result: null,
  }
  const draft = sampleItem({ id: 'draft', step: 'draft', result: { text: 'Dear Ada' } })
  const list = [draft]
  const items = new ItemList(
    list,
    new Map(
      list.flatMap((item, at) => [
        [item.id, at],
        [placeOf(item), at],
      ]),
    ),
  )
  const release = sampleItem({ id: 'release', step: 'release', input: null })
  expect(subjectOf({ ...release, input: { to: 'Ada' } }, { run, items })).toEqual({ value: { to: 'Ada' }, from: null })
  expect(subjectOf(release, { run, items })).toEqual({ value: { text: 'Dear Ada' }, from: 'draft' })
  expect(subjectOf(release, { run, items: new ItemList() })).toBe(null)
})
