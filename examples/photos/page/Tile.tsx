import type { Item } from '@monofil/protocol'
import { memo, type ReactNode } from 'react'
import { fileOf, measuredOf, resultUrl } from './photos-of.ts'
import { ITEM_WORDS, StateIcon } from './StateIcon.tsx'

interface TileProps {
  readonly item: Item
  readonly runId: string
  readonly onOpen: (item: Item) => void
}

/** One photo: its picture as soon as there is one, its state, and why it failed. */
export const Tile = memo(function Tile({ item, runId, onOpen }: TileProps): ReactNode {
  const file = fileOf(item)
  const photo = measuredOf(item)
  const name = file.split('/').at(-1) ?? file
  return (
    <li className="tile" data-status={item.status}>
      <button type="button" onClick={() => onOpen(item)} title={file}>
        {photo === null ? (
          <span className="picture">
            <StateIcon status={item.status} />
          </span>
        ) : (
          // The time it was made: a photo that is done again has another picture at the same address.
          <img
            className="picture"
            src={`${resultUrl({ id: runId }, photo.thumbnail)}?v=${Date.parse(item.finishedAt ?? '') || 0}`}
            alt=""
            loading="lazy"
            decoding="async"
            style={{ backgroundColor: photo.colours[0]?.hex }}
          />
        )}
        <span className="name">{name}</span>
        <span className="state">
          <StateIcon status={item.status} />
          {ITEM_WORDS[item.status]}
        </span>
        {item.error !== null && item.status !== 'completed' && <span className="why">{item.error.message}</span>}
      </button>
    </li>
  )
})
