import type { ItemStatus, RunStatus } from '@monofil/protocol'

/** Every word of the components, so that an application can say them its own way. */
export interface Labels {
  readonly statuses: Readonly<Record<RunStatus | ItemStatus, string>>
  readonly progress: string
  readonly loading: string
  readonly reconnecting: string
  readonly failedToLoad: string
  readonly close: string
  readonly items: string
  readonly unknownTotal: string
  readonly more: (count: string) => string
  readonly of: (done: string, total: string) => string
  readonly left: (range: string) => string
  readonly leftUnknown: string
  readonly attempt: (attempt: string) => string
  readonly milestone: (percent: string) => string
  readonly completed: (count: string, took: string | null) => string
  readonly partial: (completed: string, failed: string) => string
  readonly failed: (why: string | null) => string
  readonly cancelled: (done: string, total: string) => string
}

const ENGLISH: Labels = {
  statuses: {
    queued: 'Queued',
    running: 'Running',
    retrying: 'Retrying',
    paused: 'Paused',
    completed: 'Completed',
    partial: 'Partly done',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  progress: 'Progress',
  loading: 'Loading…',
  reconnecting: 'Reconnecting…',
  failedToLoad: 'The run cannot be shown',
  close: 'Close',
  items: 'Items',
  unknownTotal: 'Total not known yet',
  more: (count) => `and ${count} more`,
  of: (done, total) => `${done} of ${total}`,
  left: (range) => `${range} left`,
  leftUnknown: 'time left unknown',
  attempt: (attempt) => `attempt ${attempt}`,
  milestone: (percent) => `${percent} done`,
  completed: (count, took) => (took === null ? `Done: ${count}` : `Done: ${count} in ${took}`),
  partial: (completed, failed) => `${completed} done, ${failed} failed`,
  failed: (why) => (why === null ? 'Failed' : `Failed: ${why}`),
  cancelled: (done, total) => `Cancelled after ${done} of ${total}`,
}

const FRENCH: Labels = {
  statuses: {
    queued: 'En attente',
    running: 'En cours',
    retrying: 'Nouvel essai',
    paused: 'En pause',
    completed: 'Terminé',
    partial: 'Partiel',
    failed: 'Échoué',
    cancelled: 'Annulé',
  },
  progress: 'Progression',
  loading: 'Chargement…',
  reconnecting: 'Reconnexion…',
  failedToLoad: "L'exécution ne peut pas être affichée",
  close: 'Fermer',
  items: 'Éléments',
  unknownTotal: 'Total encore inconnu',
  more: (count) => `et ${count} de plus`,
  of: (done, total) => `${done} sur ${total}`,
  left: (range) => `encore ${range}`,
  leftUnknown: 'durée restante inconnue',
  attempt: (attempt) => `essai ${attempt}`,
  milestone: (percent) => `${percent} terminés`,
  completed: (count, took) => (took === null ? `Terminé : ${count}` : `Terminé : ${count} en ${took}`),
  partial: (completed, failed) => `${completed} terminés, ${failed} échoués`,
  failed: (why) => (why === null ? 'Échec' : `Échec : ${why}`),
  cancelled: (done, total) => `Annulé après ${done} sur ${total}`,
}

/** The words for a locale: French for `fr…`, else English; `own` replaces any of them. */
export function labelsFor(locale: string, own: Partial<Labels> = {}): Labels {
  return { ...(locale.toLowerCase().startsWith('fr') ? FRENCH : ENGLISH), ...own }
}
