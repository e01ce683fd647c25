import { BlockList, isIP } from 'node:net'

/** Which forwarding headers count: those that so many proxies in a row wrote, or that these addresses and subnets did. */
export type TrustProxy = number | readonly string[]

/** What of a request tells where it comes from. */
export interface Origin {
  /** The socket's. */
  readonly address: string
  readonly isOldHttp: boolean
  header(name: string): string | undefined
}

/** The address a request comes from; empty where nobody can know it. */
export type AddressOf = (request: Origin) => string

/** Entries of a chain that are looked at. Nobody has more proxies than that. */
const MAX_CHAIN = 32

/**
 * Finds the client behind trusted proxies: from the socket's own address leftwards through `X-Forwarded-For` or
 * `Forwarded`, as long as the one that wrote the entry is trusted. An entry that is no address ends the way, and so do
 * headers that contradict each other: proxies write one of them and pass on what the client said in the other.
 * Left out or 0: no header counts, and `onUntrusted` is told once when a proxy nearby shows itself.
 * @throws TypeError for what is neither a whole number nor addresses.
 */
export function clientAddresses(trust: TrustProxy = 0, onUntrusted: () => void = () => undefined): AddressOf {
  if (trust === 0 || (typeof trust !== 'number' && trust.length === 0)) return untrusting(onUntrusted)
  const isTrusted = trustOf(trust)
  return (request) => {
    let current = bareAddress(request.address) ?? request.address
    const chain = chainOf(request.header('x-forwarded-for'), request.header('forwarded'))
    for (let hop = 0; hop < chain.length && hop < MAX_CHAIN; hop += 1) {
      if (!isTrusted(current, hop)) return current
      const next = chain[chain.length - 1 - hop]
      if (next === undefined) return current
      current = next
    }
    return current
  }
}

/** Whether a request came to its first proxy by https, as far as anybody who is believed says so. */
export type CameByHttps = (request: Origin) => boolean

/**
 * Reads `X-Forwarded-Proto` where the one that the socket belongs to is trusted: of several values the first, which is
 * the browser's side. Left out or 0: it counts from nobody.
 * @throws TypeError as `clientAddresses`.
 */
export function httpsByProxy(trust: TrustProxy = 0): CameByHttps {
  if (trust === 0 || (typeof trust !== 'number' && trust.length === 0)) return () => false
  const isTrusted = trustOf(trust)
  return (request) => {
    const said = request.header('x-forwarded-proto')?.split(',', 1)[0]?.trim().toLowerCase()
    return said === 'https' && isTrusted(bareAddress(request.address) ?? request.address, 0)
  }
}

const NEARBY = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
]

// A proxy that nobody named would have all the world share the limits of one address, and a single stranger could use
// them up. What comes from far away is never believed to be one.
function untrusting(onUntrusted: () => void): AddressOf {
  const isNearby = trustOf(NEARBY)
  let isTold = false
  return (request) => {
    const has = (name: string) => request.header(name) !== undefined
    const isProxied = request.isOldHttp || has('x-forwarded-for') || has('forwarded')
    if (!isProxied || !isNearby(bareAddress(request.address) ?? '', 0)) return request.address
    if (!isTold) onUntrusted()
    isTold = true
    return ''
  }
}

/** Whether text names an address or a subnet, as in `MONOFIL_TRUST_PROXY`. */
export function isSubnet(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

function trustOf(trust: TrustProxy): (address: string, hop: number) => boolean {
  if (typeof trust === 'number') {
    if (!Number.isInteger(trust) || trust < 0) throw new TypeError(`trustProxy is a whole number of hops, not ${trust}`)
    return (_, hop) => hop < trust
  }
  const list = new BlockList()
  for (const text of trust) {
    if (!isSubnet(text)) throw new TypeError(`trustProxy takes addresses and subnets, and ${text} is neither`)
    const [address = '', bits] = text.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** The addresses of the headers, the client's own word first; undefined for an entry that is none. */
function chainOf(xForwardedFor: string | undefined, forwarded: string | undefined): readonly (string | undefined)[] {
  const one = xForwardedFor?.split(',').map(bareAddress)
  const other = forwarded?.split(',').map(forOf)
  if (one === undefined || other === undefined) return one ?? other ?? []
  return one.length === other.length && one.every((address, index) => address === other[index]) ? one : []
}

/** The `for` of one element of `Forwarded` (RFC 7239); undefined for `unknown`, a made-up name, or none. */
function forOf(element: string): string | undefined {
  for (const pair of element.split(';')) {
    const match = /^\s*for\s*=\s*("?)([^"]*)\1\s*$/i.exec(pair)
    if (match !== null) return bareAddress(match[2] as string)
  }
  return undefined
}

/** An address without port, brackets, zone and `::ffff:`; undefined where it is none. */
function bareAddress(text: string): string | undefined {
  const trimmed = text.trim()
  const inBrackets = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(trimmed)?.[1]
  const withPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(trimmed)?.[1]
  const address = (inBrackets ?? withPort ?? trimmed).replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 ? undefined : address
}
