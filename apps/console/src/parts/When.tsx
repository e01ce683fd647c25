import { useNow, useTexts } from '../lib/context.ts'

/** How long ago, in words that keep up; the exact time on hover. */
export function When({ at }: { readonly at: string }) {
  const { f } = useTexts()
  const now = useNow()
  return (
    <time dateTime={at} title={f.exact(at)}>
      {f.relative(at, now)}
    </time>
  )
}

/** How long something has been going on, or how long it took once `to` is known. */
export function Elapsed({ from, to }: { readonly from: string; readonly to: string | null }) {
  return to === null ? <Ticking from={from} /> : <Took ms={Date.parse(to) - Date.parse(from)} />
}

function Ticking({ from }: { readonly from: string }) {
  const now = useNow()
  return <Took ms={Math.max(0, Math.floor((now - Date.parse(from)) / 1000) * 1000)} />
}

function Took({ ms }: { readonly ms: number }) {
  const { f } = useTexts()
  return <span className="figure">{f.duration(ms)}</span>
}
