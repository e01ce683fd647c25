import type { Amount } from './en.ts'

/** English of the overview and of charts. */
export const overviewEn = {
  title: 'Overview',
  stats: {
    running: 'Running',
    queued: 'Queued',
    failed: 'Failed in 24 h',
    connections: 'Connections',
  },
  notYours: 'for admins',
  active: 'Not over yet',
  noneActive: 'Nothing runs now.',
  failed: 'Failed in the last 24 hours',
  noneFailed: 'Nothing failed.',
  moreFailed: (amount: Amount) => `${amount.text} more`,
  allRuns: 'All runs',
  throughput: (hours: string) => `Throughput of the last ${hours} hours`,
  queues: 'To be done, by workflow',
  noneQueued: 'Nothing waits.',
  queueColumns: { workflow: 'Workflow', runs: 'Runs', waiting: 'Items waiting', running: 'At work' },
  schedules: 'Next schedules',
  noneScheduled: 'No schedule is active.',
  empty: 'Nothing has run yet',
  emptyBody: 'What runs, fails and waits shows here as it happens. This makes a small run:',
}

/** English of a run's charts. */
export const chartsEn = {
  rate: 'Items per second',
  ended: 'Items',
  failures: 'Failures',
  failed: 'Failed',
  time: 'Time',
  none: 'No item has ended yet',
  noneBody: 'Throughput and failures show here as items end.',
  noFailures: 'Nothing has failed',
  only: (step: string) => `Only ${step}`,
  all: 'Show all steps',
  each: (length: string) => `in steps of ${length}`,
}
