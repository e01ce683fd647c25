import type { Session } from './order.ts'

/** The roles that look after all orders and are told of every change. */
export const STAFF = ['ADMIN', 'MANAGER'] as const
type Role = (typeof STAFF)[number]

/** Somebody who can sign in. */
export interface Person {
  readonly id: string
  readonly name: string
  /** Null: sees and changes the orders that are their own. */
  readonly role: Role | null
}

/** Made-up people of a made-up shop, without passwords: that is for this machine only. */
export const PEOPLE: readonly Person[] = [
  { id: 'ada', name: 'Ada Moreau', role: 'ADMIN' },
  { id: 'max', name: 'Max Keller', role: 'MANAGER' },
  { id: 'cleo', name: 'Cleo Lindqvist', role: null },
]

/** Who orders and who packs in the sample orders and the simulation: nobody who signs in. */
export const WEB_SHOP: Person = { id: 'web-shop', name: 'Web shop', role: null }
export const WAREHOUSE: Person = { id: 'warehouse', name: 'Warehouse', role: 'MANAGER' }

/** The person with this id; undefined for none. */
export function personOf(id: string): Person | undefined {
  return PEOPLE.find((person) => person.id === id)
}

/** The topic that tells of the orders a person may see. */
export function topicOf({ id, role }: Pick<Person, 'id' | 'role'>): string {
  return role === null ? ownTopic(id) : ALL_ORDERS
}

export const ALL_ORDERS = 'orders'

/** The topic of the orders that one person created. */
export function ownTopic(id: string): string {
  return `orders:${id}`
}

const NAMES = Object.fromEntries([...PEOPLE, WEB_SHOP, WAREHOUSE].map(({ id, name }) => [id, name]))

/** What the page is told of who is signed in. */
export function sessionOf(person: Person): Session {
  return { ...person, topic: topicOf(person), people: NAMES }
}

/** How a user is called; the id where the name is not known. */
export function nameOf(id: string): string {
  return NAMES[id] ?? id
}
