import type { ItemStatus, RunStatus } from '@monofil/protocol'

/** Languages a PDF is written in. */
export const PDF_LANGUAGES = ['en', 'fr'] as const
export type PdfLanguage = (typeof PDF_LANGUAGES)[number]

/** The texts of a PDF. */
export interface PdfWords {
  readonly title: (workflow: string, id: string) => string
  readonly facts: Readonly<
    Record<
      | 'run'
      | 'status'
      | 'round'
      | 'items'
      | 'created'
      | 'started'
      | 'finished'
      | 'owner'
      | 'key'
      | 'tags'
      | 'usage'
      | 'error'
      | 'filter'
      | 'exported',
      string
    >
  >
  readonly tokens: (count: string) => string
  /** Where the run was not over. */
  readonly live: (offset: string) => string
  readonly columns: Readonly<Record<'status' | 'item' | 'step' | 'attempts' | 'took' | 'input' | 'result', string>>
  readonly status: Readonly<Record<RunStatus | ItemStatus, string>>
  readonly skipped: string
  readonly none: string
  /** Beside the number of all pages, which is known at the end. */
  readonly page: (number: string) => string
}

/** The texts by language. */
export const PDF_WORDS: Readonly<Record<PdfLanguage, PdfWords>> = {
  en: {
    title: (workflow, id) => `${workflow}: run ${id}`,
    facts: {
      run: 'Run',
      status: 'State',
      round: 'Round',
      items: 'Items',
      created: 'Created',
      started: 'Started',
      finished: 'Finished',
      owner: 'Owner',
      key: 'Key',
      tags: 'Tags',
      usage: 'Usage',
      error: 'Error',
      filter: 'Only items with',
      exported: 'Exported',
    },
    tokens: (count) => `${count} tokens`,
    live: (offset) => `The run went on: this is its state at event ${offset}, items may be newer.`,
    columns: {
      status: 'State',
      item: 'Item',
      step: 'Step',
      attempts: 'Tries',
      took: 'Took',
      input: 'Input',
      result: 'Result or error',
    },
    status: {
      queued: 'Queued',
      running: 'Running',
      retrying: 'Retrying',
      paused: 'Paused',
      completed: 'Completed',
      partial: 'Partial',
      failed: 'Failed',
      cancelled: 'Cancelled',
    },
    skipped: 'Skipped',
    none: 'There are no items.',
    page: (number) => `Page ${number} of `,
  },
  fr: {
    title: (workflow, id) => `${workflow} : exécution ${id}`,
    facts: {
      run: 'Exécution',
      status: 'État',
      round: 'Tour',
      items: 'Éléments',
      created: 'Créée',
      started: 'Commencée',
      finished: 'Terminée',
      owner: 'Propriétaire',
      key: 'Clé',
      tags: 'Étiquettes',
      usage: 'Consommation',
      error: 'Erreur',
      filter: 'Seulement les éléments avec',
      exported: 'Exportée',
    },
    tokens: (count) => `${count} jetons`,
    live: (offset) =>
      `L’exécution continuait : voici son état à l’événement ${offset}, des éléments peuvent être plus récents.`,
    columns: {
      status: 'État',
      item: 'Élément',
      step: 'Étape',
      attempts: 'Essais',
      took: 'Durée',
      input: 'Entrée',
      result: 'Résultat ou erreur',
    },
    status: {
      queued: 'En attente',
      running: 'En cours',
      retrying: 'Nouvel essai',
      paused: 'En pause',
      completed: 'Terminé',
      partial: 'Partiel',
      failed: 'Échoué',
      cancelled: 'Annulé',
    },
    skipped: 'Sauté',
    none: 'Il n’y a aucun élément.',
    page: (number) => `Page ${number} sur `,
  },
}
