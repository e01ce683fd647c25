import { type Labels, labelsFor } from './labels.ts'

type Shared = Pick<Labels, 'statuses' | 'of' | 'loading' | 'reconnecting' | 'left' | 'unknownTotal' | 'close'>

/** Every word of `<RunsTray>`, so that an application can say them its own way. */
export interface TrayLabels extends Shared {
  readonly title: string
  /** The button's name for screen readers. */
  readonly button: (active: string, ended: string | null) => string
  readonly none: string
  readonly unknown: string
  readonly dismiss: (workflow: string) => string
  readonly dismissAll: string
  readonly failed: (count: string) => string
  /** Said once when a run ends. */
  readonly ended: (workflow: string, status: string) => string
}

const ENGLISH: Omit<TrayLabels, keyof Shared> = {
  title: 'My runs',
  button: (active, ended) => `My runs: ${active} active${ended === null ? '' : `, ${ended} ended`}`,
  none: 'None of your runs is under way.',
  unknown: 'Your runs cannot be shown',
  dismiss: (workflow) => `Dismiss ${workflow}`,
  dismissAll: 'Dismiss all that ended',
  failed: (count) => `${count} failed`,
  ended: (workflow, status) => `${workflow}: ${status}`,
}

const FRENCH: Omit<TrayLabels, keyof Shared> = {
  title: 'Mes exécutions',
  button: (active, ended) => `Mes exécutions : ${active} en cours${ended === null ? '' : `, ${ended} finies`}`,
  none: "Aucune de vos exécutions n'est en cours.",
  unknown: 'Vos exécutions ne peuvent pas être affichées',
  dismiss: (workflow) => `Écarter ${workflow}`,
  dismissAll: 'Écarter tout ce qui est fini',
  failed: (count) => `${count} en échec`,
  ended: (workflow, status) => `${workflow} : ${status}`,
}

/** The words for a locale: French for `fr…`, else English; `own` replaces any of them. */
export function trayLabelsFor(locale: string, own: Partial<TrayLabels> = {}): TrayLabels {
  const { statuses, of, loading, reconnecting, left, unknownTotal, close } = labelsFor(locale)
  const words = locale.toLowerCase().startsWith('fr') ? FRENCH : ENGLISH
  return { statuses, of, loading, reconnecting, left, unknownTotal, close, ...words, ...own }
}
