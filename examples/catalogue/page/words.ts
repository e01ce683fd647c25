import { createContext, useContext } from 'react'

const EN = {
  title: 'Catalogue',
  language: 'Français',
  live: 'Live',
  connecting: 'Connecting…',
  notConnected: 'Not connected',
  back: 'Back to the catalogue',
  loading: 'Loading',
  extract: 'Extraction',
  extractAbout: 'Reads the data sheets: name, price, material, size of each product.',
  extractStart: 'Extract products',
  enrich: 'Enrichment',
  enrichAbout: 'Finds each product’s shelf and writes its lines for the shop.',
  enrichStart: 'Enrich products',
  running: 'Running…',
  other: { 'catalogue-extract': 'The extraction runs', 'catalogue-enrich': 'The enrichment runs' },
  first: 'Extract products first',
  watch: 'Watch it live',
  last: 'Last run',
  never: 'Never run',
  refused: 'The run could not be started',
  products: 'Products',
  empty: 'No product was extracted yet. Start with the extraction above.',
  unread: (count: string) => `${count} could not be read`,
  complete: 'Catalogue complete',
  completeNone: 'Not known before the first enrichment',
  steps: 'Steps',
  progress: 'Progress',
  gone: 'This run is not here any more.',
  failed: 'It cannot be shown',
  columns: { name: 'Product', shelf: 'Shelf', price: 'Price', text: 'Text', complete: 'Complete' },
  noShelf: 'no shelf fits',
  model: 'Texts by:',
  offline: 'the data sheets’ own words: no model is set (MODEL_URL)',
  items: 'What was done',
  see: 'See the run',
  since: 'Since',
  states: {
    queued: 'Waiting',
    running: 'At work',
    retrying: 'Trying again',
    completed: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
}

export type Words = typeof EN

const FR: Words = {
  title: 'Catalogue',
  language: 'English',
  live: 'En direct',
  connecting: 'Connexion…',
  notConnected: 'Non connecté',
  back: 'Retour au catalogue',
  loading: 'Chargement',
  extract: 'Extraction',
  extractAbout: 'Lit les fiches : nom, prix, matière, dimensions de chaque produit.',
  extractStart: 'Extraire les produits',
  enrich: 'Enrichissement',
  enrichAbout: 'Trouve le rayon de chaque produit et écrit son texte pour la boutique.',
  enrichStart: 'Enrichir les produits',
  running: 'En cours…',
  other: { 'catalogue-extract': 'L’extraction est en cours', 'catalogue-enrich': 'L’enrichissement est en cours' },
  first: 'Extraire d’abord les produits',
  watch: 'Suivre en direct',
  last: 'Dernière exécution',
  never: 'Jamais lancé',
  refused: 'Le lancement a échoué',
  products: 'Produits',
  empty: 'Aucun produit n’est encore extrait. Commencez par l’extraction ci-dessus.',
  unread: (count) => `${count} illisibles`,
  complete: 'Catalogue complet',
  completeNone: 'Inconnu avant le premier enrichissement',
  steps: 'Étapes',
  progress: 'Progression',
  gone: 'Cette exécution n’est plus là.',
  failed: 'Affichage impossible',
  columns: { name: 'Produit', shelf: 'Rayon', price: 'Prix', text: 'Texte', complete: 'Complet' },
  noShelf: 'aucun rayon ne convient',
  model: 'Textes par :',
  offline: 'les mots des fiches : aucun modèle n’est réglé (MODEL_URL)',
  items: 'Ce qui a été fait',
  see: 'Voir l’exécution',
  since: 'Depuis le',
  states: {
    queued: 'En attente',
    running: 'En cours',
    retrying: 'Nouvel essai',
    completed: 'Fait',
    failed: 'Échec',
    cancelled: 'Annulé',
  },
}

export type Locale = 'en' | 'fr'

export const WORDS: Readonly<Record<Locale, Words>> = { en: EN, fr: FR }

/** The language of the page. */
export const LocaleContext = createContext<Locale>('en')

/** The page's words and the locale they are in. */
export function useWords(): { readonly t: Words; readonly locale: Locale } {
  const locale = useContext(LocaleContext)
  return { t: WORDS[locale], locale }
}

/** The language a person chose, else the browser's. */
export function firstLocale(): Locale {
  const kept = localStorage.getItem('catalogue-language')
  if (kept === 'en' || kept === 'fr') return kept
  return navigator.language.startsWith('fr') ? 'fr' : 'en'
}
