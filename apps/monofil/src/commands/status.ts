import type { ActiveRun } from '@monofil/protocol'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import { formatDuration } from '../format.ts'
import { withClient } from '../hub-client.ts'

/** `monofil status`: whether the hub answers, what runs, who is connected. */
export const statusCommand: CommandSpec = {
  name: 'status',
  description: 'what a hub is doing now: runs that are active, workflows it knows, open connections',
  arguments: [],
  settings: HUB_SETTINGS,
  options: [],
  examples: ['monofil status', 'monofil status --url http://127.0.0.1:4100 --json'],
  async action(context) {
    const answer = await withClient(context, async (client) => {
      const [status, workflows, connections] = await Promise.all([
        client.api.status(),
        client.api.workflows(),
        client.api.connections({ limit: 200 }),
      ])
      return { url: client.url, running: status.running, workflows: workflows.items, connections: connections.items }
    })
    if (context.json) {
      context.print(JSON.stringify(answer))
      return 0
    }
    const names = answer.workflows.map((workflow) => workflow.name)
    context.print(`${context.paint.status('completed')('✔')} ${answer.url} answers`)
    context.print(`Workflows    ${names.length === 0 ? 'none; name files with --workflows' : names.join(', ')}`)
    context.print(`Connections  ${answer.connections.length}${answer.connections.length === 200 ? ' or more' : ''}`)
    context.print(`Active runs  ${answer.running.length}`)
    for (const run of answer.running) context.print(`  ${describeActive(run, Date.now())}`)
    return 0
  },
}

function describeActive(run: ActiveRun, now: number): string {
  const key = run.key === null ? '' : ` (${run.key})`
  return `${run.workflow}${key}  ${run.runId ?? 'not for your eyes'}  for ${formatDuration(now - Date.parse(run.since))}`
}
