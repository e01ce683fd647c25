import { expect, test } from 'vitest'
import { clientAddresses, httpsByProxy, isSubnet, type TrustProxy } from './client-address.ts'

const request = (address: string, headers: Record<string, string>, isOldHttp = false) => ({
  address,
  isOldHttp,
  header: (name: string) => headers[name],
})
const seen = (trust: TrustProxy | undefined, socket: string, headers: Record<string, string>) =>
  clientAddresses(trust)(request(socket, headers))

const X = 'x-forwarded-for'
const F = 'forwarded'
const nets = ['10.0.0.0/8', '127.0.0.1', '2001:db8::/32']

test.each<[TrustProxy | undefined, string, Record<string, string>, string]>([
  // Nobody is trusted: headers are what a client made up.
  [undefined, '9.9.9.9', { [X]: '1.1.1.1' }, '9.9.9.9'],
  [0, '9.9.9.9', { [X]: '1.1.1.1' }, '9.9.9.9'],
  [[], '2a00::1', { [F]: 'for=1.1.1.1' }, '2a00::1'],
  [undefined, '127.0.0.1', {}, '127.0.0.1'],
  // A proxy nearby that nobody named: its address is not the client's, and what it says is not believed.
  [undefined, '127.0.0.1', { [X]: '1.1.1.1' }, ''],
  [0, '::ffff:172.17.0.3', { [X]: '1.1.1.1' }, ''],
  [[], 'fd00::1', { [F]: 'for=1.1.1.1' }, ''],
  // By address.
  [nets, '127.0.0.1', { [X]: '1.1.1.1' }, '1.1.1.1'],
  [nets, '::ffff:127.0.0.1', { [X]: '1.1.1.1' }, '1.1.1.1'],
  [nets, '9.9.9.9', { [X]: '1.1.1.1' }, '9.9.9.9'],
  [nets, '127.0.0.1', { [X]: '6.6.6.6, 1.1.1.1' }, '1.1.1.1'],
  [nets, '127.0.0.1', { [X]: '6.6.6.6, 1.1.1.1, 10.1.2.3' }, '1.1.1.1'],
  [nets, '127.0.0.1', { [X]: '10.9.9.9, 10.1.2.3' }, '10.9.9.9'],
  [nets, '2001:db8::1', { [X]: '2001:4860::1' }, '2001:4860::1'],
  [nets, '127.0.0.1', {}, '127.0.0.1'],
  [nets, '', { [X]: '1.1.1.1' }, ''],
  // By count.
  [1, '9.9.9.9', { [X]: '6.6.6.6, 1.1.1.1' }, '1.1.1.1'],
  [2, '9.9.9.9', { [X]: '6.6.6.6, 1.1.1.1, 8.8.8.8' }, '1.1.1.1'],
  [3, '9.9.9.9', { [X]: '1.1.1.1' }, '1.1.1.1'],
  // What is in the chain is checked.
  [nets, '127.0.0.1', { [X]: '1.1.1.1, nonsense' }, '127.0.0.1'],
  [nets, '127.0.0.1', { [X]: '1.1.1.1, 10.0.0.1, 999.1.1.1' }, '127.0.0.1'],
  [nets, '127.0.0.1', { [X]: '1.1.1.1,' }, '127.0.0.1'],
  [nets, '127.0.0.1', { [X]: '1.1.1.1:4711' }, '1.1.1.1'],
  [nets, '127.0.0.1', { [X]: '[2a00::1]:4711' }, '2a00::1'],
  [nets, '127.0.0.1', { [X]: '<script>' }, '127.0.0.1'],
  [99, '127.0.0.1', { [X]: new Array(50).fill('1.1.1.1').join(',') }, '1.1.1.1'],
  // RFC 7239.
  [nets, '127.0.0.1', { [F]: 'for=1.1.1.1;proto=https;by=10.0.0.1' }, '1.1.1.1'],
  [nets, '127.0.0.1', { [F]: 'proto=https;For="[2a00::1]:4711"' }, '2a00::1'],
  [nets, '127.0.0.1', { [F]: 'for=6.6.6.6, for=1.1.1.1, for=10.0.0.1' }, '1.1.1.1'],
  [nets, '127.0.0.1', { [F]: 'for=unknown' }, '127.0.0.1'],
  [nets, '127.0.0.1', { [F]: 'for=_hidden' }, '127.0.0.1'],
  [nets, '127.0.0.1', { [F]: 'proto=https' }, '127.0.0.1'],
  // One of them the client made up, and nobody knows which.
  [nets, '127.0.0.1', { [F]: 'for=6.6.6.6', [X]: '1.1.1.1' }, '127.0.0.1'],
  [nets, '127.0.0.1', { [F]: 'for=1.1.1.1', [X]: '1.1.1.1' }, '1.1.1.1'],
])('trusting %j, %s with %j is %s', (trust, socket, headers, address) => {
  expect(seen(trust, socket, headers)).toBe(address)
})

test('a proxy nearby that nobody named is told of once; HTTP/1.0 gives one away too', () => {
  let told = 0
  const addressOf = clientAddresses(undefined, () => {
    told += 1
  })
  expect(addressOf(request('127.0.0.1', {}))).toBe('127.0.0.1')
  expect(addressOf(request('9.9.9.9', {}, true))).toBe('9.9.9.9')
  expect(told).toBe(0)
  for (let n = 0; n < 3; n += 1) expect(addressOf(request('127.0.0.1', {}, true))).toBe('')
  expect(told).toBe(1)
})

const P = 'x-forwarded-proto'
test.each<[TrustProxy | undefined, string, Record<string, string>, boolean]>([
  [undefined, '127.0.0.1', { [P]: 'https' }, false],
  [0, '127.0.0.1', { [P]: 'https' }, false],
  [[], '127.0.0.1', { [P]: 'https' }, false],
  [nets, '9.9.9.9', { [P]: 'https' }, false],
  [nets, '127.0.0.1', { [P]: 'https' }, true],
  [nets, '::ffff:127.0.0.1', { [P]: 'HTTPS' }, true],
  [nets, '127.0.0.1', { [P]: 'http' }, false],
  [nets, '127.0.0.1', {}, false],
  [1, '9.9.9.9', { [P]: 'https, http' }, true],
  [1, '9.9.9.9', { [P]: 'http, https' }, false],
  [1, '9.9.9.9', { [P]: 'httpss' }, false],
])('trusting %j, %s with %j came by https: %s', (trust, socket, headers, isHttps) => {
  expect(httpsByProxy(trust)(request(socket, headers))).toBe(isHttps)
})

test('what is no subnet is refused at once', () => {
  for (const text of ['10.0.0.0/33', '10.0.0', 'localhost', '10.0.0.0/8/8', '::/129', '', '1.1.1.1/']) {
    expect([text, isSubnet(text)]).toEqual([text, false])
    expect(() => clientAddresses([text])).toThrow(TypeError)
  }
  for (const bad of [-1, 1.5, Number.NaN]) expect(() => clientAddresses(bad)).toThrow(TypeError)
})
