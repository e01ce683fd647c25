import { expect, test } from 'vitest'
import { checkSubscription, isPrivate, PUSH_SERVICES, publicLookup } from './endpoint.ts'
import { newVapidKeys } from './vapid.ts'

const keys = { p256dh: newVapidKeys().publicKey, auth: 'A'.repeat(22) }
const check = (endpoint: string, more: { services?: readonly string[]; keys?: typeof keys } = {}) =>
  checkSubscription(
    { endpoint, keys: more.keys ?? keys },
    { services: more.services ?? PUSH_SERVICES, allowPrivate: false },
  )

test('endpoints of the known push services, in one spelling', () => {
  for (const endpoint of [
    'https://fcm.googleapis.com/fcm/send/a:b',
    'https://updates.push.services.mozilla.com/wpush/v2/x',
    'https://wns2-par02p.notify.windows.com/w/?token=a%2f',
    'https://web.push.apple.com/Q',
  ])
    expect(check(endpoint)).toBe(endpoint)
  expect(check('https://FCM.googleapis.com:443/a#b')).toBe('https://fcm.googleapis.com/a')
})

test.each([
  'http://fcm.googleapis.com/a',
  'https://fcm.googleapis.com.evil.example/a',
  'https://evil.example/https://fcm.googleapis.com/',
  'https://fcm.googleapis.com:8443/a',
  'https://user:word@fcm.googleapis.com/a',
  'https://fcm.googleapis.com@evil.example/a',
  'https://notify.windows.com.evil/a',
  'https://xnotify.windows.com/a',
  'https://127.0.0.1/a',
  'https://[::1]/a',
  'ftp://fcm.googleapis.com/a',
  'fcm.googleapis.com',
  `https://fcm.googleapis.com/${'a'.repeat(2_048)}`,
])('%s is refused', (endpoint) => {
  expect(() => check(endpoint)).toThrow(
    expect.objectContaining({ code: 'invalid_request', details: { field: 'endpoint' } }),
  )
})

test('private addresses are refused however they are written, also where a setting names them', () => {
  for (const host of ['127.1', '0x7f000001', '10.0.0.1', '[::1]', '[::ffff:169.254.169.254]', '[fd00::1]']) {
    const url = new URL(`https://${host}/a`)
    expect(() => check(url.href, { services: [url.host] }), host).toThrow('private')
  }
  for (const address of ['8.8.8.8', '172.15.0.1', '172.32.0.1', '2a00:1450:4001::1'])
    expect(isPrivate(address)).toBe(false)
  for (const address of ['172.16.0.1', '100.64.0.1', '0.0.0.0', '255.255.255.255', '::', 'fe80::1', '::ffff:10.0.0.1'])
    expect(isPrivate(address), address).toBe(true)
})

test('a name that points at this machine is not followed', async () => {
  const look = (options: object) =>
    new Promise((resolve) => publicLookup('localhost', options, (error) => resolve(error?.message)))
  for (const options of [{}, { all: true }, { family: 4 }])
    expect(await look(options)).toContain('has a private address')
})

test('keys that nothing can be encrypted for are refused', () => {
  const endpoint = 'https://fcm.googleapis.com/a'
  for (const [bad, field] of [
    [{ ...keys, p256dh: 'A'.repeat(87) }, 'keys.p256dh'],
    [{ ...keys, p256dh: 'x' }, 'keys.p256dh'],
    [{ ...keys, auth: 'short' }, 'keys.auth'],
  ] as const)
    expect(() => check(endpoint, { keys: bad })).toThrow(expect.objectContaining({ details: { field } }))
})
