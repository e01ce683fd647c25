/** How many, and how that number is written. */
export interface Amount {
  readonly count: number
  readonly text: string
}

const plural = (amount: Amount, one: string, many: string) => `${amount.text} ${amount.count === 1 ? one : many}`

/** English, and with it the shape of every dictionary. */
export const en = {
  locale: 'en',
  units: { d: 'd', h: 'h', min: 'min', s: 's', ms: 'ms' },
  relative: 'narrow' as 'narrow' | 'short' | 'long',
  now: 'just now',
  perSecond: (rate: string) => `${rate}/s`,
  perMinute: (rate: string) => `${rate}/min`,

  nav: { label: 'Main', runs: 'Runs', connections: 'Connections', skip: 'Skip to content' },
  theme: { label: 'Theme', system: 'System', light: 'Light', dark: 'Dark' },
  language: { label: 'Language', system: 'Browser’s language' },
  copy: { do: (what: string) => `Copy ${what}`, done: 'Copied', failed: 'Could not copy', id: 'id' },
  close: 'Close',
  unknown: 'unknown',
  none: 'none',
  of: (done: string, total: string) => `${done} of ${total}`,

  status: {
    queued: 'Queued',
    running: 'Running',
    retrying: 'Retrying',
    paused: 'Paused',
    completed: 'Completed',
    partial: 'Partial',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },

  error: {
    title: 'This could not be loaded',
    retry: 'Try again',
    details: 'Details',
    crashed: 'This page has failed',
    reload: 'Reload the page',
  },

  notFound: { title: 'There is no such page', body: 'The address may be mistyped.', back: 'Go to the runs' },

  connection: {
    live: 'Live',
    connecting: 'Connecting',
    reconnecting: (behind: string) => `Reconnecting, ${behind} behind`,
    failed: 'Disconnected',
    failedBody: 'What you see is the last that was known.',
    title: 'Connection to the hub',
    reconnect: 'Reconnect now',
    copy: 'Copy diagnostics',
    nextTry: (time: string) => `next try in ${time}`,
    facts: {
      state: 'State',
      marker: 'Marker',
      role: 'Role',
      topics: 'Topics watched',
      connects: 'Connects',
      attempts: 'Attempts since',
      lastError: 'Last error',
    },
  },

  runs: {
    title: 'Runs',
    active: (running: Amount, queued: Amount) => `${running.text} running, ${queued.text} queued`,
    search: 'Search by id, workflow, key or tag',
    filterStatus: 'Status',
    allStatuses: 'Every status',
    groups: { active: 'Active', troubled: 'With failures' },
    filterWorkflow: 'Workflow',
    allWorkflows: 'Every workflow',
    clear: 'Clear filters',
    fresh: (amount: Amount) => `${amount.text} new`,
    older: 'Show older runs',
    loading: 'Loading',
    end: 'No older runs',
    asOf: (when: string) => `as it was ${when}`,
    columns: { status: 'Status', run: 'Run', progress: 'Progress', started: 'Created', duration: 'Duration' },
    empty: 'No runs yet',
    emptyBody: 'A run is one execution of a workflow. Start one and it shows here at once. This makes a small one:',
    nothing: 'No run matches',
    nothingBody: 'Of the runs you may see, none has all of this.',
    failed: 'failed',
  },

  run: {
    gone: 'There is no such run',
    goneBody: 'It may have been deleted, or you may not be allowed to see it.',
    round: (round: string) => `round ${round}`,
    external: 'external',
    rate: 'Rate',
    eta: 'Time left',
    elapsed: 'Elapsed',
    took: 'Took',
    started: 'Started',
    totalOpen: 'known so far',
    waiting: {
      limit: (limit: string) => `Waits for the limit ${limit}`,
      paused: 'Paused: nothing is begun until it is resumed',
      backoff: 'Waits before the next attempt',
      dependency: 'Waits for another step',
      worker: 'Waits for a worker',
    },
    until: (time: string) => `until ${time}`,
    stalled: (ago: string) => `No report for ${ago}. Is its reporter still running?`,
    ended: {
      completed: (amount: Amount) => `Done: ${plural(amount, 'item', 'items')} completed`,
      partial: (amount: Amount) => `Done, but ${plural(amount, 'item', 'items')} failed`,
      failed: 'Failed',
      cancelled: 'Cancelled',
    },
    seeFailures: 'Show what failed',
    announce: (workflow: string, status: string) => `Run of ${workflow}: ${status}`,
    tabs: {
      label: 'Parts of the run',
      items: 'Items',
      failures: 'Failures',
      logs: 'Logs',
      data: 'Input and result',
      timeline: 'Timeline',
    },
    steps: 'Steps',
    details: 'Details',
    facts: {
      owner: 'Owner',
      key: 'Key',
      tags: 'Tags',
      roles: 'Roles',
      parent: 'Run again from',
      tokens: 'Tokens',
      cost: 'Cost',
      created: 'Created',
      finished: 'Finished',
    },
  },

  controls: {
    label: 'Controls',
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Cancel…',
    retry: 'Retry',
    rerun: 'Run again',
    retryFailed: (amount: Amount) => `Retry ${amount.text} failed`,
    retryUndone: (amount: Amount) => `Go on with ${plural(amount, 'item', 'items')}`,
    busy: 'Waits for the answer to what was just asked',
    external: 'It works elsewhere: start it anew with “Run again”',
    notYours: 'Only its owner and admins may do this',
    refused: 'The hub refused this',
    keep: 'Leave it',
    cancelTitle: (workflow: string) => `Cancel this run of ${workflow}?`,
    cancelBody: (open: Amount, running: Amount): string =>
      `${plural(open, 'item that is not done is', 'items that are not done are')} cancelled` +
      `${running.count > 0 ? `, ${running.text} of them at work now` : ''}. What is completed stays; a retry goes on from here.`,
    cancelExternal: 'Its reporter is asked to end it. The run is cancelled when the reporter says so.',
    cancelConfirm: (amount: Amount) =>
      amount.count > 0 ? `Cancel ${plural(amount, 'item', 'items')}` : 'Cancel the run',
    wish: {
      ending: (amount: Amount) =>
        `Paused: ${plural(amount, 'item still at work ends', 'items still at work end')} first`,
      stopNow: 'Stop them now',
      pause: 'Asked to pause; its reporter has not said that it did',
      cancel: 'Asked to cancel; its reporter has not said that it did',
      force: 'End it here',
      forceTitle: 'End this run without its reporter?',
      forceBody:
        'What is open is cancelled here. The program that does the work is not stopped; its later reports are refused.',
    },
  },

  items: {
    label: 'Items',
    filter: 'Status of items',
    all: 'All',
    search: 'Search items',
    columns: { status: 'Status', item: 'Item', step: 'Step', attempts: 'Attempts', duration: 'Duration' },
    none: 'No items yet',
    noneBody: 'Items appear when their step knows what there is to do.',
    nothing: 'No item matches',
    details: (id: string) => `Item ${id}`,
    input: 'Input',
    result: 'Result',
    error: 'Error',
    noValue: 'nothing',
  },

  failures: {
    none: 'Nothing has failed',
    group: (amount: Amount) => plural(amount, 'item', 'items'),
    show: (amount: Amount): string => (amount.count === 1 ? 'Show this item' : 'Show these items'),
    retry: (amount: Amount): string => (amount.count === 1 ? 'Retry this one' : `Retry these ${amount.text}`),
  },

  logs: {
    none: 'No log lines',
    noneBody: 'What the workflow writes with ctx.log() shows here as it happens.',
    more: 'Load the lines between',
    follow: 'Follow',
    label: 'Log',
  },

  data: { input: 'Input', result: 'Result', pending: 'The result appears at the end of the run.' },

  timeline: {
    created: 'Created',
    started: 'Started',
    stepStarted: (step: string) => `Step ${step} started`,
    stepEnded: (step: string, status: string) => `Step ${step}: ${status}`,
    stalled: 'No more reports',
    seen: 'Last report',
    after: (time: string) => `+${time}`,
  },

  connections: {
    title: 'Connections',
    total: (amount: Amount) => plural(amount, 'open stream', 'open streams'),
    asOf: (when: string) => `As of ${when}`,
    refresh: 'Refresh',
    columns: {
      user: 'User',
      marker: 'Marker',
      mode: 'Mode',
      topics: 'Topics',
      lag: 'Lag',
      opened: 'Opened',
      address: 'Address',
    },
    live: 'Live',
    catchingUp: 'Catching up',
    lag: (amount: Amount) => plural(amount, 'event', 'events'),
    upToDate: 'none',
    you: 'this page',
    moreTopics: (amount: Amount) => `${amount.text} more`,
    kick: 'Kick',
    kickTitle: (user: string) => `Kick this connection of ${user}?`,
    kickBody: 'Its stream ends now and does not come back by itself. What it missed stays in the log.',
    kickConfirm: 'Kick 1 connection',
    kicked: (user: string) => `The connection of ${user} was ended`,
    cancel: 'Cancel',
    empty: 'No open streams',
    emptyBody: 'A stream opens when a page or program subscribes:',
  },

  shortcuts: {
    title: 'Keyboard shortcuts',
    search: 'Search',
    help: 'This list',
    runs: 'Go to the runs',
    connections: 'Go to the connections',
    next: 'Next row',
    previous: 'Previous row',
    open: 'Open the row',
    close: 'Close what is open',
    thenKey: 'then',
  },
}

/** Every text of the console, in one language. */
export type Texts = typeof en
