import { silentLogger } from '@monofil/server'
import { expect, test } from 'vitest'
import { OrderBook } from './order-book.ts'
import { Outbox } from './outbox.ts'
import { WEB_SHOP } from './people.ts'

const CHAIR = { customer: 'Ann', article: 'Chair', quantity: 1, unitPrice: 100, status: 'new', note: '' } as const

test('a change that comes just as the last one was told is told too', async () => {
  for (let turns = 0; turns < 30; turns += 1) {
    const book = new OrderBook(':memory:')
    const told: number[] = []
    const tell = async (change: { readonly order: { readonly id: number } }) => {
      told.push(change.order.id)
    }
    const outbox = new Outbox({ book, logger: silentLogger, tell })
    book.create(CHAIR, WEB_SHOP)
    for (let turn = 0; turn < turns; turn += 1) await null
    book.create(CHAIR, WEB_SHOP)
    await expect.poll(() => told, { message: `after ${turns} turns` }).toEqual([1001, 1002])
    await outbox.close()
    book.close()
  }
})

test('a book that cannot be read for a moment is read again', async () => {
  const book = new OrderBook(':memory:')
  const told: number[] = []
  const errors: string[] = []
  let failures = 2
  const shaky = Object.create(book, {
    untold: {
      value: (limit: number) => {
        if (failures-- > 0) throw new Error('disk I/O error')
        return book.untold(limit)
      },
    },
    onChange: { value: (listener: () => void) => book.onChange(listener) },
    told: { value: (seq: number) => book.told(seq) },
  }) as OrderBook
  const logger = { ...silentLogger, error: (message: string) => errors.push(message) }
  const tell = async (change: { readonly order: { readonly id: number } }) => {
    told.push(change.order.id)
  }
  const outbox = new Outbox({ book: shaky, logger, tell, retryMs: 1 })
  book.create(CHAIR, WEB_SHOP)
  await expect.poll(() => told).toEqual([1001])
  expect(errors).toEqual(['the outbox cannot be read', 'the outbox cannot be read'])
  await outbox.close()
  book.close()
})
