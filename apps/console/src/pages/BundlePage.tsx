import type { Run } from '@monofil/protocol'
import { FolderOpen, PackageOpen } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { type OpenedBundle, useBundle } from '../lib/use-bundle.ts'
import { useUrlChange } from '../lib/use-url-change.ts'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { Replay } from '../parts/Replay.tsx'
import { ShortId } from '../parts/ShortId.tsx'
import '../parts/RunPage.css'
import './BundlePage.css'

/** A run out of a file: the same page as of a run at the hub, with its whole past and nothing to control. */
export function BundlePage() {
  const { t, f } = useTexts()
  const words = t.replay.bundle
  const { opened, part, problem, open } = useBundle()
  const [isOver, setOver] = useState(false)
  const take = (file: File | undefined) => file !== undefined && open(file)
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  return (
    <section
      className={`bundle-page${isOver ? ' is-over' : ''}`}
      aria-label={words.title}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <title>{`${words.title} · Monofil`}</title>
      {opened === null && (
        <div className="page-head">
          <h1>{words.title}</h1>
        </div>
      )}
      {problem !== null && (
        <div className="run-refused">
          <ErrorPanel error={problem} title={words.problems.title} />
        </div>
      )}
      {part !== null && (
        <div className="card replay-bar" aria-busy="true">
          <p className="muted">{words.reading(f.percent(part * 100))}</p>
          <progress className="replay-reading" max={1} value={part} aria-label={words.title} />
        </div>
      )}
      {opened === null ? (
        part === null && (
          <div className="card">
            <Empty icon={PackageOpen} title={words.open} body={words.body}>
              <FileButton name={words.choose} onFile={take} />
              <span className="faint">{words.drop}</span>
            </Empty>
          </div>
        )
      ) : (
        <Opened key={opened.at} opened={opened} onFile={take} />
      )}
    </section>
  )
}

interface OpenedProps {
  readonly opened: OpenedBundle
  readonly onFile: (file: File) => void
}

function Opened({ opened, onFile }: OpenedProps) {
  const { t, f } = useTexts()
  const [params, change] = useUrlChange()
  const { run, tape, name, bundle } = opened
  return (
    <>
      <div className="run-head">
        <h1>{run.workflow}</h1>
        <ShortId id={run.id} />
        <span className="run-tag">
          {t.replay.bundle.fromFile(name)}, {t.replay.bundle.made(f.exact(bundle.at), bundle.hub.version)}
        </span>
      </div>
      <Notes notes={bundle.notes} />
      <Replay run={run satisfies Run} tape={tape} params={params} onChange={change}>
        <FileButton name={t.replay.bundle.another} onFile={onFile} />
      </Replay>
    </>
  )
}

/** What the file says of itself that it does not have. */
function Notes({ notes }: Pick<OpenedBundle['bundle'], 'notes'>) {
  const { t, amount } = useTexts()
  if (notes.length === 0) return null
  return (
    <ul className="bundle-notes muted">
      {notes.map(({ code, message, count = 0 }) => {
        // A later version may know others: it says them in its own words.
        const words = Object.hasOwn(t.replay.bundle.notes, code) ? t.replay.bundle.notes[code] : message
        return <li key={code}>{typeof words === 'string' ? words : words(amount(count))}</li>
      })}
    </ul>
  )
}

function FileButton({ name, onFile }: { readonly name: string; readonly onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <FolderOpen className="icon" aria-hidden />
        {name}
      </button>
      <input
        ref={input}
        type="file"
        accept=".gz,.json"
        hidden
        onChange={({ target }) => {
          const file = target.files?.[0]
          if (file !== undefined) onFile(file)
          // The same file again is another wish.
          target.value = ''
        }}
      />
    </>
  )
}
