import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { spread } from './table.ts'

interface Noticed {
  readonly single: {
    readonly acceptedPerSecond: number
    readonly deliveredPerSecond: number
    readonly loopP99Ms: number
  }
  readonly broadcast: {
    readonly people: number
    readonly answeredMs: number
    readonly allMs: number
    readonly loopMaxMs: number
  }
}

/** Notifications to one user each, and one to 100,000 known users: two tables. */
export async function notices(rounds: number): Promise<readonly string[][][]> {
  const script = join(import.meta.dirname, 'servers', 'notices.ts')
  const results: Noticed[] = []
  for (let round = 0; round < rounds; round += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@monofil/source', script])
    results.push(JSON.parse(stdout) as Noticed)
  }
  const of = (figure: (result: Noticed) => number, digits = 0): string => spread(results.map(figure), digits)
  return [
    [
      ['notifications to one user, 64 senders', 'accepted/s', 'delivered/s', 'event loop delay p99, ms'],
      [
        'in process',
        of(({ single }) => single.acceptedPerSecond),
        of(({ single }) => single.deliveredPerSecond),
        of(({ single }) => single.loopP99Ms, 1),
      ],
    ],
    [
      ['one to many', 'answered, ms', 'in the last inbox, ms', 'longest loop delay, ms'],
      [
        `${results[0]?.broadcast.people ?? 0} people`,
        of(({ broadcast }) => broadcast.answeredMs),
        of(({ broadcast }) => broadcast.allMs),
        of(({ broadcast }) => broadcast.loopMaxMs),
      ],
    ],
  ]
}
