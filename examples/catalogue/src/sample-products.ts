/** A product that was never sold: what the sample data sheets say. */
export interface Sample {
  readonly file: string
  readonly language: 'en' | 'fr'
  readonly name: string
  readonly sku?: string
  readonly price?: string
  readonly material?: string
  readonly size?: string
  readonly weight?: string
  readonly colour?: string
  readonly description: string
}

/** Some say little: a catalogue that is complete at once shows nothing. */
export const SAMPLES: readonly Sample[] = [
  { file: 'lamp-orla.pdf', language: 'en', name: 'Desk lamp Orla', sku: 'LI-104', price: '€49.90', material: 'oak, brushed brass', size: '20 x 45 cm', weight: '1.2 kg', colour: 'natural', description: 'A lamp with a linen shade and a warm light.' },
  { file: 'lampe Éclair (1).pdf', language: 'fr', name: 'Lampe Éclair', sku: 'LI-117', price: '64,50 €', material: 'laiton', size: '18 x 40 cm', colour: 'or', description: 'Une lampe dont la lumière se règle du bout du doigt.' },
  { file: 'lantern[2].docx', language: 'en', name: 'Garden lantern Moth', sku: 'LI-201', price: '€32', material: 'steel, glass', weight: '0.9 kg', colour: 'black', description: 'A lantern that keeps its glow in wind and rain.' },
  { file: 'pendant.txt', language: 'en', name: 'Pendant light Halo', price: '€129', size: '60 cm', description: 'A ring of light over the dining table.' },
  { file: 'chair-elodie.docx', language: 'fr', name: 'Chaise Élodie', sku: 'SE-007', price: '129 €', material: 'hêtre', size: '45 x 52 x 80 cm', weight: '4,2 kg', colour: 'bleu nuit', description: 'Une chaise au dossier courbé, empilable.' },
  { file: 'armchair.pdf', language: 'en', name: 'Armchair Brume', sku: 'SE-031', price: '€420', material: 'ash, wool', size: '78 x 80 x 74 cm', colour: 'grey', description: 'A deep seat and a high backrest for long evenings.' },
  { file: 'stool.txt', language: 'en', name: 'Step stool Pico', sku: 'SE-040', price: '€39', material: 'birch', size: '40 x 30 x 45 cm', weight: '2.8 kg', colour: 'natural', description: 'A stool to sit on and to reach from.' },
  { file: 'banc.pdf', language: 'fr', name: 'Banc Rivage', price: '210 €', material: 'chêne', size: '120 x 35 x 45 cm', description: 'Un banc pour deux, dedans comme dehors.' },
  { file: 'table-ferme.docx', language: 'fr', name: 'Table Ferme', sku: 'TA-002', price: '690 €', material: 'chêne massif', size: '200 x 90 x 75 cm', weight: '48 kg', colour: 'naturel', description: 'Une table de salle à manger au plateau de 4 cm.' },
  { file: 'desk-nook.pdf', language: 'en', name: 'Desk Nook', sku: 'TA-014', price: '€260', material: 'bamboo', size: '100 x 50 x 75 cm', weight: '17 kg', description: 'A small desk with room below its tabletop for a laptop.' },
  { file: 'trestle.txt', language: 'en', name: 'Trestle table Loft', sku: 'TA-020', material: 'pine', colour: 'white', description: 'A table that is folded away in a minute.' },
  { file: 'side-table.docx', language: 'en', name: 'Side table Dot', sku: 'TA-033', price: '€85', material: 'steel', size: '40 x 50 cm', weight: '3.1 kg', colour: 'sage', description: 'A round table beside the sofa.' },
  { file: 'shelf-grid.pdf', language: 'en', name: 'Wall shelf Grid', sku: 'ST-101', price: '€74', material: 'walnut', size: '90 x 20 x 60 cm', weight: '6 kg', colour: 'brown', description: 'A shelf of nine boxes for books and small things.' },
  { file: 'panier.txt', language: 'fr', name: 'Panier Osier', sku: 'ST-120', price: '24,90 €', material: 'osier', size: '35 x 30 cm', weight: '0,7 kg', colour: 'miel', description: 'Un panier pour ranger le bois ou les jouets.' },
  { file: 'cabinet.pdf', language: 'en', name: 'Cabinet Fold', price: '€515', size: '80 x 40 x 120 cm', description: 'A cabinet with two doors and one hidden drawer.' },
  { file: 'hooks.docx', language: 'en', name: 'Coat hooks Twig', sku: 'ST-140', price: '$18', material: 'brass', colour: 'gold', weight: '0.3 kg', description: 'Five hooks like twigs for coats and bags.' },
  { file: 'blanket.pdf', language: 'en', name: 'Wool blanket Fjell', sku: 'TX-011', price: '€95', material: 'wool', size: '130 x 200 cm', weight: '1.4 kg', colour: 'rust', description: 'A blanket woven of wool from one valley.' },
  { file: 'coussin.docx', language: 'fr', name: 'Coussin Dune', sku: 'TX-023', price: '35 €', material: 'lin', size: '50 x 50 cm', colour: 'sable', description: 'Un coussin en lin lavé, à la housse qui se retire.' },
  { file: 'rug.txt', language: 'en', name: 'Rug Tide', price: '£180', material: 'jute', size: '160 x 230 cm', description: 'A rug with a border like a tide line.' },
  { file: 'towels.pdf', language: 'en', name: 'Towels Salt, set of 3', sku: 'TX-050', price: '€42', material: 'cotton', colour: 'white', weight: '0.9 kg', description: 'A small, a middle and a large towel.' },
  { file: 'bol.docx', language: 'fr', name: 'Bol Grès', sku: 'KI-001', price: '14 €', material: 'grès', size: '15 cm', weight: '0,4 kg', colour: 'bleu', description: 'Un bol tourné à la main, chaque fois un peu autre.' },
  { file: 'teapot.pdf', language: 'en', name: 'Teapot Robin', sku: 'KI-014', price: '€58', material: 'stoneware', size: '1 l', weight: '0.8 kg', colour: 'red', description: 'A teapot that pours without a drop on the cloth.' },
  { file: 'knife.txt', language: 'en', name: 'Kitchen knife Heron', sku: 'KI-021', price: '€88', material: 'steel, olive wood', size: '20 cm', weight: '0.2 kg', description: 'A knife for everything from herbs to bread.' },
  { file: 'clock.pdf', language: 'en', name: 'Hourglass Still', sku: 'XX-001', price: '€22', material: 'glass', description: 'Turns once, counts to nothing.' },
]

/** Files that cannot be read: a scan without text, and one that is not what its name says. */
export const BROKEN = { scan: 'scan of a leaflet.pdf', notPdf: 'price list.pdf' } as const
