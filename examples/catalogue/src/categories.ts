/** A shelf of the shop, and words by which what belongs there is known offline. */
export interface Category {
  readonly id: string
  readonly name: { readonly en: string; readonly fr: string }
  readonly words: string
}

/** The shelves of the shop. */
export const CATEGORIES: readonly Category[] = [
  {
    id: 'lighting',
    name: { en: 'Lighting', fr: 'Luminaires' },
    words: 'lamp light lantern bulb shade glow lampe lumière lanterne ampoule abat-jour éclairage',
  },
  {
    id: 'seating',
    name: { en: 'Seating', fr: 'Sièges' },
    words: 'chair stool bench armchair seat sit backrest chaise tabouret banc fauteuil assise dossier',
  },
  {
    id: 'tables',
    name: { en: 'Tables', fr: 'Tables' },
    words: 'table desk tabletop trestle dining bureau plateau tréteau salle manger',
  },
  {
    id: 'storage',
    name: { en: 'Storage', fr: 'Rangement' },
    words: 'shelf cabinet box basket drawer hook étagère armoire boîte panier tiroir patère ranger',
  },
  {
    id: 'textiles',
    name: { en: 'Textiles', fr: 'Textiles' },
    words:
      'blanket cushion rug curtain towel woven wool linen couverture coussin tapis rideau serviette tissé laine lin',
  },
  {
    id: 'kitchen',
    name: { en: 'Kitchen', fr: 'Cuisine' },
    words: 'bowl cup plate jug kettle knife teapot bol tasse assiette carafe bouilloire couteau théière',
  },
]

/** The category of an id; undefined for what is none. */
export function categoryOf(id: string | null): Category | undefined {
  return CATEGORIES.find((category) => category.id === id)
}
