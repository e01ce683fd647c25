import { ITEM_STATUSES, LOG_LEVELS, RUN_STATUSES } from '@monofil/protocol'
import { PDF_LANGUAGES } from '../exports/index.ts'
import { type About, type Answered, LAST_EVENT_ID, PAGE, query, text, words } from './about.ts'

const READS = 'Reads the run: owner, a role named on it, a `topics` pattern that covers `run:{id}`, admin'
const CONTROLS = "Owner, admin, and the run's roles where its workflow says so; 403 for those who only read it"
const SHOWS = 'Shows what one may see'
const RUN = { description: 'The run.', schema: 'Run' } as const
const ITEMS = { description: 'A page of items.', schema: 'ItemList' } as const
const STREAM: Answered = {
  description: "The run's own stream, up to its end.",
  type: 'text/event-stream',
}
const moment = { type: 'string', maxLength: 64 }

const ITEM_WORDS = [
  words('status', 'Items in these states.', ITEM_STATUSES),
  text('step', 'Of this step.'),
  text('q', 'Found in the item.'),
]
const ITEM_FILTER = [...ITEM_WORDS, ...PAGE]
/** What `GET /v1/runs/{id}/export` makes. */
export const EXPORT_FORMATS = ['csv', 'json', 'pdf'] as const

const control = (name: string, summary: string) =>
  ({
    id: `${name}Run`,
    tag: 'Runs',
    summary,
    right: CONTROLS,
    isBodyOptional: true,
    answers: { 200: RUN },
    errors: ['not_found', 'invalid_state', 'store_unavailable'],
  }) as const

