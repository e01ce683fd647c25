import { expect, test } from 'vitest'
import { Audience } from './audience.ts'
import type { Connection } from './connection.ts'
import { ENVELOPE } from './frames.ts'
import { Subscription } from './subscription.ts'

test('the change on which a socket is found full is not lost', () => {
  const audience = new Audience('status')
  const written: string[] = []
  let isFull = false
  const write = (bytes: Uint8Array | string) => void written.push(bytes.toString())
  const push = (bytes: Uint8Array) => (isFull ? audience.suspend(sub) : write(bytes))
  const sub: Subscription = new Subscription({ write, push } as Partial<Connection> as Connection, audience, ENVELOPE)
  audience.attach(sub)
  audience.advance(sub)
  audience.set('a', 1, '1')
  isFull = true
  audience.set('b', 2, '2')
  isFull = false
  audience.advance(sub)
  expect(written.join('').match(/"key":"."/g)).toEqual(['"key":"a"', '"key":"b"'])
})
