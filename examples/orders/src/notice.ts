import type { Notification, NotificationTarget } from '@monofil/server'
import type { Action, Change, OrderStatus } from './order.ts'
import { nameOf, personOf, STAFF } from './people.ts'

/** What is sent of a change, and to whom. */
export interface Notice {
  readonly notification: Notification
  readonly to: NotificationTarget
}

/**
 * What is sent of a change: to the staff, less who made it, and to the clerk whose order it is. That is another one, since
 * what came for a role can be claimed by whoever has it. The ids are the order's version, so that a change that is told
 * twice is sent once.
 */
export function noticesOf(change: Change): readonly Notice[] {
  const { order, by } = change
  const notification = notificationOf(change)
  const owner = personOf(order.createdBy)
  const toStaff: Notice = { notification, to: { roles: [...STAFF], except: [by] } }
  if (owner === undefined || owner.role !== null || owner.id === by) return [toStaff]
  return [toStaff, { notification: { ...notification, id: `${notification.id}-own` }, to: { users: [owner.id] } }]
}

function notificationOf(change: Change): Notification & { readonly id: string } {
  const { order, by, action } = change
  return {
    id: `order-${order.id}-${order.version}`,
    texts: textsOf(change),
    values: {
      number: String(order.id),
      customer: order.customer,
      article: order.article,
      quantity: order.quantity,
      total: (order.quantity * order.unitPrice) / 100,
      count: change.changed.length,
      others: Math.max(0, change.changed.length - 1),
      by: nameOf(by),
    },
    severity: severityOf(change),
    module: 'orders',
    action,
    link: `/?order=${order.id}`,
    data: { id: order.id, version: order.version, action },
  }
}

const WHAT = {
  en: '{by}: {quantity, plural, one {# piece} other {# pieces}} of {article}, {total, number, ::currency/EUR}',
  fr: '{by}\u00a0: {quantity, plural, one {# pièce} other {# pièces}} de {article}, {total, number, ::currency/EUR}',
}
const HOW_MANY = {
  en: '{by} changed {count, plural, one {# field} other {# fields}}',
  fr: '{by} a modifié {count, plural, one {# champ} other {# champs}}',
}
const MOVED = {
  en: 'By {by}{others, plural, =0 {} one {, with # other field} other {, with # other fields}}',
  fr: 'Par {by}{others, plural, =0 {} one {, avec # autre champ} other {, avec # autres champs}}',
}
const TITLES = {
  created: { en: 'New order {number} of {customer}', fr: 'Nouvelle commande {number} de {customer}' },
  changed: { en: 'Order {number} of {customer} was changed', fr: 'Commande {number} de {customer} modifiée' },
  deleted: { en: 'Order {number} of {customer} was deleted', fr: 'Commande {number} de {customer} supprimée' },
  restored: { en: 'Order {number} of {customer} is back', fr: 'Commande {number} de {customer} rétablie' },
} as const satisfies Record<Action, object>
const STATUS_TITLES = {
  new: { en: 'Order {number} of {customer} is new again', fr: 'Commande {number} de {customer} à nouveau ouverte' },
  packed: { en: 'Order {number} of {customer} is packed', fr: 'Commande {number} de {customer} emballée' },
  shipped: { en: 'Order {number} of {customer} was shipped', fr: 'Commande {number} de {customer} expédiée' },
  cancelled: { en: 'Order {number} of {customer} was cancelled', fr: 'Commande {number} de {customer} annulée' },
} as const satisfies Record<OrderStatus, object>

function textsOf(change: Change): NonNullable<Notification['texts']> {
  const title = isMove(change) ? STATUS_TITLES[change.order.status] : TITLES[change.action]
  const message = isMove(change) ? MOVED : change.action === 'changed' ? HOW_MANY : WHAT
  return { en: { title: title.en, message: message.en }, fr: { title: title.fr, message: message.fr } }
}

const isMove = ({ action, changed }: Change) => action === 'changed' && changed.includes('status')

function severityOf(change: Change): NonNullable<Notification['severity']> {
  if (change.action === 'deleted') return 'warning'
  if (!isMove(change)) return 'info'
  return ({ new: 'info', packed: 'info', shipped: 'success', cancelled: 'warning' } as const)[change.order.status]
}
