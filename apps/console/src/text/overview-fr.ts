import type { chartsEn, overviewEn } from './overview-en.ts'

/** French of the overview and of charts. */
export const overviewFr: typeof overviewEn = {
  title: 'Vue d’ensemble',
  stats: {
    running: 'En cours',
    queued: 'En attente',
    failed: 'Échecs en 24 h',
    connections: 'Connexions',
  },
  notYours: 'pour les administrateurs',
  active: 'Pas encore terminées',
  noneActive: 'Rien ne tourne en ce moment.',
  failed: 'Échecs des dernières 24 heures',
  noneFailed: 'Rien n’a échoué.',
  moreFailed: (amount) => `${amount.text} de plus`,
  allRuns: 'Toutes les exécutions',
  throughput: (hours) => `Débit des ${hours} dernières heures`,
  queues: 'À faire, par workflow',
  noneQueued: 'Rien n’attend.',
  queueColumns: { workflow: 'Workflow', runs: 'Exécutions', waiting: 'Éléments en attente', running: 'En cours' },
  schedules: 'Prochaines planifications',
  noneScheduled: 'Aucune planification n’est active.',
  empty: 'Rien n’a encore tourné',
  emptyBody: 'Ce qui tourne, échoue et attend apparaît ici au fur et à mesure. Ceci lance une petite exécution :',
}

/** French of a run's charts. */
export const chartsFr: typeof chartsEn = {
  rate: 'Éléments par seconde',
  ended: 'Éléments',
  failures: 'Échecs',
  failed: 'En échec',
  time: 'Heure',
  none: 'Aucun élément n’est encore terminé',
  noneBody: 'Le débit et les échecs apparaissent ici à mesure que les éléments se terminent.',
  noFailures: 'Rien n’a échoué',
  only: (step) => `Seulement ${step}`,
  all: 'Toutes les étapes',
  each: (length) => `par pas de ${length}`,
}
