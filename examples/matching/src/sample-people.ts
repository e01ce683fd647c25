/** A person who does not exist, and the file such a person would send. */
export interface Person {
  readonly file: string
  readonly name: string
  readonly role: string
  readonly years: number
  readonly language: 'en' | 'fr'
  readonly work: readonly string[]
  readonly skills: readonly string[]
  readonly speaks: readonly string[]
}

/** The people of the sample CVs: names, towns and firms are made up. */
export const PEOPLE: readonly Person[] = [
  {
    file: 'CV (1).pdf',
    name: 'Maren Oldekop',
    role: 'Site reliability engineer',
    years: 9,
    language: 'en',
    work: [
      'Moved the parcel tracking of Blauwal Logistik to Kubernetes: 40 services, no downtime in 14 months.',
      'Keeps clusters, networks and DNS in Terraform; every change is a reviewed plan.',
      'On-call duty one week in five; halved the pages at night with Prometheus alerts that mean something.',
      'Upgraded PostgreSQL from 11 to 16 by logical replication while the shop stayed open.',
    ],
    skills: ['Kubernetes', 'Terraform', 'Go', 'PostgreSQL', 'Prometheus', 'Grafana'],
    speaks: ['German', 'English'],
  },
  {
    file: 'x[1717].docx',
    name: 'Baptiste Quéméneur',
    role: 'Ingénieur plateforme',
    years: 7,
    language: 'fr',
    work: [
      'Migration de la réservation de Navettes du Ponant vers Kubernetes, en déploiement continu.',
      'Serveurs et réseaux décrits avec Ansible, puis OpenTofu ; environnements recréés chaque nuit.',
      'Astreintes d’été : incidents traités de nuit, comptes rendus publiés à toute l’équipe.',
    ],
    skills: ['Kubernetes', 'OpenTofu', 'Ansible', 'GitLab CI', 'Bash'],
    speaks: ['français', 'breton', 'anglais'],
  },
  {
    file: 'Résumé – Zoë Brännström.pdf',
    name: 'Zoë Brännström',
    role: 'Biostatistician',
    years: 6,
    language: 'en',
    work: [
      'Biostatistics for the register of Västra Kliniken: waiting times of 30 hospital wards, in R and tidyverse.',
      'Cleaned 14 million visits with SQL; every figure can be traced to its rows.',
      'Charts for the public with a local newspaper, read by 200,000 people.',
    ],
    skills: ['R', 'tidyverse', 'SQL', 'data visualisation'],
    speaks: ['Swedish', 'English', 'French'],
  },
  {
    file: 'Łukasz_Żółć_CV_final_FINAL(2).docx',
    name: 'Łukasz Żółć',
    role: 'Backend developer',
    years: 4,
    language: 'en',
    work: [
      'Wrote the price service of Zielony Koszyk in Kotlin; deployed by others to Kubernetes.',
      'Small Terraform modules for the queues of his team.',
      'Tuned PostgreSQL queries from 4 s to 30 ms.',
    ],
    skills: ['Kotlin', 'PostgreSQL', 'Kafka', 'Terraform', 'Kubernetes'],
    speaks: ['Polish', 'English'],
  },
  {
    file: 'cv_camille.larrieu+stats.pdf',
    name: 'Camille Larrieu',
    role: 'Statisticienne en santé',
    years: 11,
    language: 'fr',
    work: [
      'Délais d’attente de quatre hôpitaux du Béarn : collecte, statistiques en Python avec pandas, publication.',
      'Entrepôt de données en PostgreSQL, requêtes SQL relues à deux.',
      'Graphiques pour le public et ateliers avec les soignants.',
    ],
    skills: ['Python', 'pandas', 'SQL', 'biostatistiques'],
    speaks: ['français', 'espagnol'],
  },
  {
    file: '100% motivated & ready!.docx',
    name: 'Tamsin Gooch',
    role: 'Pastry cook',
    years: 8,
    language: 'en',
    work: [
      'Croissants and bread for 300 guests a day at the Harbour Lights hotel.',
      'Planned stock and shifts for a kitchen of nine.',
    ],
    skills: ['Viennoiserie', 'Planning', 'Spreadsheets'],
    speaks: ['English'],
  },
  {
    file: 'Ines Valcárcel – acústica.pdf',
    name: 'Inés Valcárcel',
    role: 'Marine biologist',
    years: 5,
    language: 'en',
    work: [
      'Passive acoustic monitoring of sperm whales off Gran Canaria: 600 hours of hydrophone recordings.',
      'Classified clicks in Python; weeks on small ships.',
    ],
    skills: ['PAMGuard', 'Python', 'hydrophones'],
    speaks: ['Spanish', 'English', 'French'],
  },
  {
    file: '简历 Lin Yating.docx',
    name: 'Lin Yating 林雅婷',
    role: 'Data engineer',
    years: 6,
    language: 'en',
    work: [
      'Pipelines for the open data of a city: 90 tables, SQL and dbt, tests on every column.',
      'Statistics in pandas and statsmodels for the bus company: waiting times at 1,100 stops.',
      'Charts that journalists reuse without asking.',
    ],
    skills: ['SQL', 'Python', 'pandas', 'dbt', 'charts'],
    speaks: ['Chinese', 'English', 'French'],
  },
  {
    file: 'Cand. 07 (scanned copy).pdf',
    name: 'Odd-Geir Myrvang',
    role: 'Offshore technician',
    years: 15,
    language: 'en',
    work: [
      'Serviced wind turbines off Karmøy; BOSIET and GWO certificates, renewed every second year.',
      'Led crews of six for three weeks at a time.',
    ],
    skills: ['Rope access', 'Hydraulics', 'Safety'],
    speaks: ['Norwegian', 'English'],
  },
  {
    file: "d'Artagnan, M. - CV.docx",
    name: 'Mireille d’Artagnan',
    role: 'Responsable infrastructure',
    years: 14,
    language: 'fr',
    work: [
      'Infrastructure de Radio Garonne : du serveur sous le bureau à OpenShift sur deux sites.',
      'Tout est décrit avec Ansible ; un site se reconstruit en 40 minutes.',
      'Supervision avec Prometheus et Grafana, astreintes partagées à six.',
      'PostgreSQL répliqué, sauvegardes restaurées chaque mois pour de vrai.',
    ],
    skills: ['OpenShift', 'Ansible', 'PostgreSQL', 'Prometheus'],
    speaks: ['français', 'anglais'],
  },
]

/** A scan: a picture of a page without a word of text. */
export const SCAN = 'scan 2024-03-11 (unreadable).pdf'
