import type { textsEn } from './texts-en.ts'

/** French of what an item says. */
export const textsFr: typeof textsEn = {
  title: (name) => (name === 'text' ? 'Texte' : `Texte : ${name}`),
  writing: 'En cours d’écriture',
  written: 'Le texte est complet',
  attempt: (attempt) => `Essai ${attempt}`,
  follow: 'Suivre',
  cut: 'Il était plus long, il est coupé ici.',
  failed: 'Le texte ne peut pas être affiché',
}
