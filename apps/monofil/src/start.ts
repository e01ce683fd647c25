import { resolve } from 'node:path'
import {
  type Commit,
  createLocalBus,
  type ExportSettings,
  isSubnet,
  type Limits,
  type Logger,
  type NoticeRules,
  type RunRetention,
  serve,
  systemClock,
  type TrustProxy,
} from '@monofil/server'
import { serveSocket } from '@monofil/server/socket'
import { openSqliteStore } from '@monofil/server/sqlite'
import { authenticatorOf } from './authenticator.ts'
import { CommandError } from './command-error.ts'
import { findConsole } from './console-files.ts'
import { createLogger } from './log.ts'
import { pushOf } from './push.ts'
import { SETTINGS, type Settings } from './settings/index.ts'
import { WorkerProcess } from './worker-process.ts'
import { findWorkflowFiles } from './workflow-files.ts'

type Started =
  | 'host'
  | 'port'
  | 'data'
  | 'workflows'
  | 'concurrency'
  | 'graceMs'
  | 'logLevel'
  | 'runsMaxAgeDays'
  | 'runsMaxCount'
  | 'runLogLines'
  | 'usageMaxDays'
  | 'pdfItems'
  | 'pdfsAtOnce'
  | 'csvColumns'
  | 'textMaxChars'
  | 'kpisMax'
  | 'inboxMaxAgeDays'
  | 'inboxMaxCount'
  | 'notifyRuns'
  | 'pushSubject'
  | 'vapidPublicKey'
  | 'vapidPrivateKey'
  | 'secret'
  | 'keys'
  | 'jwksUrl'
  | 'issuer'
  | 'audience'
  | 'operatorRole'
  | 'tokenMaxLifeHours'
  | 'limitStreamsUser'
  | 'limitStreamsAddress'
  | 'limitPublish'
  | 'limitRequests'
  | 'limitFailures'
  | 'limitConnections'
  | 'trustProxy'
  | 'corsOrigins'
  | 'hstsSeconds'
  | 'cookieName'

/** What may be said about a start; what is left out has the setting's default. */
export type StartOptions = {
  readonly [K in Started]?: Settings[K] | undefined
} & {
  /** Default: lines on standard error from `logLevel` up. */
  readonly logger?: Logger | undefined
}

/** A hub that is up, with its worker process. */
export interface Running {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string
  readonly port: number
  /** The data folder's absolute path. */
  readonly data: string
  /** Names of the workflows that its worker runs. */
  readonly workflows: readonly string[]
  /** The console's address; null where it was not built. */
  readonly console: string | null
  /** Resolves if the hub can no longer do its work, as when its store died; it should be closed then. */
  readonly failed: Promise<Error>
  /** Drains and ends everything: streams are told to come back later, items finish or are handed back. */
  close(): Promise<void>
}

type Cleanup = () => Promise<void>

/**
 * Starts a hub on the embedded store with a worker process for `workflows`, and resolves when all of it is ready.
 * @throws CommandError or MonofilError in words: the port is taken, the data folder is owned, a file is wrong.
 */
export async function start(options: StartOptions = {}): Promise<Running> {
  const host = (options.host ?? SETTINGS.host.default).replace(/^\[(.*)\]$/, '$1')
  const port = options.port ?? SETTINGS.port.default
  const graceMs = options.graceMs ?? SETTINGS.graceMs.default
  const logLevel = options.logLevel ?? 'info'
  const logger = options.logger ?? createLogger(logLevel, process.stderr, 'hub')
  const authenticator = authenticatorOf(options, logger)
  if (authenticator === undefined) refuseOpenAddress(host)
  const dir = resolve(options.data ?? SETTINGS.data.default)
  const files = findWorkflowFiles(options.workflows ?? [], process.cwd())
  const cleanups: Cleanup[] = []
  try {
    const worker = startWorker(files, { ...options, logLevel, logger }, graceMs, cleanups)
    const bus = createLocalBus()
    cleanups.unshift(() => bus.close())
    const failed = Promise.withResolvers<Error>()
    const onCommit = (commit: Commit): void => bus.publish({ kind: 'commit', commit })
    const store = await openSqliteStore({
      dir,
      logger,
      onCommit,
      onFailure: failed.resolve,
      notices: noticesOf(options),
    })
    cleanups.unshift(() => store.close())
    const socket = await serveSocket({ dir, store, bus, logger })
    cleanups.unshift(() => socket.close())
    const workflows = (await worker?.connect(dir)) ?? []
    const consoleDir = findConsole()
    if (consoleDir === undefined) {
      logger.warn('the console is not built and not served: run "npm run build" once in the checkout')
    }
    const push = await pushOf(options, store)
    const server = await serve({
      ...{ store, bus, host, port, logger, authenticator, consoleDir, push },
      runRetention: runRetentionOf(options),
      maxTextChars: options.textMaxChars,
      maxKpis: options.kpisMax,
      limits: limitsOf(options),
      trustProxy: trustProxyOf(options),
      corsOrigins: options.corsOrigins,
      hstsSeconds: options.hstsSeconds,
      exports: exportsOf(options),
      secret: options.secret === '' ? undefined : options.secret,
    })
    const close = async (): Promise<void> => {
      await Promise.all([server.drain(), worker?.stop(graceMs)])
      await server.close()
      await runAll(cleanups, logger)
    }
    const consoleUrl = consoleDir === undefined ? null : `${server.url}/console/`
    return {
      url: server.url,
      port: server.port,
      data: dir,
      workflows,
      console: consoleUrl,
      failed: failed.promise,
      close: once(close),
    }
  } catch (error) {
    await runAll(cleanups, logger)
    throw inWords(error, host, port)
  }
}

