import type { Severity } from '@monofil/protocol'
import { labelsFor } from '../labels.ts'

/** Every word of the bell, the inbox and the toasts, so that an application can say them its own way. */
export interface InboxLabels {
  readonly title: string
  /** The bell's name for screen readers. */
  readonly bell: (unseen: string) => string
  readonly severities: Readonly<Record<Severity, string>>
  readonly filter: string
  readonly all: string
  readonly unread: (count: string) => string
  readonly archived: string
  readonly readAll: string
  readonly read: string
  readonly makeUnread: string
  readonly archive: string
  /** Brings one back from the archive. */
  readonly restore: string
  readonly claim: string
  readonly claimed: (by: string) => string
  readonly isUnread: string
  readonly none: string
  readonly noneUnread: string
  readonly noneArchived: string
  /** `where` lets none of them through. */
  readonly noneSuch: string
  readonly loading: string
  readonly reconnecting: string
  readonly unknown: string
  readonly fresh: (count: string) => string
  readonly failed: (why: string) => string
  readonly close: string
  readonly toasts: string
  readonly dismiss: (title: string) => string
  /** Said to a screen reader when several came at once. */
  readonly several: (count: string) => string
}

type Shared = 'loading' | 'reconnecting' | 'close'

const ENGLISH: Omit<InboxLabels, Shared> = {
  title: 'Notifications',
  bell: (unseen) => (unseen === '0' ? 'Notifications' : `Notifications: ${unseen} new`),
  severities: { info: 'Information', success: 'Success', warning: 'Warning', error: 'Error', critical: 'Critical' },
  filter: 'Shown',
  all: 'All',
  unread: (count) => `Unread (${count})`,
  archived: 'Archived',
  readAll: 'Mark all as read',
  read: 'Mark as read',
  makeUnread: 'Mark as unread',
  archive: 'Archive',
  restore: 'Bring back',
  claim: 'Take it',
  claimed: (by) => `Taken by ${by}`,
  isUnread: 'Unread',
  none: 'Nothing here yet. What concerns you will come here.',
  noneUnread: 'You have read everything.',
  noneArchived: 'Nothing is archived.',
  noneSuch: 'None of them fits the filter.',
  unknown: 'Your notifications cannot be shown',
  fresh: (count) => `${count} new`,
  failed: (why) => `That did not work: ${why}`,
  toasts: 'New notifications',
  dismiss: (title) => `Dismiss: ${title}`,
  several: (count) => `${count} new notifications`,
}

const FRENCH: Omit<InboxLabels, Shared> = {
  title: 'Notifications',
  bell: (unseen) => (unseen === '0' ? 'Notifications' : `Notifications : ${unseen} nouvelles`),
  severities: {
    info: 'Information',
    success: 'Succès',
    warning: 'Avertissement',
    error: 'Erreur',
    critical: 'Critique',
  },
  filter: 'Affichées',
  all: 'Toutes',
  unread: (count) => `Non lues (${count})`,
  archived: 'Archivées',
  readAll: 'Tout marquer comme lu',
  read: 'Marquer comme lue',
  makeUnread: 'Marquer comme non lue',
  archive: 'Archiver',
  restore: 'Remettre',
  claim: "Je m'en charge",
  claimed: (by) => `Prise en charge par ${by}`,
  isUnread: 'Non lue',
  none: "Rien pour l'instant. Ce qui vous concerne arrivera ici.",
  noneUnread: 'Vous avez tout lu.',
  noneArchived: "Rien n'est archivé.",
  noneSuch: 'Aucune ne correspond au filtre.',
  unknown: 'Vos notifications ne peuvent pas être affichées',
  fresh: (count) => `${count} nouvelles`,
  failed: (why) => `Cela n'a pas marché : ${why}`,
  toasts: 'Nouvelles notifications',
  dismiss: (title) => `Écarter : ${title}`,
  several: (count) => `${count} nouvelles notifications`,
}

/** The words for a locale: French for `fr…`, else English; `own` replaces any of them. */
export function inboxLabelsFor(locale: string, own: Partial<InboxLabels> = {}): InboxLabels {
  const { loading, reconnecting, close } = labelsFor(locale)
  const words = locale.toLowerCase().startsWith('fr') ? FRENCH : ENGLISH
  return { loading, reconnecting, close, ...words, ...own }
}
