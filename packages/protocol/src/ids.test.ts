import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isId, isLabel, isReservedTopic, isSub, isTopic, matchesPattern } from './ids.ts'

const hostile = ['\r', '\n', '\0', '\u2028', '\u2029', '\u0085', '\ud800', 'a\nb', 'a\rb', 'a\0b', 'a\u2028b']
const wrongTypes = [undefined, null, 1, true, {}, [], Symbol.iterator]

describe('ids', () => {
  it.each(['a', 'A9', '0', 'run.1_x:y-z', 'a'.repeat(128)])('accepts %s', (id) => expect(isId(id)).toBe(true))
  it.each(['', '.a', '_a', '-a', ':a', 'a/b', 'a b', 'é', 'a'.repeat(129), ...hostile])('refuses %j', (id) =>
    expect(isId(id)).toBe(false),
  )
  it.each(['latest', 'counts', 'read-all', 'status'])('refuses the route word %s', (id) => expect(isId(id)).toBe(false))
})

describe('topics', () => {
  it.each(['a', 'orders/1', 'a:b@c~d+e=f,g-h', 'a/.b', 'a..b', 'a'.repeat(256)])('accepts %s', (topic) =>
    expect(isTopic(topic)).toBe(true),
  )
  it.each(['', '/a', 'a/../b', 'a/.', './a', 'a/..', 'a b', 'a%b', 'a?b', 'é', 'a'.repeat(257), ...hostile])(
    'refuses %j',
    (topic) => expect(isTopic(topic)).toBe(false),
  )
})

describe('labels and subs', () => {
  it('take printable characters of any script', () => {
    for (const text of ['a', 'Zoë', 'заказ', '注文', 'a b', '🙂'])
      expect([isLabel(text), isSub(text)]).toEqual([true, true])
  })
  it.each(hostile)('refuse %j', (text) => expect([isLabel(text), isSub(text)]).toEqual([false, false]))
  it('are bounded', () => {
    expect([isLabel('a'.repeat(128)), isLabel('a'.repeat(129)), isLabel('')]).toEqual([true, false, false])
    expect([isSub('a'.repeat(255)), isSub('a'.repeat(256)), isSub('')]).toEqual([true, false, false])
  })
})

it('guards take anything and never throw', () => {
  for (const guard of [isId, isTopic, isLabel, isSub]) {
    for (const value of wrongTypes) expect(guard(value)).toBe(false)
    fc.assert(fc.property(fc.anything(), (value) => typeof guard(value) === 'boolean'))
  }
})

describe('patterns', () => {
  it('match a topic or a prefix', () => {
    expect(matchesPattern('orders', 'orders')).toBe(true)
    expect(matchesPattern('orders', 'orders/1')).toBe(false)
    expect(matchesPattern('orders/*', 'orders/1')).toBe(true)
    expect(matchesPattern('orders/*', 'orders')).toBe(false)
  })
  it('without a reserved prefix match application topics only', () => {
    for (const topic of ['runs', 'status', 'inbox', 'run:1', 'kpi:x', 'user:a', 'role:r', 'workflow:w', 'monofil:x']) {
      expect(isReservedTopic(topic)).toBe(true)
      for (const pattern of ['*', 'r*', 's*', 'i*', 'k*', 'u*', 'w*', 'm*', 'run*']) {
        expect(matchesPattern(pattern, topic), `${pattern} ${topic}`).toBe(false)
      }
    }
    expect(matchesPattern('run:*', 'run:1')).toBe(true)
    expect(matchesPattern('run:1', 'run:1')).toBe(true)
    expect(matchesPattern('*', 'runners')).toBe(true)
  })
})
