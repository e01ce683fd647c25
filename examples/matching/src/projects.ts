/** A text in the languages of the page. */
export interface Says {
  readonly en: string
  readonly fr: string
}

export type Language = keyof Says

/** Something a CV has or has not. `terms` and `years` are how the offline scorer looks; a model reads `says`. */
export interface Criterion {
  readonly id: string
  readonly says: Says
  /** Any of them will do, without accents and in lower case. */
  readonly terms?: readonly string[]
  /** At least so many years, wherever the CV states them. */
  readonly years?: number
}

/** What people are sought for. */
export interface Project {
  readonly id: string
  readonly name: Says
  readonly brief: Says
  /** Who lacks one of these is out. */
  readonly musts: readonly Criterion[]
  /** What makes a difference among those who are left. */
  readonly wishes: readonly Criterion[]
}

/** The projects that can be chosen; all made up. */
export const PROJECTS: readonly Project[] = [
  {
    id: 'p1',
    name: { en: 'Ferry booking on Kubernetes', fr: 'La billetterie des ferries sur Kubernetes' },
    brief: {
      en: 'Move the ticket shop of a ferry line to Kubernetes without a day of downtime: clusters, Terraform, deployment pipelines, PostgreSQL, monitoring, incidents at night in summer.',
      fr: 'Migrer la billetterie d’une compagnie de ferries vers Kubernetes sans interruption : clusters, Terraform, déploiement continu, PostgreSQL, supervision, incidents de nuit en été.',
    },
    musts: [
      {
        id: 'kubernetes',
        says: { en: 'Kubernetes in production', fr: 'Kubernetes en production' },
        terms: ['kubernetes', 'k8s', 'openshift'],
      },
      {
        id: 'code',
        says: { en: 'Infrastructure as code', fr: 'Infrastructure as code' },
        terms: ['terraform', 'opentofu', 'pulumi', 'ansible'],
      },
      { id: 'years', says: { en: 'At least 5 years of work', fr: 'Au moins 5 ans de métier' }, years: 5 },
    ],
    wishes: [
      {
        id: 'postgres',
        says: { en: 'PostgreSQL operations', fr: 'Exploitation de PostgreSQL' },
        terms: ['postgresql', 'postgres'],
      },
      {
        id: 'oncall',
        says: { en: 'On-call duty', fr: 'Astreintes' },
        terms: ['on-call', 'on call', 'astreinte', 'astreintes'],
      },
      {
        id: 'metrics',
        says: { en: 'Monitoring with Prometheus', fr: 'Supervision avec Prometheus' },
        terms: ['prometheus', 'grafana'],
      },
    ],
  },
  {
    id: 'p2',
    name: { en: 'Waiting times of hospitals', fr: 'Les délais d’attente des hôpitaux' },
    brief: {
      en: 'Publish how long patients wait in twelve hospitals: clean data in SQL, statistics in R or Python, charts that doctors and journalists understand, talks with hospital staff in French.',
      fr: 'Publier les délais d’attente des patients de douze hôpitaux : données propres en SQL, statistiques en R ou Python, graphiques compris des médecins et des journalistes, échanges en français.',
    },
    musts: [
      { id: 'sql', says: { en: 'SQL', fr: 'SQL' }, terms: ['sql', 'postgresql', 'bigquery'] },
      {
        id: 'statistics',
        says: { en: 'Statistics in R or Python', fr: 'Statistiques en R ou Python' },
        terms: ['tidyverse', 'pandas', 'statsmodels', 'biostatistics', 'biostatistiques'],
      },
      { id: 'french', says: { en: 'French', fr: 'Français' }, terms: ['french', 'francais'] },
    ],
    wishes: [
      {
        id: 'health',
        says: { en: 'Worked with hospitals', fr: 'Expérience hospitalière' },
        terms: ['hospital', 'hospitals', 'hopital', 'hopitaux', 'clinical', 'clinique'],
      },
      {
        id: 'charts',
        says: { en: 'Charts for the public', fr: 'Graphiques pour le public' },
        terms: ['charts', 'graphiques', 'dataviz', 'data visualisation'],
      },
    ],
  },
  {
    id: 'p3',
    name: { en: 'Whales near wind farms', fr: 'Les baleines et les éoliennes' },
    brief: {
      en: 'Listen to whales while wind turbines are built off the Norwegian coast: hydrophones, passive acoustic monitoring, weeks on a ship, reports in Norwegian.',
      fr: 'Écouter les baleines pendant la construction d’éoliennes au large de la Norvège : hydrophones, acoustique passive, semaines en mer, rapports en norvégien.',
    },
    musts: [
      {
        id: 'acoustics',
        says: { en: 'Passive acoustic monitoring', fr: 'Acoustique passive' },
        terms: ['passive acoustic', 'passive acoustics', 'acoustique passive'],
      },
      {
        id: 'offshore',
        says: { en: 'Offshore safety certificate', fr: 'Certificat de sécurité en mer' },
        terms: ['bosiet', 'gwo'],
      },
      { id: 'norwegian', says: { en: 'Norwegian', fr: 'Norvégien' }, terms: ['norwegian', 'norvegien', 'norsk'] },
    ],
    wishes: [{ id: 'python', says: { en: 'Python', fr: 'Python' }, terms: ['python'] }],
  },
]

/** The project of an id, or undefined. */
export function projectOf(id: string): Project | undefined {
  return PROJECTS.find((project) => project.id === id)
}
