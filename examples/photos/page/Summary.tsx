import { isTerminal, type RunState } from '@monofil/protocol'
import { useRun } from '@monofil/react'
import type { ReactNode } from 'react'
import type { Inventory } from '../src/inventory.ts'
import { isInventory } from '../src/is-inventory.ts'
import { NO_VISION } from '../src/photo.ts'
import { resultUrl } from './photos-of.ts'
import { count, counted, day, decimal, weight } from './words.ts'

/** The inventory once the run is over, and where its files are. */
export function Summary({ run: { id, status } }: { readonly run: RunState }): ReactNode {
  const { run } = useRun(id)
  if (run === null || !isTerminal(status) || !isInventory(run.result)) return null
  const link = (name: string) => resultUrl(run, name)
  return (
    <section className="card summary" aria-label="Inventory">
      <h2>Inventory</h2>
      <dl>
        {linesOf(run.result).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="links">
        <a href={link('index.html')} target="_blank" rel="noreferrer">
          Contact sheet (HTML)
        </a>
        <a href={link('inventory.csv')} download={`${id}.csv`}>
          Table (CSV)
        </a>
        <a href={link('inventory.json')} download={`${id}.json`}>
          Everything (JSON)
        </a>
      </p>
    </section>
  )
}

function linesOf(inventory: Inventory): readonly (readonly [string, string])[] {
  const { cameras, dates, duplicates, blurry, sizes, failures } = inventory
  const named = cameras.filter(({ name }) => name !== null)
  const few = named.slice(0, 4).map(({ name, count: times }) => `${name} (${count(times)})`)
  const rest = named.length > few.length ? ` and ${count(named.length - few.length)} more` : ''
  return [
    [
      'Measured',
      `${counted(inventory.measured, 'photo')}, ${weight(inventory.bytes)}, ${decimal(sizes.megapixels)} megapixels`,
    ],
    ['Cameras', few.length === 0 ? 'no photo says' : `${few.join(', ')}${rest}`],
    ['Taken', dates.first === null ? 'no photo says' : `${day(dates.first)} to ${day(dates.last ?? dates.first)}`],
    [
      'Alike',
      duplicates.surplus === 0
        ? 'none'
        : `${counted(duplicates.surplus, 'photo')} that could go (${weight(duplicates.surplusBytes)}), in ${counted(duplicates.groups, 'group')}`,
    ],
    ['Blurry', blurry.count === 0 ? 'none' : `${counted(blurry.count, 'photo')}: ${blurry.rule}`],
    ...failures.map(
      ({ title, files, count: times }) =>
        [
          'Not read',
          `${count(times)}: ${title.toLowerCase()} (${files.slice(0, 3).join(', ')}${times > 3 ? ', …' : ''})`,
        ] as const,
    ),
    ['Room, objects, volume', `not known: ${NO_VISION.reason}`],
  ]
}
