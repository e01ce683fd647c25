import type { Waiting } from '@monofil/protocol'
import { type Labels, labelsFor } from '../labels.ts'

/** Every word of `<RunGraph>`, so that an application can say them its own way. */
export interface GraphLabels extends Pick<Labels, 'statuses' | 'of' | 'loading' | 'failedToLoad'> {
  readonly name: (workflow: string) => string
  /** What turns the graph into a list, and back. */
  readonly list: string
  readonly graph: string
  readonly zoomIn: string
  readonly zoomOut: string
  readonly whole: string
  readonly none: string
  readonly failed: (count: string) => string
  /** Of a step that waits for an end: how many items of the other are not over. */
  readonly left: (count: string) => string
  /** Of a step that takes each completed item of another. */
  readonly eachItem: string
  readonly takesItems: (step: string) => string
  readonly waits: Readonly<Record<Waiting['reason'], string>>
  readonly waitsForLimit: (limit: string) => string
  readonly waitsFor: (steps: string) => string
}

type Own = Omit<GraphLabels, 'statuses' | 'of' | 'loading' | 'failedToLoad'>

const ENGLISH: Own = {
  name: (workflow) => `Steps of ${workflow}`,
  list: 'List',
  graph: 'Graph',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  whole: 'Show all steps',
  none: 'No steps yet',
  failed: (count) => `${count} failed`,
  left: (count) => `${count} left`,
  eachItem: 'each item',
  takesItems: (step) => `Takes each item of ${step}`,
  waits: {
    limit: 'Waits for a limit',
    paused: 'Paused',
    backoff: 'Waits before the next attempt',
    dependency: 'Waits for another step',
    approval: 'Waits for an approval',
    signal: 'Waits for a signal',
    worker: 'Waits for a worker',
  },
  waitsForLimit: (limit) => `Waits for the limit ${limit}`,
  waitsFor: (steps) => `Waits for ${steps}`,
}

const FRENCH: Own = {
  name: (workflow) => `Étapes de ${workflow}`,
  list: 'Liste',
  graph: 'Graphe',
  zoomIn: 'Agrandir',
  zoomOut: 'Réduire',
  whole: 'Montrer toutes les étapes',
  none: "Pas encore d'étapes",
  failed: (count) => `${count} en échec`,
  left: (count) => `encore ${count}`,
  eachItem: 'un à un',
  takesItems: (step) => `Reprend chaque élément de ${step}`,
  waits: {
    limit: 'Attend une limite',
    paused: 'En pause',
    backoff: 'Attend avant le prochain essai',
    dependency: 'Attend une autre étape',
    approval: 'Attend une approbation',
    signal: 'Attend un signal',
    worker: 'Attend un worker',
  },
  waitsForLimit: (limit) => `Attend la limite ${limit}`,
  waitsFor: (steps) => `Attend ${steps}`,
}

/** The words for a locale: French for `fr…`, else English; `own` replaces any of them. */
export function graphLabelsFor(locale: string, own: Partial<GraphLabels> = {}): GraphLabels {
  const { statuses, of, loading, failedToLoad } = labelsFor(locale)
  const words = locale.toLowerCase().startsWith('fr') ? FRENCH : ENGLISH
  return { statuses, of, loading, failedToLoad, ...words, ...own }
}