/** Everything about runs. */
export const RUNS = {
  start: {
    id: 'startRun',
    tag: 'Runs',
    summary: 'Start a run, or join the one with this id',
    right: '`workflow:{name}` in `publish`; roles one holds',
    body: 'NewRun',
    answers: {
      200: [{ description: 'The run that exists, with the same id, owner and body.', schema: 'Run' }, STREAM],
      201: { description: 'The run.', schema: 'Run' },
    },
    errors: ['unknown_workflow', 'invalid_input', 'run_conflict', 'id_taken', 'key_busy', 'store_unavailable'],
  },
  list: {
    id: 'listRuns',
    tag: 'Runs',
    summary: 'Runs, newest first',
    right: SHOWS,
    parameters: [
      words('status', 'Runs in these states.', RUN_STATUSES),
      text('workflow', 'Of this workflow.'),
      text('tag', 'With this tag.'),
      text('owner', 'Of this user.'),
      text('key', 'With this key.'),
      text('q', 'Found in id, workflow, key or tags.'),
      query('since', 'Made at this time or later, ISO 8601.', moment),
      query('until', 'Made before this time, ISO 8601.', moment),
      ...PAGE,
    ],
    answers: { 200: { description: 'A page of runs.', schema: 'RunList' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
  latest: {
    id: 'latestRun',
    tag: 'Runs',
    summary: 'The newest run one may see',
    right: SHOWS,
    parameters: [text('workflow', 'Of this workflow.')],
    answers: { 200: RUN },
    errors: ['invalid_request', 'not_found', 'store_unavailable'],
  },
  allItems: {
    id: 'listItems',
    tag: 'Runs',
    summary: 'Items of all runs one may see',
    right: SHOWS,
    parameters: [text('workflow', 'Of runs of this workflow.'), ...ITEM_FILTER],
    answers: { 200: ITEMS },
    errors: ['invalid_request', 'store_unavailable'],
  },
  get: {
    id: 'getRun',
    tag: 'Runs',
    summary: 'One run',
    right: READS,
    answers: { 200: RUN },
    errors: ['not_found', 'store_unavailable'],
  },
  patch: {
    id: 'patchRun',
    tag: 'Runs',
    summary: "Change a run's budget or tags",
    right: CONTROLS,
    body: 'PatchRun',
    answers: { 200: RUN },
    errors: ['not_found', 'store_unavailable'],
  },
  remove: {
    id: 'deleteRun',
    tag: 'Runs',
    summary: 'Delete a finished run; its id stays taken',
    right: CONTROLS,
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'invalid_state', 'store_unavailable'],
  },
  reports: {
    id: 'reportRun',
    tag: 'Runs',
    summary: 'Report on an external run',
    right: 'Owner, admin, `run:{id}` in `publish`',
    body: 'Reports',
    answers: { 200: { description: 'What became of each report.', schema: 'ReportAnswers' } },
    errors: ['not_found', 'invalid_state', 'currency_mismatch', 'store_unavailable'],
  },
  items: {
    id: 'listRunItems',
    tag: 'Runs',
    summary: 'Items of a run',
    right: READS,
    parameters: ITEM_FILTER,
    answers: { 200: ITEMS },
    errors: ['not_found', 'invalid_request', 'store_unavailable'],
  },
  export: {
    id: 'exportRun',
    tag: 'Runs',
    summary: 'The items of a run as a file',
    right: READS,
    parameters: [
      { ...query('format', 'What kind of file.', { type: 'string', enum: EXPORT_FORMATS }), required: true },
      ...ITEM_WORDS,
      query('lang', 'Of the words of a PDF.', { type: 'string', enum: PDF_LANGUAGES, default: 'en' }),
    ],
    answers: {
      200: [
        { description: 'The run and its items.', schema: 'RunExport' },
        { description: 'A header and a row per item.', type: 'text/csv' },
        { description: 'To read and to print.', type: 'application/pdf' },
      ],
    },
    errors: ['not_found', 'invalid_request', 'too_large', 'store_unavailable'],
  },
  bundle: {
    id: 'bundleRun',
    tag: 'Runs',
    summary: 'Everything of a run in one file, for a report',
    right: READS,
    answers: { 200: { description: 'JSON, packed with gzip.', type: 'application/gzip' } },
    errors: ['not_found', 'store_unavailable'],
  },
  texts: {
    id: 'listItemTexts',
    tag: 'Runs',
    summary: 'The texts of an item, without their characters',
    right: READS,
    parameters: [text('step', 'Of the item of this step.')],
    answers: { 200: { description: 'In the order they were begun.', schema: 'TextInfoList' } },
    errors: ['not_found', 'invalid_request', 'store_unavailable'],
  },
  text: {
    id: 'getItemText',
    tag: 'Runs',
    summary: 'What an item has said so far, or in all',
    right: READS,
    parameters: [text('step', 'Of the item of this step.'), text('name', 'Which of its texts; `text` when left out.')],
    answers: { 200: { description: 'The text as it is now.', schema: 'ItemText' } },
    errors: ['not_found', 'invalid_request', 'store_unavailable'],
  },
  logs: {
    id: 'listRunLogs',
    tag: 'Runs',
    summary: "Lines of a run's log",
    right: READS,
    parameters: [
      text('step', 'Of this step.'),
      text('item', 'Of this item.'),
      query('level', 'This level and those above it.', { type: 'string', enum: LOG_LEVELS }),
      text('q', 'Found in the message.'),
      query('order', 'Oldest first when left out.', { type: 'string', enum: ['asc', 'desc'] }),
      ...PAGE,
    ],
    answers: { 200: { description: 'A page of lines.', schema: 'LogLineList' } },
    errors: ['not_found', 'invalid_request', 'store_unavailable'],
  },
  failures: {
    id: 'listRunFailures',
    tag: 'Runs',
    summary: 'Failed items of a run, grouped by what they say',
    right: READS,
    parameters: [
      query('items', 'How many ids a group names at most.', {
        type: 'integer',
        minimum: 0,
        maximum: 1000,
        default: 1000,
      }),
    ],
    answers: { 200: { description: 'Groups, the largest first.', schema: 'FailureGroupList' } },
    errors: ['not_found', 'invalid_request', 'store_unavailable'],
  },
  throughput: {
    id: 'runThroughput',
    tag: 'Runs',
    summary: 'Ends of items of a run over time',
    right: READS,
    parameters: [query('buckets', 'How many at most.', { type: 'integer', minimum: 1, maximum: 240, default: 60 })],
    answers: {
      200: { description: 'Completed and failed items of each step, bucket by bucket.', schema: 'Throughput' },
    },
    errors: ['not_found', 'invalid_request', 'store_unavailable'],
  },
  overview: {
    id: 'getOverview',
    tag: 'Operation',
    summary: 'What runs, what failed, what there is to do',
    right: SHOWS,
    parameters: [
      query('hours', 'Over how many hours ends of items are counted.', {
        type: 'integer',
        minimum: 1,
        maximum: 168,
        default: 6,
      }),
    ],
    answers: { 200: { description: 'Of the runs one may see.', schema: 'Overview' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
  events: {
    id: 'streamRun',
    tag: 'Runs',
    summary: "A run's own stream, for native EventSource and curl",
    right: READS,
    parameters: [
      query('after', '`epoch:offset` as the ids of this stream, or `0`.', { type: 'string', maxLength: 64 }),
      LAST_EVENT_ID,
    ],
    answers: { 200: STREAM, 204: { description: 'The run is over and all of it was seen.' } },
    errors: ['not_found', 'not_acceptable', 'invalid_request'],
  },
  pause: { ...control('pause', 'Begin no more items'), body: 'PauseRun' },
  resume: { ...control('resume', 'Go on after a pause'), body: 'NoBody' },
  cancel: {
    ...control('cancel', 'End a run before it is done'),
    body: 'NoBody',
    parameters: [
      query('force', 'Ends an external run here, without its reporter.', { type: 'boolean', default: false }),
    ],
  },
  retry: {
    ...control('retry', 'Do again what failed or was cancelled, in the next round of the same run'),
    body: 'RetryRun',
    errors: ['not_found', 'invalid_state', 'key_busy', 'store_unavailable'],
  },
  rerun: {
    ...control('rerun', 'Another run like a finished one'),
    right: `${CONTROLS}; also \`workflow:{name}\` in \`publish\`, and its roles`,
    body: 'RerunRun',
    answers: {
      200: { description: 'The run with the `id` given.', schema: 'Run' },
      201: { description: 'The new run, with `parentId`.', schema: 'Run' },
    },
    errors: [
      'not_found',
      'invalid_state',
      'invalid_input',
      'run_conflict',
      'id_taken',
      'key_busy',
      'store_unavailable',
    ],
  },
  signals: {
    id: 'signalRun',
    tag: 'Runs',
    summary: 'Answer a step that waits for an approval or a signal',
    right:
      "An approval: the step's roles, the owner where it names none, admin; a signal: owner, `run:{id}` in " +
      "`publish`, the step's roles, admin. 403 for those who only read the run",
    body: 'RunSignal',
    answers: { 200: { description: 'The item that was answered.', schema: 'Item' } },
    errors: ['not_found', 'invalid_state', 'store_unavailable'],
  },
  control: {
    id: 'controlRuns',
    tag: 'Runs',
    summary: 'One control for many runs, by a filter',
    right: 'Changes what one may control',
    body: 'ControlRuns',
    answers: { 200: { description: 'How many it was, and what failed.', schema: 'ControlledRuns' } },
    errors: ['store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>
