import { BlockList, isIP } from 'node:net'

/** Which forwarding headers count: those that so many proxies in a row wrote, or that these addresses and subnets did. */
export type TrustProxy = number | readonly string[]

/** The address a request comes from, given its socket's and its headers. */
export type AddressOf = (socketAddress: string, header: (name: string) => string | undefined) => string

/** Entries of a chain that are looked at. Nobody has more proxies than that. */
const MAX_CHAIN = 32

/**
 * Finds the client behind trusted proxies: from the socket's own address leftwards through `X-Forwarded-For` or
 * `Forwarded`, as long as the one that wrote the entry is trusted. An entry that is no address ends the way, and so do
 * headers that contradict each other: proxies write one of them and pass on what the client said in the other.
 * Left out or 0: no header counts. @throws TypeError for what is neither a whole number nor addresses.
 */
export function clientAddresses(trust: TrustProxy | undefined): AddressOf {
  if (trust === undefined || trust === 0 || (typeof trust !== 'number' && trust.length === 0))
    return (address) => address
  const isTrusted = trustOf(trust)
  return (socketAddress, header) => {
    let current = bareAddress(socketAddress) ?? socketAddress
    const chain = chainOf(header('x-forwarded-for'), header('forwarded'))
    for (let hop = 0; hop < chain.length && hop < MAX_CHAIN; hop += 1) {
      if (!isTrusted(current, hop)) return current
      const next = chain[chain.length - 1 - hop]
      if (next === undefined) return current
      current = next
    }
    return current
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
