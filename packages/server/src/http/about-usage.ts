import { USAGE_DIMENSIONS } from '@monofil/protocol'
import { type About, PAGE, query, text, words } from './about.ts'

/** What runs used. */
export const USAGE = {
  list: {
    id: 'listUsage',
    tag: 'Runs',
    summary: 'What runs used',
    right: "Shows what one's own runs used, and those of workflows by `workflow:{name}` in `topics`",
    parameters: [
      query('days', "UTC days, today's included.", { type: 'integer', minimum: 1, maximum: 400, default: 30 }),
      words('by', 'What the sums are by; `day` when left out. Currencies are kept apart.', USAGE_DIMENSIONS),
      text('workflow', 'Of this workflow.'),
      text('owner', 'Of runs of this user.'),
      text('model', 'On this model.'),
      ...PAGE,
    ],
    answers: { 200: { description: 'The newest day first, then by name.', schema: 'UsageList' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>
