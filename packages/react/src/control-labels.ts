import type { RunAction } from '@monofil/protocol'
import type { ControlBlock } from './use-run-controls.ts'
import type { StartBlock } from './use-start-run.ts'

/** Every word of `<RunControls>` and `<StartButton>`, so that an application can say them its own way. */
export interface ControlLabels {
  readonly group: string
  readonly actions: Readonly<Record<RunAction, string>>
  readonly retryFailed: (count: string) => string
  readonly retryUndone: (count: string) => string
  readonly why: Readonly<Record<ControlBlock, string>>
  readonly refused: string
  readonly cancelTitle: (workflow: string) => string
  /** What a cancel takes: items that are not done, and how many of them are at work, if any is. */
  readonly cancelBody: (open: string, running: string | null) => string
  readonly cancelExternal: string
  readonly cancelConfirm: (open: string) => string
  readonly keep: string
  /** Of a paused run whose items still run. */
  readonly ending: (running: string) => string
  readonly stopNow: string
  /** Of an external run whose reporter has not answered a wish. */
  readonly asked: Readonly<Record<'pause' | 'cancel', string>>
  readonly force: string
  readonly forceBody: string
  readonly start: string
  /** What it says, or why it is blocked. */
  readonly started: Readonly<Record<StartBlock, string>>
}

const ENGLISH: ControlLabels = {
  group: 'Controls',
  actions: { pause: 'Pause', resume: 'Resume', cancel: 'Cancel…', retry: 'Retry', rerun: 'Run again' },
  retryFailed: (count) => `Retry ${count} failed`,
  retryUndone: (count) => `Go on with ${count}`,
  why: {
    unknown: 'Nothing is known of the run yet',
    state: 'Its state does not allow this',
    external: 'It works elsewhere: start it anew with “Run again”',
    forbidden: 'You may not do this',
    pending: 'Waits for the answer to what was just asked',
  },
  refused: 'Refused',
  cancelTitle: (workflow) => `Cancel this run of ${workflow}?`,
  cancelBody: (open, running) =>
    `Cancelled with it, not done yet: ${open}${running === null ? '' : `, of them at work now: ${running}`}. What is completed stays.`,
  cancelExternal: 'Its reporter is asked to end it. The run is cancelled when the reporter says so.',
  cancelConfirm: (open) => `Cancel ${open}`,
  keep: 'Leave it',
  ending: (running) => `Paused; still at work: ${running}`,
  stopNow: 'Stop them now',
  asked: {
    pause: 'Asked to pause; its reporter has not said that it did',
    cancel: 'Asked to cancel; its reporter has not said that it did',
  },
  force: 'End it here',
  forceBody: 'What is open is cancelled here. The program that does the work is not stopped.',
  start: 'Start',
  started: { unknown: 'Not known yet whether one runs', starting: 'Starting…', running: 'Running…' },
}

const FRENCH: ControlLabels = {
  group: 'Commandes',
  actions: { pause: 'Mettre en pause', resume: 'Reprendre', cancel: 'Annuler…', retry: 'Réessayer', rerun: 'Relancer' },
  retryFailed: (count) => `Réessayer ${count} en échec`,
  retryUndone: (count) => `Continuer avec ${count}`,
  why: {
    unknown: "On ne sait encore rien de l'exécution",
    state: 'Son état ne le permet pas',
    external: 'Le travail se fait ailleurs : relancez-la avec « Relancer »',
    forbidden: "Vous n'en avez pas le droit",
    pending: "En attente de la réponse à ce qui vient d'être demandé",
  },
  refused: 'Refusé',
  cancelTitle: (workflow) => `Annuler cette exécution de ${workflow} ?`,
  cancelBody: (open, running) =>
    `Annulés avec elle, pas encore faits : ${open}${running === null ? '' : `, dont en cours : ${running}`}. Ce qui est terminé reste.`,
  cancelExternal: 'On demande à son rapporteur de la terminer. Elle est annulée quand il le confirme.',
  cancelConfirm: (open) => `En annuler ${open}`,
  keep: 'Laisser',
  ending: (running) => `En pause ; encore en cours : ${running}`,
  stopNow: 'Les arrêter maintenant',
  asked: {
    pause: "Pause demandée ; son rapporteur ne l'a pas confirmée",
    cancel: "Annulation demandée ; son rapporteur ne l'a pas confirmée",
  },
  force: 'La terminer ici',
  forceBody: "Ce qui est ouvert est annulé ici. Le programme qui fait le travail n'est pas arrêté.",
  start: 'Lancer',
  started: {
    unknown: 'On ne sait pas encore si une exécution est en cours',
    starting: 'Lancement…',
    running: 'En cours…',
  },
}

/** The words for a locale: French for `fr…`, else English; `own` replaces any of them. */
export function controlLabelsFor(locale: string, own: Partial<ControlLabels> = {}): ControlLabels {
  return { ...(locale.toLowerCase().startsWith('fr') ? FRENCH : ENGLISH), ...own }
}
