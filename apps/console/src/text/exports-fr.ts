import type { exportsEn } from './exports-en.ts'

/** French of saving a run as a file. */
export const exportsFr: typeof exportsEn = {
  open: 'Exporter',
  all: 'Tous les éléments',
  only: (filter) => `Seulement les éléments avec ${filter}`,
  csv: 'CSV, pour tableurs',
  json: 'JSON',
  pdf: 'PDF, à lire et à imprimer',
  report: 'Pour un signalement',
  bundle: 'Dossier d’exécution, avec journal et entrées',
  problems: {
    too_large: 'C’est trop d’éléments pour un PDF. Filtrez-les d’abord, ou prenez le CSV.',
    busy: 'Le hub prépare d’autres PDF. Réessayez dans un instant.',
    gone: 'Cette exécution n’est plus là pour vous.',
    unreachable: 'Le hub ne répond pas. Réessayez dans un instant.',
  },
}
