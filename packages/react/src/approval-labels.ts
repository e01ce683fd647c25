/** Every word of `<Approval>`, so that an application can say them its own way. */
export interface ApprovalLabels {
  readonly title: (step: string) => string
  readonly since: (time: string) => string
  readonly until: (time: string) => string
  readonly note: string
  readonly approve: string
  readonly reject: string
  readonly pending: string
  /** Somebody else's answer was first, or nobody waits any more. */
  readonly tooLate: string
}

const ENGLISH: ApprovalLabels = {
  title: (step) => `${step}: waits for your approval`,
  since: (time) => `since ${time}`,
  until: (time) => `until ${time}`,
  note: 'Note (optional)',
  approve: 'Approve',
  reject: 'Reject',
  pending: 'Waits for the answer to what was just asked',
  tooLate: 'It was answered otherwise already, or does not wait any more.',
}

const FRENCH: ApprovalLabels = {
  title: (step) => `${step} : en attente de votre approbation`,
  since: (time) => `depuis ${time}`,
  until: (time) => `jusqu'à ${time}`,
  note: 'Note (facultative)',
  approve: 'Approuver',
  reject: 'Refuser',
  pending: "En attente de la réponse à ce qui vient d'être demandé",
  tooLate: "Une autre réponse a déjà été donnée, ou rien n'attend plus.",
}

/** The words for a locale: French for `fr…`, else English; `own` replaces any of them. */
export function approvalLabelsFor(locale: string, own: Partial<ApprovalLabels> = {}): ApprovalLabels {
  return { ...(locale.toLowerCase().startsWith('fr') ? FRENCH : ENGLISH), ...own }
}
