import type { NoticeText } from './texts.ts'

/** What a digest says, in the languages that Monofil itself speaks. */
export function digestTexts(count: number, module: string): readonly NoticeText[] {
  const of = module === '' ? '' : ` · ${module}`
  return [
    text('en', `${count} more ${count === 1 ? 'notification' : 'notifications'}${of}`, null),
    // French counts zero and one alike; a digest has at least one.
    text('fr', count === 1 ? `1 autre notification${of}` : `${count} autres notifications${of}`, null),
  ]
}

/** What is told of a run's end. */
export interface EndedRun {
  readonly workflow: string
  readonly status: 'completed' | 'partial' | 'failed' | 'cancelled'
  readonly completed: number
  readonly failed: number
}

const ENDS = {
  en: { completed: 'completed', partial: 'completed in part', failed: 'failed', cancelled: 'cancelled' },
  fr: { completed: 'terminé', partial: 'terminé en partie', failed: 'échoué', cancelled: 'annulé' },
} as const

/** What the end of a run says: how it ended, and its counts. */
export function runEndTexts(run: EndedRun): readonly NoticeText[] {
  const { workflow, status, completed, failed } = run
  const items = completed === 1 ? '1 item done' : `${completed} items done`
  const elements = completed < 2 ? `${completed} élément traité` : `${completed} éléments traités`
  const errors = `${failed} en échec`
  return [
    text('en', `${workflow}: ${ENDS.en[status]}`, failed === 0 ? items : `${items}, ${failed} failed`),
    text('fr', `${workflow} : ${ENDS.fr[status]}`, failed === 0 ? elements : `${elements}, ${errors}`),
  ]
}

function text(language: string, title: string, message: string | null): NoticeText {
  return { language, title, message, details: null }
}
