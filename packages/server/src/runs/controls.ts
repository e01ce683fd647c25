import type { RunAction } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import { holdOf } from './budget.ts'
import type { RunRecord } from './records.ts'

/**
 * What can be asked of a run now. `retry` stands for what was not done; chosen items of a run that has nothing of the
 * kind can be done again all the same. A finished run can be started anew as another one.
 */
export function controlsOf(run: RunRecord): readonly RunAction[] {
  if (!isTerminal(run.status)) {
    // Going on needs a larger budget, not a word.
    if (holdOf(run)?.reason === 'budget') return ['cancel']
    const isHeld = run.external ? run.wanted !== 'run' : run.status === 'paused'
    return [isHeld ? 'resume' : 'pause', 'cancel']
  }
  return run.external || run.status === 'completed' ? ['rerun'] : ['retry', 'rerun']
}
