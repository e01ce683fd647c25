import { createECDH } from 'node:crypto'
import { type LookupAllOptions, type LookupOptions, lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { MonofilError } from '@monofil/protocol'
import type { BrowserSubscription } from '../seams/push-sender.ts'

/** Hosts of the push services of Chrome, Firefox, Edge and Safari; `*.` is any name below. */
export const PUSH_SERVICES: readonly string[] = [
  'fcm.googleapis.com',
  'jmt17.google.com',
  'updates.push.services.mozilla.com',
  '*.notify.windows.com',
  '*.push.apple.com',
]

const MAX_ENDPOINT = 2_048

/** Which addresses a hub may be made to send to. */
export interface EndpointRules {
  /** `host` or `host:port`, `*.` for any name below. */
  readonly services: readonly string[]
  /** Also addresses of this machine and of private networks. */
  readonly allowPrivate: boolean
}

/** The endpoint as it is kept, in one spelling. @throws `invalid_request` with the field. */
export function checkSubscription({ endpoint, keys }: BrowserSubscription, rules: EndpointRules): string {
  const url = endpoint.length > MAX_ENDPOINT ? null : URL.parse(endpoint)
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    throw refused('endpoint', `is an https address of at most ${MAX_ENDPOINT} characters`)
  }
  if (!rules.services.some((pattern) => isOf(pattern, url.host))) {
    throw refused('endpoint', `is not of a push service that this hub knows (${url.host})`)
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (!rules.allowPrivate && isIP(host) !== 0 && isPrivate(host)) throw refused('endpoint', 'is a private address')
  url.hash = ''
  checkKeys(keys)
  return url.href
}

function isOf(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern
}

function checkKeys({ p256dh, auth }: BrowserSubscription['keys']): void {
  try {
    const pair = createECDH('prime256v1')
    pair.generateKeys()
    pair.computeSecret(p256dh, 'base64url')
  } catch {
    throw refused('keys.p256dh', 'is not a public key of P-256 in base64url')
  }
  if (!/^[\w-]{22}(==)?$/.test(auth)) throw refused('keys.auth', 'is not 16 bytes in base64url')
}

function refused(field: string, what: string): MonofilError {
  return new MonofilError('invalid_request', `${field} ${what}. Send what the browser's PushSubscription says.`, {
    field,
  })
}

const PRIVATE = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6')

/** Whether an IP address is of this machine, of a private network, or of nobody. IPv4 within IPv6 is taken as IPv4. */
export function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Resolves names, and none to a private address: a public name may point anywhere, and elsewhere at the next look. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  const all: LookupAllOptions = { ...(options as LookupOptions), all: true }
  resolve(hostname, all, (error, addresses) => {
    if (error !== null) return callback(error, [])
    if (addresses.some(({ address }) => isPrivate(address))) {
      return callback(new Error(`${hostname} has a private address: no push is sent there`), [])
    }
    if (options.all === true) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  })
}
