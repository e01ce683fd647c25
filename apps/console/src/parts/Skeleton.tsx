import './Skeleton.css'

/** A grey shape where text will be; silent for screen readers. Width in any CSS unit. */
export function Skeleton({ width, height = '0.9em' }: { readonly width: string; readonly height?: string }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />
}
