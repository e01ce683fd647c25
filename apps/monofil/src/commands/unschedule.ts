import { MonofilError } from '@monofil/protocol'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import { withClient } from '../hub-client.ts'

/** `monofil unschedule ID…`. */
export const unscheduleCommand: CommandSpec = {
  name: 'unschedule',
  description: 'remove schedules; the runs they started stay',
  arguments: [{ syntax: '<id...>', description: 'ids of the schedules' }],
  settings: HUB_SETTINGS,
  options: [],
  examples: ['monofil unschedule nightly'],
  async action(context, ids) {
    return withClient(context, async (client) => {
      let code = 0
      // To the last: what one of them refuses is no reason to leave the others.
      for (const id of ids) {
        try {
          await client.api.schedules.remove(id)
          context.print(context.json ? JSON.stringify({ id, removed: true }) : `${id} is no schedule any more`)
        } catch (error) {
          if (!MonofilError.is(error)) throw error
          code = 1
          const { code: why, message } = error
          if (context.json) context.print(JSON.stringify({ id, error: { code: why, message } }))
          else context.io.stderr.write(`${context.paint.status('failed')('Error:')} unschedule ${id}: ${message}\n`)
        }
      }
      return code
    })
  },
}
