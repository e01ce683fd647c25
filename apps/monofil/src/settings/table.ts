import { isLabel } from '@monofil/protocol'
import { z } from 'zod'

/** One setting: where it may be given, what it accepts, and what holds when nobody says anything. */
export interface SettingSpec<T = unknown> {
  readonly env: string
  readonly description: string
  /** The accepted values, in words, for help and errors. */
  readonly accepted: string
  readonly schema: z.ZodType<T>
  /** Reads the text of a flag or an environment variable; what it cannot read it passes on for the schema to refuse. */
  readonly fromText: (text: string) => unknown
  readonly default: T
}

const asIs = (text: string): unknown => text
const asNumber = (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : text)
const asList = (text: string): unknown =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

function whole(min: number, max: number): z.ZodType<number> {
  return z.int().min(min).max(max)
}

function url(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol } = new URL(value)
  return protocol === 'http:' || protocol === 'https:'
}

function origin(value: string): boolean {
  return url(value) && new URL(value).origin === value && !value.includes('*')
}

// What holds when nobody says anything depends on whether the hub has keys, so it is the hub's to know.
function limit(env: string, of: string, withKeys: string): SettingSpec<number | undefined> {
  return {
    env,
    description: `${of}; ${withKeys}`,
    accepted: 'a whole number from 0 (no limit) to 1000000',
    schema: whole(0, 1_000_000).optional(),
    fromText: asNumber,
    default: undefined,
  }
}

const ADDRESS = /^[0-9a-fA-F.:]{2,45}(\/\d{1,3})?$/

