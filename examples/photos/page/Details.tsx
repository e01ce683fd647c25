import type { Item, RunState } from '@monofil/protocol'
import { type ReactNode, useEffect, useRef } from 'react'
import { cameraName, type Photo } from '../src/photo.ts'
import { fileOf, measuredOf, resultUrl } from './photos-of.ts'
import { ITEM_WORDS, StateIcon } from './StateIcon.tsx'
import { day, decimal, weight } from './words.ts'

/** All that is known of one photo, and of what is not known, why. */
export function Details(props: {
  readonly item: Item
  readonly run: RunState
  readonly onClose: () => void
}): ReactNode {
  const { item, run, onClose } = props
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const photo = measuredOf(item)
  return (
    <dialog ref={dialog} className="details" aria-label={fileOf(item)} onClose={onClose}>
      <form method="dialog">
        <button type="submit" className="close" aria-label="Close">
          ×
        </button>
      </form>
      <h2>{fileOf(item)}</h2>
      <p className="state">
        <StateIcon status={item.status} /> {ITEM_WORDS[item.status]}
        {item.attempts > 1 && `, attempt ${item.attempts}`}
      </p>
      {item.error !== null && <p className="why">{item.error.message}</p>}
      {photo !== null && (
        <>
          <img src={resultUrl(run, photo.thumbnail)} alt="" />
          <dl>
            {factsOf(photo).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </dialog>
  )
}

function factsOf(photo: Photo): readonly (readonly [string, string])[] {
  const { camera, shot, vision } = photo
  const unknown = `not known: ${vision.reason}`
  return [
    ['Size', `${photo.width} × ${photo.height}, ${weight(photo.bytes)}, ${photo.format}`],
    ['Camera', cameraName(camera) ?? 'the photo does not say'],
    ['Taken', shot.taken === null ? 'the photo does not say' : day(shot.taken)],
    ['Sharpness', decimal(photo.sharpness)],
    ['Room', vision.room ?? unknown],
    ['Objects', vision.objects ?? unknown],
    ['Volume', vision.volume ?? unknown],
    ...photo.notes.map((note) => ['Note', note] as const),
  ]
}