/** The settings count days, and 0 is no bound. */
function runRetentionOf(options: StartOptions): RunRetention {
  const days = options.runsMaxAgeDays ?? SETTINGS.runsMaxAgeDays.default
  const bound = (count: number): number | null => (count === 0 ? null : count)
  return {
    maxAgeMs: bound(days * 86_400_000),
    maxCount: bound(options.runsMaxCount ?? SETTINGS.runsMaxCount.default),
    maxLogLines: bound(options.runLogLines ?? SETTINGS.runLogLines.default),
    maxUsageDays: bound(options.usageMaxDays ?? SETTINGS.usageMaxDays.default),
  }
}

function exportsOf(options: StartOptions): ExportSettings {
  return {
    pdfItems: options.pdfItems ?? SETTINGS.pdfItems.default,
    pdfsAtOnce: options.pdfsAtOnce ?? SETTINGS.pdfsAtOnce.default,
    csvColumns: options.csvColumns ?? SETTINGS.csvColumns.default,
  }
}

/** What was said; the rest is the hub's default. */
function limitsOf(options: StartOptions): Partial<Limits> {
  const said = {
    streamsUser: options.limitStreamsUser,
    streamsAddress: options.limitStreamsAddress,
    publish: options.limitPublish,
    requests: options.limitRequests,
    failures: options.limitFailures,
    connections: options.limitConnections,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

/** A lone number counts proxies. @throws CommandError (exit 2) for what looks like an address and is none. */
function noticesOf(options: StartOptions): Partial<NoticeRules> {
  const days = options.inboxMaxAgeDays ?? SETTINGS.inboxMaxAgeDays.default
  return {
    inboxMaxAgeMs: days * 86_400_000,
    inboxMaxCount: options.inboxMaxCount ?? SETTINGS.inboxMaxCount.default,
    runEnds: options.notifyRuns ?? 'nobody',
    push: (options.pushSubject ?? '') !== '',
  }
}

function trustProxyOf({ trustProxy = [] }: StartOptions): TrustProxy {
  const [first = ''] = trustProxy
  if (/^\d{1,2}$/.test(first)) return Number(first)
  const bad = trustProxy.find((text) => !isSubnet(text))
  if (bad === undefined) return trustProxy
  throw new CommandError(`MONOFIL_TRUST_PROXY: ${bad} is neither an address nor a subnet such as 10.0.0.0/8.`, {
    exitCode: 2,
  })
}

function startWorker(
  files: readonly string[],
  options: StartOptions & { readonly logLevel: Settings['logLevel']; readonly logger: Logger },
  graceMs: number,
  cleanups: Cleanup[],
): WorkerProcess | undefined {
  if (files.length === 0) return undefined
  const worker = new WorkerProcess({
    files,
    concurrency: options.concurrency ?? SETTINGS.concurrency.default,
    textMaxChars: options.textMaxChars ?? SETTINGS.textMaxChars.default,
    logLevel: options.logLevel,
    logger: options.logger,
    clock: systemClock,
    random: Math.random,
  })
  worker.spawn()
  cleanups.push(() => worker.stop(graceMs))
  return worker
}

async function runAll(cleanups: Cleanup[], logger: Logger): Promise<void> {
  for (const cleanup of cleanups.splice(0)) {
    await cleanup().catch((error: unknown) => logger.error('a part could not be closed', { error }))
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i

function refuseOpenAddress(host: string): void {
  if (LOOPBACK.test(host)) return
  throw new CommandError(
    `Monofil has no keys configured and so listens on this machine only: --host ${host} is not accepted. ` +
      'Use --host 127.0.0.1 (or localhost, ::1), or configure keys: "monofil keys" makes them.',
  )
}

function inWords(error: unknown, host: string, port: number): unknown {
  const code = errnoOf(error)
  if (code === 'EADDRINUSE') {
    return new CommandError(
      `Port ${port} on ${host} is taken by another program. Take another one with --port ${port + 1}, ` +
        'or any free one with --port 0.',
      { cause: error },
    )
  }
  if (code === 'EACCES' && port > 0 && port < 1024) {
    return new CommandError(
      `Port ${port} needs rights this user does not have. Take one from 1024, such as --port 4000.`,
      {
        cause: error,
      },
    )
  }
  if (code === 'EADDRNOTAVAIL') {
    return new CommandError(`${host} is no address of this machine. Use --host 127.0.0.1.`, { cause: error })
  }
  return error
}

function errnoOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  if ('syscall' in error && error.syscall !== 'listen') return undefined
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('E')
    ? error.code
    : errnoOf(error.cause)
}
