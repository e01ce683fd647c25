import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { FakeClock } from '@monofil/testkit/contracts'
import { SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Principal } from '../seams/auth.ts'
import { credentials, hs256, SECRET, type TestKey, testKey } from '../testing/tokens.ts'
import { type JwtOptions, jwtAuthenticator } from './jwt.ts'

const clock = new FakeClock()
const now = clock.now() / 1_000
const alive = { sub: 'alice', iat: now, exp: now + 600 }

type Outcome = Principal | { readonly code: string; readonly message: string }

async function ask(token: string, options: Partial<JwtOptions> = {}): Promise<Outcome> {
  const { secret = options.keys === undefined ? SECRET : undefined, ...rest } = options
  const authenticator = jwtAuthenticator({ secret, clock, ...rest })
  try {
    return await authenticator.authenticate(credentials(token))
  } catch (error) {
    return error as Outcome & { code: string; message: string }
  }
}

const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const hmac = (data: string, key: string | Buffer) => createHmac('sha256', key).update(data).digest('base64url')

function forged(header: object, claims: object, key: string | Buffer): string {
  const body = `${text(header)}.${text(claims)}`
  return `${body}.${hmac(body, key)}`
}

let rsa: TestKey
let ec: TestKey
let ed: TestKey
let keys: string
let pem: string
beforeAll(async () => {
  ;[rsa, ec, ed] = await Promise.all([testKey('RS256', 'rsa'), testKey('ES256', 'ec'), testKey('EdDSA', 'ed')])
  keys = JSON.stringify({ keys: [rsa.jwk, ec.jwk, ed.jwk] })
  pem = createPublicKey({ key: rsa.jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
})

describe('a token that is good', () => {
  test('says who, with what rights, from when and how long', async () => {
    const claims = { ...alive, roles: ['team'], topics: ['orders*', 'run:*'], publish: ['user:auth0%7C5f7'], jti: 'j1' }
    expect(await ask(await hs256(claims))).toEqual({
      sub: 'alice',
      roles: ['team'],
      topics: ['orders*', 'run:*'],
      publish: ['user:auth0%7C5f7'],
      jti: 'j1',
      isOperator: false,
      issuedAtMs: now * 1_000,
      expiresAtMs: (now + 600) * 1_000,
    })
  })

  test.each([['rsa'], ['ec'], ['ed']])('is taken by the key that signed it: %s', async (name) => {
    const key = { rsa, ec, ed }[name] as TestKey
    expect(await ask(await key.sign(alive), { keys })).toMatchObject({ sub: 'alice', roles: [], topics: [] })
  })

  test('is taken by a PEM key, of a certificate or a private key too, and without a kid', async () => {
    const token = await rsa.sign(alive)
    expect(await ask(token, { keys: pem })).toMatchObject({ sub: 'alice' })
    const pair = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
    expect(await ask(token, { keys: `${pair.privateKey}\n${pem}` })).toMatchObject({ sub: 'alice' })
  })

  test('makes an operator by the role that is set, and by no other', async () => {
    const token = await hs256({ ...alive, roles: ['ops'] })
    expect(await ask(token, { operatorRole: 'ops' })).toMatchObject({ isOperator: true })
    expect(await ask(token)).toMatchObject({ isOperator: false })
    expect(await ask(await hs256({ ...alive, roles: ['admin'] }), { operatorRole: 'ops' })).toMatchObject({
      isOperator: false,
    })
  })

  test('is for us when issuer and audience say so', async () => {
    const rules = { issuer: 'https://id.test', audience: ['monofil', 'other'] }
    const good = { ...alive, iss: 'https://id.test', aud: ['x', 'monofil'] }
    expect(await ask(await hs256(good), rules)).toMatchObject({ sub: 'alice' })
    for (const bad of [{ iss: 'https://id.test.evil' }, { iss: undefined }, { aud: 'x' }, { aud: undefined }]) {
      expect(await ask(await hs256({ ...good, ...bad }), rules)).toMatchObject({ code: 'unauthorized' })
    }
  })
})

describe('an attack is refused as unauthorized', () => {
  const attacks: Readonly<Record<string, () => Promise<readonly [token: string, options?: Partial<JwtOptions>]>>> = {
    'alg none': async () => [`${text({ alg: 'none' })}.${text(alive)}.`],
    'alg None with a signature': async () => [forged({ alg: 'None' }, alive, SECRET)],
    'no alg': async () => [forged({}, alive, SECRET)],
    'another secret': async () => [await hs256(alive, 'another-secret-of-at-least-32-bytes!!')],
    'HS384 by the right secret': async () => [forged({ alg: 'HS384' }, alive, SECRET)],
    'claims changed after signing': async () => {
      const [head, , signature] = (await hs256(alive)).split('.')
      return [`${head}.${text({ ...alive, sub: 'root' })}.${signature}`]
    },
    'signature cut off': async () => [`${(await hs256(alive)).split('.').slice(0, 2).join('.')}.`],
    'the public key as a shared secret (PEM)': async () => [forged({ alg: 'HS256' }, alive, pem), { keys }],
    'the public key as a shared secret (PEM keys)': async () => [forged({ alg: 'HS256' }, alive, pem), { keys: pem }],
    'the public key as a shared secret (kid)': async () => [
      forged({ alg: 'HS256', kid: 'rsa' }, alive, Buffer.from(JSON.stringify(rsa.jwk))),
      { keys },
    ],
    'RS256 where a secret is configured': async () => [await rsa.sign(alive)],
    'the kid of another key': async () => [await rsa.sign(alive, { kid: 'ec' }), { keys }],
    'an unknown kid': async () => [await rsa.sign(alive, { kid: 'nobody' }), { keys }],
    'a kid that is no text': async () => [forged({ alg: 'HS256', kid: { $ne: '' } }, alive, SECRET)],
    'PS256 by a key that says RS256': async () => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const token = await new SignJWT(alive).setProtectedHeader({ alg: 'PS256' }).sign(privateKey)
      const jwk = publicKey.export({ format: 'jwk' })
      // The same key takes it where it does not say what it is for.
      expect(await ask(token, { keys: JSON.stringify(jwk) })).toMatchObject({ sub: 'alice' })
      return [token, { keys: JSON.stringify({ ...jwk, alg: 'RS256' }) }]
    },
    'its own key in jwk': async () => {
      const own = await testKey('ES256')
      return [await own.sign(alive, { jwk: own.jwk }), { keys }]
    },
    'its own keys in jku and x5u': async () => {
      const own = await testKey('ES256')
      return [await own.sign(alive, { jku: 'http://127.0.0.1:1/jwks', x5u: 'http://127.0.0.1:1/x' }), { keys }]
    },
    crit: async () => [forged({ alg: 'HS256', crit: ['exp'], exp: 1 }, alive, SECRET)],
    'crit with unencoded payload': async () => [forged({ alg: 'HS256', crit: ['b64'], b64: false }, alive, SECRET)],
    'future nbf': async () => [await hs256({ ...alive, nbf: now + 60 })],
    'future iat': async () => [await hs256({ ...alive, iat: now + 60 })],
    'no exp': async () => [await hs256({ sub: 'alice', iat: now })],
    'exp as text': async () => [await hs256({ ...alive, exp: String(now + 600) as unknown as number })],
    'exp beyond all time': async () => [forged({ alg: 'HS256' }, { ...alive, exp: 1e300 }, SECRET)],
    'a life longer than is taken': async () => [await hs256({ ...alive, exp: now + 86_500 })],
    'a life longer than is taken, without iat': async () => [await hs256({ sub: 'alice', exp: now + 86_500 })],
    'no sub': async () => [await hs256({ iat: now, exp: now + 600 })],
    'an empty sub': async () => [await hs256({ ...alive, sub: '' })],
    'a sub with a line break': async () => [await hs256({ ...alive, sub: 'a\nb' })],
    'a sub of 256 characters': async () => [await hs256({ ...alive, sub: 'a'.repeat(256) })],
    'roles that are text': async () => [await hs256({ ...alive, roles: 'admin' })],
    'too many roles': async () => [await hs256({ ...alive, roles: Array.from({ length: 101 }, (_, i) => `r${i}`) })],
    'a pattern with a star inside': async () => [await hs256({ ...alive, topics: ['a*b'] })],
    'claims that are a list': async () => [forged({ alg: 'HS256' }, [alive], SECRET)],
    'claims that are null': async () => [`${text({ alg: 'HS256' })}.${Buffer.from('null').toString('base64url')}.x`],
    'huge claims': async () => [await hs256({ ...alive, junk: 'x'.repeat(9_000) })],
    'five parts (encrypted)': async () => ['a.b.c.d.e'],
    'no token at all': async () => ['x'],
  }
  test.each(Object.keys(attacks))('%s', async (name) => {
    const [token, options] = (await attacks[name]?.()) ?? ['']
    const outcome = await ask(token, options)
    expect(outcome).toMatchObject({ code: 'unauthorized' })
    // Nothing of the token, nor of what it claims, is said.
    for (const part of [...token.split('.').filter((one) => one.length > 8), 'alice']) {
      expect('message' in outcome && outcome.message).not.toContain(part)
    }
  })

  test('other schemes and words in Authorization', () => {
    const { authenticate } = jwtAuthenticator({ secret: SECRET, clock })
    for (const authorization of ['', 'Bearer', 'Basic YTpi', 'Bearer a b', 'Token x', 'Bearer\tx.y.z']) {
      expect(() => authenticate({ ...credentials(undefined), authorization })).toThrow(
        expect.objectContaining({ code: 'unauthorized' }),
      )
    }
  })
})

describe('time', () => {
  test('an authentic token that has expired is told so, at its very end and without leeway', async () => {
    const token = await hs256({ ...alive, exp: now + 1 })
    const moved = new FakeClock()
    const { authenticate } = jwtAuthenticator({ secret: SECRET, clock: moved, leewayMs: 60_000 })
    expect(await authenticate(credentials(token))).toMatchObject({ expiresAtMs: (now + 1) * 1_000 })
    moved.advance(999)
    // From memory, as the one before it was.
    expect(authenticate(credentials(token))).toMatchObject({ sub: 'alice' })
    moved.advance(1)
    await expect(authenticate(credentials(token))).rejects.toMatchObject({ code: 'token_expired', status: 401 })
  })

  test('a forged token that has expired is not told more than other forged ones', async () => {
    const token = await hs256({ ...alive, exp: now - 1 }, 'another-secret-of-at-least-32-bytes!!')
    expect(await ask(token)).toMatchObject({ code: 'unauthorized' })
  })

  test('an issuer whose clock is ahead is taken up to the leeway, to the millisecond', async () => {
    for (const claim of ['nbf', 'iat']) {
      expect(await ask(await hs256({ ...alive, [claim]: now + 5 }))).toMatchObject({ sub: 'alice' })
      expect(await ask(await hs256({ ...alive, [claim]: now + 5.001 }))).toMatchObject({ code: 'unauthorized' })
    }
  })
})

describe('what is remembered', () => {
  test('answers at once the second time, and is bounded', async () => {
    const { authenticate } = jwtAuthenticator({ secret: SECRET, clock, cached: 2 })
    const [a, b, c] = (await Promise.all(['a', 'b', 'c'].map((sub) => hs256({ ...alive, sub })))) as [
      string,
      string,
      string,
    ]
    for (const token of [a, b, c]) await authenticate(credentials(token))
    expect(authenticate(credentials(c))).not.toBeInstanceOf(Promise)
    expect(authenticate(credentials(b))).not.toBeInstanceOf(Promise)
    expect(authenticate(credentials(a))).toBeInstanceOf(Promise)
  })

  test('nothing where that is wished', async () => {
    const { authenticate } = jwtAuthenticator({ secret: SECRET, clock, cached: 0 })
    const token = await hs256(alive)
    await authenticate(credentials(token))
    expect(authenticate(credentials(token))).toBeInstanceOf(Promise)
  })

  test('never what was refused', async () => {
    const { authenticate } = jwtAuthenticator({ secret: SECRET, clock })
    const token = await hs256({ ...alive, nbf: now + 60 })
    for (let i = 0; i < 2; i += 1) {
      await expect(authenticate(credentials(token))).rejects.toMatchObject({ code: 'unauthorized' })
    }
  })
})

describe('options that are not safe stop the start, and show nothing secret', () => {
  const short = 'thirty-one-bytes-are-not-enough'
  test.each<[string, JwtOptions, string]>([
    ['a short secret', { secret: short }, '32'],
    ['nothing', {}, 'one of secret, keys and jwksUrl'],
    ['a secret and keys', { secret: SECRET, keys: '{}' }, 'not with several'],
    [
      'a shared secret among keys',
      { keys: `{"kty":"oct","k":"${Buffer.from(SECRET).toString('base64url')}"}` },
      'secret',
    ],
    ['no key in the text', { keys: 'hello' }, 'there is no key'],
    ['broken JSON', { keys: '{' }, 'JSON'],
    ['a key for encryption', { keys: '{"kty":"OKP","crv":"Ed25519","x":"a","use":"enc"}' }, 'not for signatures'],
    ['a key that cannot be read', { keys: '{"kty":"OKP","crv":"Ed25519","x":"a"}' }, 'cannot be read'],
    ['a password in the address', { jwksUrl: 'https://u:p4ss@id.test/jwks' }, 'password'],
    ['a file address', { jwksUrl: 'file:///etc/passwd' }, 'https'],
    ['an origin that is none', { secret: SECRET, allowedOrigins: ['https://a.test/x'] }, 'no origin'],
    ['a cookie name with a prefix', { secret: SECRET, cookieName: '__Secure-x' }, 'cookieName'],
  ])('%s', (_what, options, words) => {
    const make = () => jwtAuthenticator(options)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(words)
    for (const secret of [short, SECRET, 'p4ss']) expect(make).not.toThrow(secret)
  })

  test('RSA keys of 1024 bits and other curves', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' })
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'pem' })
    for (const key of [weak, other])
      expect(() => jwtAuthenticator({ keys: String(key) })).toThrow('a kind that is not taken')
  })
})