/** Every setting there is, by its name in `monofil.config.ts`. */
export const SETTINGS = {
  host: {
    env: 'MONOFIL_HOST',
    description: 'Address to listen on',
    accepted: 'an address or name of this machine',
    schema: z.string().min(1).max(255),
    fromText: asIs,
    default: '127.0.0.1',
  },
  port: {
    env: 'MONOFIL_PORT',
    description: 'Port to listen on; 0 takes a free one',
    accepted: 'a whole number from 0 to 65535',
    schema: whole(0, 65_535),
    fromText: asNumber,
    default: 4000,
  },
  data: {
    env: 'MONOFIL_DATA',
    description: 'Folder that holds everything Monofil keeps',
    accepted: 'a folder on a local disk',
    schema: z.string().min(1),
    fromText: asIs,
    default: '.monofil',
  },
  workflows: {
    env: 'MONOFIL_WORKFLOWS',
    description: 'Files whose default export is a workflow or an array of them',
    accepted: 'paths of files, in the environment with commas between them',
    schema: z.array(z.string().min(1)).readonly(),
    fromText: asList,
    default: [] as readonly string[],
  },
  concurrency: {
    env: 'MONOFIL_CONCURRENCY',
    description: 'Items a worker process runs at once',
    accepted: 'a whole number from 1 to 1000',
    schema: whole(1, 1000),
    fromText: asNumber,
    default: 8,
  },
  graceMs: {
    env: 'MONOFIL_GRACE_MS',
    description: 'How long running items may go on after a stop before they are handed back, in ms',
    accepted: 'a whole number from 0 to 600000',
    schema: whole(0, 600_000),
    fromText: asNumber,
    default: 5000,
  },
  runsMaxAgeDays: {
    env: 'MONOFIL_RUNS_MAX_AGE_DAYS',
    description: 'Finished runs are removed so many days after their end; 0 keeps them',
    accepted: 'a whole number from 0 to 36500',
    schema: whole(0, 36_500),
    fromText: asNumber,
    default: 90,
  },
  runsMaxCount: {
    env: 'MONOFIL_RUNS_MAX_COUNT',
    description: 'Finished runs kept, the newest; 0 keeps all',
    accepted: 'a whole number from 0 to 100000000',
    schema: whole(0, 100_000_000),
    fromText: asNumber,
    default: 100_000,
  },
  runLogLines: {
    env: 'MONOFIL_RUN_LOG_LINES',
    description: 'Log lines kept of each run, the newest; 0 keeps all',
    accepted: 'a whole number from 0 to 100000000',
    schema: whole(0, 100_000_000),
    fromText: asNumber,
    default: 100_000,
  },
  usageMaxDays: {
    env: 'MONOFIL_USAGE_MAX_DAYS',
    description: 'What runs used is kept so many days, by day; 0 keeps it',
    accepted: 'a whole number from 0 to 36500',
    schema: whole(0, 36_500),
    fromText: asNumber,
    default: 400,
  },
  pdfItems: {
    env: 'MONOFIL_PDF_ITEMS',
    description: 'Items of a run that is exported as a PDF, at most',
    accepted: 'a whole number from 1 to 100000',
    schema: whole(1, 100_000),
    fromText: asNumber,
    default: 20_000,
  },
  pdfsAtOnce: {
    env: 'MONOFIL_PDFS_AT_ONCE',
    description: 'PDFs that the hub makes at once, each in a thread',
    accepted: 'a whole number from 1 to 32',
    schema: whole(1, 32),
    fromText: asNumber,
    default: 2,
  },
  csvColumns: {
    env: 'MONOFIL_CSV_COLUMNS',
    description: 'Columns of a CSV for the fields of inputs, and as many for those of results',
    accepted: 'a whole number from 0 to 5000',
    schema: whole(0, 5000),
    fromText: asNumber,
    default: 200,
  },
  textMaxChars: {
    env: 'MONOFIL_TEXT_MAX_CHARS',
    description: 'Characters kept of one text of an item; what is beyond is cut',
    accepted: 'a whole number from 1 to 100000000',
    schema: whole(1, 100_000_000),
    fromText: asNumber,
    default: 1_048_576,
  },
  kpisMax: {
    env: 'MONOFIL_KPIS_MAX',
    description: 'KPIs that there may be',
    accepted: 'a whole number from 1 to 1000000',
    schema: whole(1, 1_000_000),
    fromText: asNumber,
    default: 10_000,
  },
  logLevel: {
    env: 'MONOFIL_LOG_LEVEL',
    description: 'Least severe log line that is written',
    accepted: 'debug, info, warn, error or silent',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    fromText: asIs,
    default: 'info',
  },
  corsOrigins: {
    env: 'MONOFIL_CORS_ORIGINS',
    description: 'Origins whose pages may call the hub, beside its own',
    accepted: 'origins such as https://app.example.com, with commas between them; never *',
    schema: z.array(z.string().refine(origin)).readonly(),
    fromText: asList,
    default: [] as readonly string[],
  },
  hstsSeconds: {
    env: 'MONOFIL_HSTS_SECONDS',
    description:
      'Browsers that came by https through a proxy use nothing else for so long, in seconds; 0 is not at all',
    accepted: 'a whole number from 0 to 63072000 (two years)',
    schema: whole(0, 63_072_000),
    fromText: asNumber,
    default: 0,
  },
  cookieName: {
    env: 'MONOFIL_COOKIE_NAME',
    description: "Name of the session's cookie; applications that share a host each need one of their own",
    accepted: '1 to 64 letters, digits, dots, dashes and underscores, without __ in front',
    schema: z.string().regex(/^(?!__)[A-Za-z0-9._-]{1,64}$/),
    fromText: asIs,
    default: 'monofil',
  },
  url: {
    env: 'MONOFIL_URL',
    description: 'The hub that commands talk to',
    accepted: 'an http or https address',
    schema: z.string().refine(url),
    fromText: asIs,
    default: 'http://127.0.0.1:4000',
  },
  token: {
    env: 'MONOFIL_TOKEN',
    description: 'Credential for the hub; a hub in development mode needs none',
    accepted: 'a token without spaces',
    schema: z.string().regex(/^[\x21-\x7e]*$/),
    fromText: asIs,
    default: '',
  },
  secret: {
    env: 'MONOFIL_SECRET',
    description: 'Shared secret that tokens are checked with (HS256)',
    accepted: 'at least 32 bytes; "monofil keys" makes one',
    schema: z.string().refine((value) => value === '' || Buffer.byteLength(value) >= 32),
    fromText: asIs,
    default: '',
  },
  keys: {
    env: 'MONOFIL_KEYS',
    description: 'File with the public keys that tokens are checked with: PEM, a JWK or a JWK set',
    accepted: 'a path of a file',
    schema: z.string(),
    fromText: asIs,
    default: '',
  },
  jwksUrl: {
    env: 'MONOFIL_JWKS_URL',
    description: 'Where the issuer of tokens publishes its keys',
    accepted: 'an http or https address without a password',
    schema: z.string().refine((value) => value === '' || (url(value) && new URL(value).password === '')),
    fromText: asIs,
    default: '',
  },
  issuer: {
    env: 'MONOFIL_ISSUER',
    description: 'Issuers of tokens that are taken; none: any',
    accepted: 'names as tokens have them (iss), in the environment with commas between them',
    schema: z.array(z.string().min(1)).readonly(),
    fromText: asList,
    default: [] as readonly string[],
  },
  audience: {
    env: 'MONOFIL_AUDIENCE',
    description: 'Audiences of tokens that are taken; none: any',
    accepted: 'names as tokens have them (aud), in the environment with commas between them',
    schema: z.array(z.string().min(1)).readonly(),
    fromText: asList,
    default: [] as readonly string[],
  },
  operatorRole: {
    env: 'MONOFIL_OPERATOR_ROLE',
    description: 'The role that has every right',
    accepted: '1 to 128 printable characters',
    schema: z.string().refine(isLabel),
    fromText: asIs,
    default: 'admin',
  },
  tokenMaxLifeHours: {
    env: 'MONOFIL_TOKEN_MAX_LIFE_HOURS',
    description: 'Longest life of a token that is taken; revocations are kept as long',
    accepted: 'a whole number from 1 to 8784',
    schema: whole(1, 8_784),
    fromText: asNumber,
    default: 24,
  },
  store: {
    env: 'MONOFIL_STORE',
    description: 'Where runs and events are kept',
    accepted: 'sqlite (the embedded store; this version has no other)',
    schema: z.literal('sqlite'),
    fromText: asIs,
    default: 'sqlite',
  },
  bus: {
    env: 'MONOFIL_BUS',
    description: 'How the parts of a hub wake each other',
    accepted: 'local (the embedded bus; this version has no other)',
    schema: z.literal('local'),
    fromText: asIs,
    default: 'local',
  },
  dispatch: {
    env: 'MONOFIL_DISPATCH',
    description: 'Who offers work to workers',
    accepted: 'store (the embedded dispatcher; this version has no other)',
    schema: z.literal('store'),
    fromText: asIs,
    default: 'store',
  },
  limitStreamsUser: limit('MONOFIL_LIMIT_STREAMS_USER', 'Open streams of one user', '20 with keys'),
  limitStreamsAddress: limit('MONOFIL_LIMIT_STREAMS_ADDRESS', 'Open streams from one address', '100 with keys'),
  limitPublish: limit('MONOFIL_LIMIT_PUBLISH', 'Publish requests a second of one bearer', '100 with keys'),
  limitRequests: limit('MONOFIL_LIMIT_REQUESTS', 'Requests a second from one address', '1000 with keys'),
  limitFailures: limit('MONOFIL_LIMIT_FAILURES', 'Bad credentials a minute from one address', '100 with keys'),
  limitConnections: limit('MONOFIL_LIMIT_CONNECTIONS', 'Connections of the hub', '50000'),
  inboxMaxAgeDays: {
    env: 'MONOFIL_INBOX_MAX_AGE_DAYS',
    description: 'Days that an inbox keeps a notification',
    accepted: 'a whole number from 1 to 36500',
    schema: whole(1, 36_500),
    fromText: asNumber,
    default: 90,
  },
  inboxMaxCount: {
    env: 'MONOFIL_INBOX_MAX_COUNT',
    description: 'Notifications that an inbox keeps; the oldest go first',
    accepted: 'a whole number from 1 to 100000',
    schema: whole(1, 100_000),
    fromText: asNumber,
    default: 1_000,
  },
  notifyRuns: {
    env: 'MONOFIL_NOTIFY_RUNS',
    description: 'Whom the end of a run notifies whose workflow does not say',
    accepted: 'nobody, owner or watchers (the owner and the roles named on the run)',
    schema: z.enum(['nobody', 'owner', 'watchers']),
    fromText: asIs,
    default: 'nobody',
  },
  pushSubject: {
    env: 'MONOFIL_PUSH_SUBJECT',
    description: 'Where push services reach you; without it no browser is sent pushes',
    accepted: 'mailto: with an address, or https: with a page of yours',
    schema: z.string().regex(/^(mailto:\S+@\S+|https:\/\/\S+)?$/),
    fromText: asIs,
    default: '',
  },
  vapidPublicKey: {
    env: 'MONOFIL_VAPID_PUBLIC_KEY',
    description: 'Public half of the keys of pushes; without it the data folder keeps a pair of its own',
    accepted: '87 characters of base64url; "monofil keys --kind vapid" makes them',
    schema: z.string().regex(/^([\w-]{87})?$/),
    fromText: asIs,
    default: '',
  },
  vapidPrivateKey: {
    env: 'MONOFIL_VAPID_PRIVATE_KEY',
    description: 'Private half of the keys of pushes',
    accepted: '43 characters of base64url; "monofil keys --kind vapid" makes them',
    schema: z.string().regex(/^([\w-]{43})?$/),
    fromText: asIs,
    default: '',
  },
  trustProxy: {
    env: 'MONOFIL_TRUST_PROXY',
    description: "Proxies whose X-Forwarded-For or Forwarded is believed; none means the socket's address counts",
    accepted:
      'a number of proxies in a row (1 to 32), or addresses and subnets with commas between them (10.0.0.0/8,::1)',
    schema: z
      .array(z.string().regex(/^\d{1,2}$/))
      .length(1)
      .or(z.array(z.string().regex(ADDRESS)))
      .readonly(),
    fromText: asList,
    default: [] as readonly string[],
  },
} satisfies Record<string, SettingSpec>

export type SettingName = keyof typeof SETTINGS

/** All settings with their values. */
export type Settings = { readonly [K in SettingName]: z.output<(typeof SETTINGS)[K]['schema']> }

/** What `monofil.config.ts` may say: any setting, typed. */
export type Config = { readonly [K in SettingName]?: Settings[K] | undefined }

/** The names of all settings, in the table's order. */
export const SETTING_NAMES = Object.keys(SETTINGS).filter((name): name is SettingName => name in SETTINGS)
