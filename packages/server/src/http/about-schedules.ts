import { SCHEDULE_STATUSES } from '@monofil/protocol'
import { type About, PAGE, query, text, words } from './about.ts'

const MINE = 'Owner, admin; 404 for others'
const STARTS = '`workflow:{name}` in `publish`'
const SCHEDULE = { description: 'The schedule.', schema: 'Schedule' } as const

/** Everything about schedules. */
export const SCHEDULES = {
  create: {
    id: 'createSchedule',
    tag: 'Schedules',
    summary: 'Make a schedule',
    right: `${STARTS}; roles one holds`,
    parameters: [query('dryRun', 'Answers it as it would be, and makes nothing.', { type: 'boolean', default: false })],
    body: 'NewSchedule',
    answers: {
      200: { description: 'The schedule that exists, or as it would be.', schema: 'Schedule' },
      201: SCHEDULE,
    },
    errors: ['unknown_workflow', 'invalid_input', 'run_conflict', 'id_taken', 'store_unavailable'],
  },
  list: {
    id: 'listSchedules',
    tag: 'Schedules',
    summary: 'Schedules, newest first',
    right: "Shows one's own; an admin's are everybody's",
    parameters: [
      text('workflow', 'Of this workflow.'),
      words('status', 'In these states.', SCHEDULE_STATUSES),
      ...PAGE,
    ],
    answers: { 200: { description: 'A page of schedules.', schema: 'ScheduleList' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
  get: {
    id: 'getSchedule',
    tag: 'Schedules',
    summary: 'One schedule',
    right: MINE,
    answers: { 200: SCHEDULE },
    errors: ['not_found', 'store_unavailable'],
  },
  patch: {
    id: 'patchSchedule',
    tag: 'Schedules',
    summary: 'Change a schedule',
    right: `${MINE}; for more than \`status: paused\` also ${STARTS}, and roles one holds`,
    body: 'PatchSchedule',
    answers: { 200: SCHEDULE },
    errors: ['not_found', 'invalid_input', 'store_unavailable'],
  },
  remove: {
    id: 'deleteSchedule',
    tag: 'Schedules',
    summary: 'Delete a schedule; its runs stay',
    right: MINE,
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'store_unavailable'],
  },
  run: {
    id: 'runSchedule',
    tag: 'Schedules',
    summary: 'Start a run of it now',
    right: `${MINE}; also ${STARTS}`,
    body: 'RunSchedule',
    isBodyOptional: true,
    answers: {
      200: { description: 'The run with the `id` given.', schema: 'Run' },
      201: { description: 'The run.', schema: 'Run' },
    },
    errors: ['not_found', 'invalid_input', 'run_conflict', 'id_taken', 'key_busy', 'store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>
