import type { Amount } from './en.ts'

/** Texts of the replay and of bundles, in English. */
export const replayEn = {
  open: 'Replay',
  title: 'Replay',
  label: 'Replay controls',
  time: 'Time in the run',
  asOf: (when: string) => `This is the past: the run as it was on ${when}.`,
  cut: (amount: Amount) =>
    amount.count === 1
      ? 'The oldest event is gone from the log; what had not changed since is shown as it is now.'
      : `The ${amount.text} oldest events are gone from the log; what had not changed since is shown as it is now.`,
  reading: (percent: string) => `Reads the log of the run: ${percent}`,
  none: 'This run has no log yet',
  live: 'Back to live',
  leave: 'Leave the replay',
  more: 'Read on',
  link: 'a link to this moment',
  play: 'Play',
  pause: 'Pause',
  speed: 'Speed',
  times: (speed: string) => `${speed}×`,
  toStart: 'To the start',
  toEnd: 'To the end',
  back: 'One event back (,)',
  forward: 'One event forward (.)',
  markBack: 'To the mark before',
  next: (mark: string) => `Next: ${mark}`,
  noMark: 'No further mark',
  ofTime: (total: string) => `of ${total}`,
  marks: {
    failure: (amount: Amount) => `${amount.text} ${amount.count === 1 ? 'failure' : 'failures'}`,
    round: 'Another round',
    pause: 'Paused',
    resume: 'Resumed',
    end: 'End',
  },
  bundle: {
    title: 'Run bundle',
    open: 'Open a run bundle',
    body: 'A file with everything of one run, as its page’s export makes it (….monofil-run.json.gz). It is read here and sent nowhere.',
    choose: 'Choose a file',
    another: 'Open another file',
    drop: 'or drop it here',
    reading: (percent: string) => `Reads the file: ${percent}`,
    fromFile: (name: string) => `From the file ${name}`,
    made: (when: string, version: string) => `made on ${when} by Monofil ${version}`,
    notes: {
      live: 'The run went on while this was made.',
      log_cut: (amount: Amount) => `${amount.text} of the oldest events were gone already.`,
      lines_cut: (amount: Amount) => `${amount.text} of the oldest log lines were gone already.`,
      failures_cut: 'Some groups of failures name only the first of their items.',
    },
    problems: {
      title: 'This file cannot be opened',
      not_a_bundle: 'It is no run bundle. Their names end in .monofil-run.json.gz.',
      newer_version: 'It was made by a newer Monofil: open it with one that is at least as new.',
      cut: 'It ends too early, or parts of it are damaged: download it again.',
      too_large: 'Unpacked it has more than 1 GB, which a page cannot hold.',
    },
  },
}
