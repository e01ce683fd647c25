import { CommandError } from '../command-error.ts'
import type { CommandSpec } from '../command-spec.ts'
import { untilAborted } from '../stop.ts'

/** `monofil start`: the hub, its console and a worker process, until Ctrl-C. */
export const startCommand: CommandSpec = {
  name: 'start',
  description: 'start a hub with its console and a worker process; Ctrl-C stops it in order',
  arguments: [],
  settings: [
    { name: 'host', syntax: '--host <address>' },
    { name: 'port', syntax: '--port <number>' },
    { name: 'data', syntax: '--data <folder>' },
    { name: 'workflows', syntax: '--workflows <file...>' },
    { name: 'concurrency', syntax: '--concurrency <number>' },
    { name: 'graceMs', syntax: '--grace-ms <ms>' },
    { name: 'runsMaxAgeDays', syntax: '--runs-max-age-days <days>' },
    { name: 'runsMaxCount', syntax: '--runs-max-count <number>' },
    { name: 'runLogLines', syntax: '--run-log-lines <number>' },
    { name: 'usageMaxDays', syntax: '--usage-max-days <number>' },
    { name: 'pdfItems', syntax: '--pdf-items <number>' },
    { name: 'pdfsAtOnce', syntax: '--pdfs-at-once <number>' },
    { name: 'csvColumns', syntax: '--csv-columns <number>' },
    { name: 'textMaxChars', syntax: '--text-max-chars <number>' },
    { name: 'kpisMax', syntax: '--kpis-max <number>' },
    { name: 'inboxMaxAgeDays', syntax: '--inbox-max-age-days <days>' },
    { name: 'inboxMaxCount', syntax: '--inbox-max-count <number>' },
    { name: 'notifyRuns', syntax: '--notify-runs <whom>' },
    { name: 'pushSubject', syntax: '--push-subject <address>' },
    { name: 'keys', syntax: '--keys <file>' },
    { name: 'jwksUrl', syntax: '--jwks-url <url>' },
    { name: 'issuer', syntax: '--issuer <name...>' },
    { name: 'audience', syntax: '--audience <name...>' },
    { name: 'operatorRole', syntax: '--operator-role <role>' },
    { name: 'tokenMaxLifeHours', syntax: '--token-max-life-hours <number>' },
    { name: 'cookieName', syntax: '--cookie-name <name>' },
    { name: 'corsOrigins', syntax: '--cors-origins <origin...>' },
    { name: 'hstsSeconds', syntax: '--hsts-seconds <number>' },
    { name: 'logLevel', syntax: '--log-level <level>' },
    { name: 'limitStreamsUser', syntax: '--limit-streams-user <number>' },
    { name: 'limitStreamsAddress', syntax: '--limit-streams-address <number>' },
    { name: 'limitPublish', syntax: '--limit-publish <number>' },
    { name: 'limitRequests', syntax: '--limit-requests <number>' },
    { name: 'limitFailures', syntax: '--limit-failures <number>' },
    { name: 'limitConnections', syntax: '--limit-connections <number>' },
    { name: 'trustProxy', syntax: '--trust-proxy <address...>' },
    { name: 'store', syntax: '--store <name>' },
    { name: 'bus', syntax: '--bus <name>' },
    { name: 'dispatch', syntax: '--dispatch <name>' },
  ],
  options: [],
  examples: ['monofil start --workflows ./photos.ts', 'monofil start --port 0 --data ./data'],
  async action(context) {
    const { settings, io } = context
    // A secret is no flag: everybody on the machine can read what a process was started with.
    // Loaded here: other commands need not wait for the server's code.
    const { start } = await import('../start.ts')
    const stopped = untilAborted(context.stop.signal)
    const running = await Promise.race([start(settings), stopped])
    // Nothing was promised to anybody yet, so nothing has to be ended in order.
    if (running === undefined) throw new CommandError('Stopped before it was ready.')
    if (context.json) context.print(JSON.stringify({ url: running.url, port: running.port, pid: process.pid }))
    else context.print(`Monofil listening on ${running.url}`)
    if (!context.json && io.stdout.isTTY === true) {
      const names = running.workflows.length === 0 ? 'no workflows' : `workflows ${running.workflows.join(', ')}`
      const facts = [...(running.console === null ? [] : [running.console]), names, 'Ctrl-C stops']
      context.print(context.paint.faint(`  ${facts.join('  ')}`))
    }
    const failure = await Promise.race([stopped, running.failed])
    if (failure === undefined && io.stderr.isTTY === true) {
      io.stderr.write('Stopping: running items may end, the rest is kept for the next start. Ctrl-C again ends now.\n')
    }
    await running.close()
    if (failure !== undefined) throw failure
    return 0
  },
}
