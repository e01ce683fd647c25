/** Every word of `<TextStream>` and `<Kpi>`, so that an application can say them its own way. */
export interface TextLabels {
  /** The name of the region, where the application gives none. */
  readonly text: string
  readonly waiting: string
  readonly writing: string
  readonly written: string
  readonly anew: string
  readonly cut: string
  readonly failed: string
  readonly noValue: string
}

const ENGLISH: TextLabels = {
  text: 'Text',
  waiting: 'Nothing was written yet.',
  writing: 'The text is being written.',
  written: 'The text is complete.',
  anew: 'The text begins anew.',
  cut: 'The text was longer and is cut here.',
  failed: 'The text cannot be shown',
  noValue: 'no value yet',
}

const FRENCH: TextLabels = {
  text: 'Texte',
  waiting: "Rien n'a encore été écrit.",
  writing: "Le texte est en cours d'écriture.",
  written: 'Le texte est complet.',
  anew: 'Le texte recommence.',
  cut: 'Le texte était plus long, il est coupé ici.',
  failed: 'Le texte ne peut pas être affiché',
  noValue: 'pas encore de valeur',
}

/** The words for a locale: French for `fr…`, else English; `own` replaces any of them. */
export function textLabelsFor(locale: string, own: Partial<TextLabels> = {}): TextLabels {
  return { ...(locale.toLowerCase().startsWith('fr') ? FRENCH : ENGLISH), ...own }
}
