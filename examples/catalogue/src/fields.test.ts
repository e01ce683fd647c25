import { expect, test } from 'vitest'
import { productOf } from './fields.ts'
import { completenessOf } from './product.ts'

test('reads an English data sheet', () => {
  const text =
    'Desk lamp Orla\nSKU: ML-104\nPrice: €49.90\n• Material: oak, brass\nSize: 20 x 45 cm\nDescription: Warm light.'
  expect(productOf('a.pdf', text)).toEqual({
    file: 'a.pdf',
    name: 'Desk lamp Orla',
    sku: 'ML-104',
    price: '49.90',
    currency: 'EUR',
    material: 'oak, brass',
    size: '20 x 45 cm',
    weight: null,
    colour: null,
    description: 'Warm light.',
  })
})

test('reads a French one, accents and all', () => {
  const text = 'Chaise Élodie\nRéférence : CH-7\nPrix : 129,5 €\nMatière : hêtre\nCouleur : bleu nuit\nPoids : 4,2 kg'
  expect(productOf('b.docx', text)).toMatchObject({
    ...{ name: 'Chaise Élodie', sku: 'CH-7', price: '129.50', currency: 'EUR' },
    ...{ material: 'hêtre', colour: 'bleu nuit', weight: '4,2 kg', size: null, description: '' },
  })
})

test.each([
  ['$ 12', '12.00', 'USD'],
  ['GBP 7.5', '7.50', 'GBP'],
  ['12', '12.00', null],
  ['on request', null, null],
])('a price of %s', (text, price, currency) => {
  expect(productOf('c.txt', `A name\nPrice: ${text}`)).toMatchObject({ price, currency })
})

test('the first of two facts of a kind counts, and words before a colon are no facts', () => {
  expect(productOf('d.txt', 'A name\nSKU: 1\nSKU: 2\nUnder price: 3')).toMatchObject({ sku: '1', price: null })
})

test('completeness is the share of what a shop wants to know', () => {
  const full = productOf('e.txt', 'N\nSKU: 1\nPrice: 2\nMaterial: m\nSize: s\nWeight: w\nColour: c')
  expect([completenessOf(full, 'lighting'), completenessOf(full, null)]).toEqual([100, 86])
  expect(completenessOf(productOf('f.txt', 'N'), null)).toBe(0)
})
