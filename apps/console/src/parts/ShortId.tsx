import { useTexts } from '../lib/context.ts'
import { shortId } from '../lib/short-id.ts'
import { CopyButton } from './CopyButton.tsx'
import './ShortId.css'

/** An id, short, with the whole of it on hover and to copy. */
export function ShortId({ id }: { readonly id: string }) {
  const { t } = useTexts()
  return (
    <span className="short-id">
      <code title={id}>{shortId(id)}</code>
      <CopyButton text={id} what={t.copy.id} />
    </span>
  )
}
