import { expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type { Gap, PatchAnswer } from '../control.ts'
import type { Envelope } from '../envelope.ts'
import type { Problem } from '../errors.ts'
import type { FailureGroup } from '../failures.ts'
import type { Kpi } from '../kpis.ts'
import type {
  InboxCounts,
  InboxItem,
  NoticePreferences,
  NoticeQueueStatus,
  QueuedNotice,
  TraceLine,
} from '../notifications.ts'
import type { Overview, Throughput } from '../overview.ts'
import type { Revocation } from '../revocations.ts'
import type { ActiveRun, Item, LogLine, ReportAnswer, Run, Step } from '../runs.ts'
import type { Schedule } from '../schedules.ts'
import type { ItemText, TextInfo } from '../texts.ts'
import type * as answers from './answers.ts'
import { COMPONENTS, jsonSchemas } from './components.ts'
import type * as notices from './notice-answers.ts'
import type { overview, throughput } from './overview.ts'

type Deep<T> = unknown extends T
  ? T
  : T extends readonly (infer One)[]
    ? readonly Deep<One>[]
    : T extends object
      ? { readonly [K in keyof T]: Deep<T[K]> }
      : T
type Says<Name extends keyof typeof answers> = (typeof answers)[Name] extends z.ZodType
  ? Deep<z.infer<(typeof answers)[Name]>>
  : never
type Tells<Name extends keyof typeof notices> = Deep<z.infer<(typeof notices)[Name]>>

test('what the document says of an answer is the type that clients have', () => {
  expectTypeOf<Says<'run'>>().toEqualTypeOf<Deep<Run>>()
  expectTypeOf<Says<'item'>>().toEqualTypeOf<Deep<Item>>()
  expectTypeOf<Says<'step'>>().toEqualTypeOf<Deep<Step>>()
  expectTypeOf<Says<'logLine'>>().toEqualTypeOf<Deep<LogLine>>()
  expectTypeOf<Says<'failureGroup'>>().toEqualTypeOf<Deep<FailureGroup>>()
  expectTypeOf<Says<'schedule'>>().toEqualTypeOf<Deep<Schedule>>()
  expectTypeOf<Says<'problem'>>().toEqualTypeOf<Deep<Problem>>()
  expectTypeOf<Says<'envelope'>>().toEqualTypeOf<Deep<Envelope>>()
  expectTypeOf<Says<'gap'>>().toEqualTypeOf<Deep<Gap>>()
  expectTypeOf<Says<'patchAnswer'>>().toEqualTypeOf<Deep<PatchAnswer>>()
  expectTypeOf<Says<'reportAnswer'>>().toEqualTypeOf<Deep<ReportAnswer>>()
  expectTypeOf<Says<'revocation'>>().toEqualTypeOf<Deep<Revocation>>()
  expectTypeOf<Deep<z.infer<typeof throughput>>>().toEqualTypeOf<Deep<Throughput>>()
  expectTypeOf<Deep<z.infer<typeof overview>>>().toEqualTypeOf<Deep<Overview>>()
  expectTypeOf<Says<'kpi'>>().toEqualTypeOf<Deep<Kpi>>()
  expectTypeOf<Says<'textInfo'>>().toEqualTypeOf<Deep<TextInfo>>()
  expectTypeOf<Says<'itemText'>>().toEqualTypeOf<Deep<ItemText>>()
  expectTypeOf<Says<'activeRun'>>().toEqualTypeOf<Deep<ActiveRun>>()
  expectTypeOf<Tells<'inboxItem'>>().toEqualTypeOf<Deep<InboxItem>>()
  expectTypeOf<Tells<'inboxCounts'>>().toEqualTypeOf<Deep<InboxCounts>>()
  expectTypeOf<Tells<'queuedNotice'>>().toEqualTypeOf<Deep<QueuedNotice>>()
  expectTypeOf<Tells<'traceLine'>>().toEqualTypeOf<Deep<TraceLine>>()
  expectTypeOf<Tells<'noticeQueueStatus'>>().toEqualTypeOf<Deep<NoticeQueueStatus>>()
  expectTypeOf<Tells<'preferencesView'>>().toEqualTypeOf<Deep<NoticePreferences>>()
})

test('every named schema is JSON Schema, and refers to the others by name', () => {
  const schemas = jsonSchemas()
  expect(Object.keys(schemas).sort()).toEqual(Object.keys(COMPONENTS).sort())
  expect(schemas['RunList']).toMatchObject({
    properties: { items: { items: { $ref: '#/components/schemas/Run' } } },
  })
  expect(schemas['Id']).toMatchObject({ type: 'string', pattern: expect.any(String) })
  const refs = JSON.stringify(schemas).matchAll(/"\$ref":"([^"]+)"/g)
  for (const [, ref = ''] of refs) expect(schemas).toHaveProperty(ref.replace('#/components/schemas/', ''))
})
