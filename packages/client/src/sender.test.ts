import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClientOptions } from './options.ts'
import { Sender } from './sender.ts'
import { RawHub } from './testing/raw-hub.ts'

const jwt = (claims: object) => `x.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.y`

let hub: RawHub
let told: string[]

beforeEach(async () => {
  hub = await RawHub.start()
  hub.onCall = (call) => call.answer(200, {})
  told = []
})
afterEach(() => hub.close())

function make(options: ClientOptions): Sender {
  return new Sender(hub.url, options, { onPush: () => told.push('push'), onOtherUser: () => told.push('other user') })
}

const sent = () => hub.calls.map(({ headers }) => headers.authorization)

describe('who is signed in', () => {
  const ownFetch: typeof fetch = (...args) => fetch(...args)
  it.each<[string, ClientOptions, string | null]>([
    ['the word that is given', { user: 'u', token: 'opaque', fetch: ownFetch }, 'user u'],
    ['nobody else than the cookies say', {}, ''],
    ['unknown with a fetch of its own', { fetch: ownFetch }, null],
    ['unknown with headers of its own', { headers: {} }, null],
    ['unknown with a token that is no JWT', { token: 'opaque' }, null],
    ['whom the token names', { token: jwt({ sub: 'a' }) }, 'sub [null,"a"]'],
    [
      'whom the token names, headers or not',
      { token: jwt({ sub: 'a' }), headers: { 'x-tenant': '1' } },
      'sub [null,"a"]',
    ],
  ])('is %s', async (_, options, who) => {
    expect(await make(options).identity()).toBe(who)
  })

  it('may be asked without asking for the credential twice, once', async () => {
    let asked = 0
    const sender = make({ token: () => jwt({ sub: 'a', n: ++asked }) })
    await sender.identity()
    await sender.send('GET', '/x')
    expect(asked).toBe(1)
    await sender.send('GET', '/x')
    expect(asked).toBe(2)
    await sender.identity()
    sender.forget()
    await sender.send('GET', '/x')
    expect(asked).toBe(4)
  })

  it('is noticed when it changes, not when the token does', async () => {
    let claims = { sub: 'a', n: 1 }
    const sender = make({ token: () => jwt(claims) })
    await sender.send('GET', '/x')
    claims = { sub: 'a', n: 2 }
    await sender.send('GET', '/x')
    expect(told).toEqual([])
    claims = { sub: 'b', n: 2 }
    await sender.send('GET', '/x')
    expect(told).toEqual(['other user'])
  })
})

describe('a credential', () => {
  it('is never left out: no token is an error, not an anonymous request', async () => {
    await expect(make({ token: () => '' }).send('GET', '/x')).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(make({ token: '' }).send('GET', '/x')).rejects.toMatchObject({ code: 'unauthorized' })
    expect(hub.calls).toEqual([])
  })

  it('that has expired is not sent again', async () => {
    const sender = make({ token: () => 'same' })
    await sender.send('GET', '/x', { renew: false })
    await expect(sender.send('GET', '/x', { renew: true })).rejects.toMatchObject({ code: 'token_expired' })
    expect(sent()).toEqual(['Bearer same'])
  })

  it('that has expired is the stream’s: another call may have had the new one before, or it was sent and not answered', async () => {
    let [current, isCut] = ['old', false]
    const sender = make({
      token: () => current,
      fetch: (...args) => fetch(...args).then((answer) => (isCut ? Promise.reject(new Error('cut off')) : answer)),
    })
    await sender.send('GET', '/x', { renew: false })
    current = 'new'
    await sender.send('GET', '/y')
    isCut = true
    await expect(sender.send('GET', '/x', { renew: true })).rejects.toMatchObject({ code: 'node_unreachable' })
    isCut = false
    await sender.send('GET', '/x', { renew: true })
    expect(sent()).toEqual(['old', 'new', 'new', 'new'].map((token) => `Bearer ${token}`))
  })

  it('is borrowed where there is none, once another one is needed', async () => {
    const sender = make({
      token: () => {
        throw new Error('signed out here')
      },
    })
    await expect(sender.send('GET', '/x')).rejects.toThrow('signed out here')
    const asked: boolean[] = []
    sender.borrow = async (renew) => {
      asked.push(renew)
      return 'lent'
    }
    await sender.send('GET', '/x', { renew: false })
    await expect(sender.send('GET', '/x', { renew: true })).rejects.toThrow('signed out here')
    sender.borrow = async () => undefined
    await expect(sender.send('GET', '/x')).rejects.toThrow('signed out here')
    sender.borrow = async () => 'another'
    await sender.send('GET', '/x', { renew: true })
    expect([sent(), asked]).toEqual([
      ['Bearer lent', 'Bearer another'],
      [false, true],
    ])
  })

  it('is lent, or not, without an error', async () => {
    expect(await make({ token: () => 'mine' }).lend()).toBe('mine')
    expect(await make({}).lend()).toBeUndefined()
    expect(await make({ token: () => Promise.reject(new Error('no')) }).lend()).toBeUndefined()
  })

  it('that is borrowed by one who has one is not asked for', async () => {
    const sender = make({ token: 'mine' })
    sender.borrow = () => Promise.reject(new Error('not asked'))
    await sender.send('GET', '/x')
    expect(sent()).toEqual(['Bearer mine'])
  })

  it('that is pushed is told of, until the sender is closed', () => {
    let push = () => {}
    const subscribe = (onChange: () => void) => {
      push = onChange
      return () => {
        push = () => {}
      }
    }
    const sender = make({ token: { get: () => 'x', subscribe } })
    push()
    expect(told).toEqual(['push'])
    sender.adopt({ token: 'y' })
    expect(told).toEqual(['push', 'push'])
    push()
    sender.adopt({ token: 'y' })
    // A function is a way to a credential, not another one.
    sender.adopt({ token: () => 'z' })
    expect(told).toEqual(['push', 'push'])
    sender.close()
  })
})
