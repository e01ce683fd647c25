import { type OrderFields, STATUSES } from './order.ts'
import { PEOPLE, WEB_SHOP } from './people.ts'

const CUSTOMERS = [
  ...['Atelier Beaumont', 'Café Marguerite', 'Nordlicht GmbH', 'Harbour & Sons', 'Librairie du Port', 'Studio Okafor'],
  ...['Élodie Fournier', 'Green Row School', 'Hotel Bellevue', 'Jansen Interieur', 'Les Deux Moulins', 'Mira Sørensen'],
  ...['Oak Lane Dental', 'Pension Alpenrose', 'Quinta da Serra', 'Rosa Delgado', 'Tom Whitfield', 'Villa Montrose'],
]
/** With their prices in cents. */
const ARTICLES = [
  ...[
    ['Reading chair Elodie', 32_900],
    ['Oak table Ferme, 180 cm', 84_000],
    ['Floor lamp Orla', 14_950],
    ['Wool throw, moss', 8_900],
    ['Shelf Haven, 5 boards', 21_500],
  ],
  ...[
    ['Linen curtain, sand', 5_990],
    ['Bench Quai', 18_700],
    ['Pendant lamp Cloche', 9_450],
    ['Willow basket, large', 3_900],
    ['Stool Trois', 6_200],
  ],
] as const satisfies readonly (readonly [string, number])[]

/** The fields of an order that somebody might have made; `random` answers numbers in [0, 1). */
export function anyOrder(random: () => number): OrderFields {
  const [article, unitPrice] = pick(ARTICLES, random)
  const quantity = 1 + Math.floor(random() ** 3 * 12)
  return { customer: pick(CUSTOMERS, random), article, quantity, unitPrice, status: 'new', note: '' }
}

/** 64 orders of the last four days, a quarter of them Cleo's; the same each time but for when. */
export function sampleOrders(now: Date): readonly (OrderFields & { readonly by: string; readonly at: Date })[] {
  const random = seeded(7)
  const clerk = PEOPLE.find(({ role }) => role === null) ?? WEB_SHOP
  return Array.from({ length: 64 }, (_, place) => {
    const hoursAgo = (64 - place) * 1.5
    const later = hoursAgo > 60 ? 2 : hoursAgo > 20 ? 1 : 0
    const status = random() < 0.06 ? 'cancelled' : (STATUSES[Math.min(2, later + (random() < 0.3 ? 1 : 0))] ?? 'new')
    const note = random() < 0.12 ? 'Call before delivery.' : ''
    const by = random() < 0.25 ? clerk.id : WEB_SHOP.id
    return { ...anyOrder(random), status, note, by, at: new Date(now.getTime() - hoursAgo * 3_600_000) }
  })
}

/** One of a list that is not empty. */
export function pick<T>(list: readonly [T, ...T[]] | readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)] as T
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
