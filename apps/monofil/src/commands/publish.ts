import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import { withClient } from '../hub-client.ts'
import { readJsonArgument } from '../json-argument.ts'

/** `monofil publish TOPIC TYPE DATA`: one event by hand. */
export const publishCommand: CommandSpec = {
  name: 'publish',
  description: 'publish an event to a topic; answers after it is stored',
  arguments: [
    { syntax: '<topic>', description: 'where to' },
    { syntax: '<type>', description: 'what happened' },
    { syntax: '<data>', description: 'JSON, @file, or - for standard input' },
  ],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--id <id>', description: 'published once however often this is repeated (24 h)' },
    { syntax: '--ephemeral', description: 'reaches who listens now and is not stored' },
  ],
  examples: [`monofil publish orders created '{"number":7}'`],
  async action(context, [topic = '', type = '', data = ''], flags) {
    const event = {
      topic,
      type,
      data: await readJsonArgument(data, context.io, 'DATA'),
      ...(typeof flags['id'] === 'string' ? { id: flags['id'] } : {}),
      ...(flags['ephemeral'] === true ? { ephemeral: true } : {}),
    }
    const [published] = await withClient(context, (client) => client.api.publish(event))
    if (context.json) context.print(JSON.stringify(published))
    else if (published === undefined || published.offset === null) context.print(`${topic}: sent, not stored`)
    else context.print(`${topic}: offset ${published.offset}${published.duplicate === true ? ', known already' : ''}`)
    return 0
  },
}
