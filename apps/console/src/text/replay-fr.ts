import type { Amount } from './en.ts'
import type { replayEn } from './replay-en.ts'

/** Texts of the replay and of bundles, in French. */
export const replayFr: typeof replayEn = {
  open: 'Revoir',
  title: 'Rediffusion',
  label: 'Commandes de la rediffusion',
  time: 'Moment de l’exécution',
  asOf: (when) => `Ceci est le passé : l’exécution telle qu’elle était le ${when}.`,
  cut: (amount: Amount) =>
    amount.count < 2
      ? 'L’événement le plus ancien n’est plus au journal ; ce qui n’a pas changé depuis est montré tel qu’il est.'
      : `Les ${amount.text} événements les plus anciens ne sont plus au journal ; ce qui n’a pas changé depuis est montré tel qu’il est.`,
  reading: (percent) => `Lecture du journal de l’exécution : ${percent}`,
  none: 'Cette exécution n’a pas encore de journal',
  live: 'Retour au direct',
  leave: 'Quitter la rediffusion',
  more: 'Lire la suite',
  link: 'un lien vers ce moment',
  play: 'Lire',
  pause: 'Pause',
  speed: 'Vitesse',
  times: (speed) => `${speed}×`,
  toStart: 'Au début',
  toEnd: 'À la fin',
  back: 'Un événement en arrière (,)',
  forward: 'Un événement en avant (.)',
  markBack: 'Au repère précédent',
  next: (mark) => `Suite : ${mark}`,
  noMark: 'Plus de repère',
  ofTime: (total) => `sur ${total}`,
  marks: {
    failure: (amount) => `${amount.text} ${amount.count < 2 ? 'échec' : 'échecs'}`,
    round: 'Nouveau tour',
    pause: 'En pause',
    resume: 'Reprise',
    end: 'Fin',
  },
  bundle: {
    title: 'Fichier d’exécution',
    open: 'Ouvrir un fichier d’exécution',
    body: 'Un fichier avec tout d’une exécution, tel que l’export de sa page le fait (….monofil-run.json.gz). Il est lu ici et n’est envoyé nulle part.',
    choose: 'Choisir un fichier',
    another: 'Ouvrir un autre fichier',
    drop: 'ou le déposer ici',
    reading: (percent) => `Lecture du fichier : ${percent}`,
    fromFile: (name) => `Du fichier ${name}`,
    made: (when, version) => `fait le ${when} par Monofil ${version}`,
    notes: {
      live: 'L’exécution continuait pendant qu’il était fait.',
      log_cut: (amount) => `${amount.text} des événements les plus anciens n’existaient déjà plus.`,
      lines_cut: (amount) => `${amount.text} des lignes les plus anciennes n’existaient déjà plus.`,
      failures_cut: 'Des groupes d’échecs ne nomment que les premiers de leurs éléments.',
    },
    problems: {
      title: 'Ce fichier ne peut pas être ouvert',
      not_a_bundle: 'Ce n’est pas un fichier d’exécution. Leurs noms finissent par .monofil-run.json.gz.',
      newer_version: 'Il a été fait par un Monofil plus récent : ouvrez-le avec un qui l’est au moins autant.',
      cut: 'Il finit trop tôt, ou des parties en sont abîmées : téléchargez-le encore.',
      too_large: 'Une fois ouvert il dépasse 1 Go, ce qu’une page ne peut pas tenir.',
    },
  },
}
