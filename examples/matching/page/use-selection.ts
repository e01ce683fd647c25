import { useCallback, useState } from 'react'
import type { Source } from '../src/page.ts'

/** Where CVs come from: a folder that the server knows, or what was uploaded here. */
export type Place = Source['id'] | 'uploads'

/** CVs that can be chosen together: one folder's. */
export interface Shelf {
  readonly id: Place
  readonly folder: string | null
  readonly files: readonly string[]
}

/** Which CVs are chosen. */
export interface Selection {
  readonly shelves: readonly Shelf[]
  readonly shelf: Shelf
  readonly chosen: ReadonlySet<string>
  readonly turnTo: (id: Place) => void
  readonly toggle: (file: string) => void
  readonly chooseAll: (all: boolean) => void
  /** Names of files on their way. */
  readonly sending: readonly string[]
  readonly problems: readonly string[]
  readonly upload: (files: Iterable<File>) => Promise<void>
}

const NO_FILES: readonly string[] = []

/** The CVs to choose from and what is chosen of them; all are until somebody says otherwise. */
export function useSelection(sources: readonly Source[]): Selection {
  const [batch] = useState(() => crypto.randomUUID())
  const [uploaded, setUploaded] = useState<Shelf>({ id: 'uploads', folder: null, files: NO_FILES })
  const [turned, turnTo] = useState<Place | null>(null)
  // What is not chosen: files that come later are chosen, too.
  const [left, setLeft] = useState<Readonly<Partial<Record<Place, ReadonlySet<string>>>>>({})
  const [sending, setSending] = useState<readonly string[]>(NO_FILES)
  const [problems, setProblems] = useState<readonly string[]>(NO_FILES)
  const shelves: readonly Shelf[] = [...sources, uploaded]
  const shelf = shelves.find(({ id }) => id === turned) ?? shelves[0] ?? uploaded
  const out = left[shelf.id] ?? new Set<string>()
  const upload = useCallback(
    async (files: Iterable<File>) => {
      const all = [...files]
      setProblems(NO_FILES)
      setSending(all.map(({ name }) => name))
      turnTo('uploads')
      for (const file of all) {
        const { folder, problem } = await send(batch, file)
        if (problem !== null) setProblems((before) => [...before, problem])
        else {
          setUploaded(({ files: before, ...rest }) => ({
            ...{ ...rest, folder, files: [...new Set([...before, file.name])] },
          }))
        }
        setSending((before) => before.slice(1))
      }
    },
    [batch],
  )
  const leave = (files: ReadonlySet<string>) => setLeft((before) => ({ ...before, [shelf.id]: files }))
  return {
    ...{ shelves, shelf, turnTo, sending, problems, upload },
    chosen: new Set(shelf.files.filter((file) => !out.has(file))),
    toggle: (file) => {
      const next = new Set(out)
      if (!next.delete(file)) next.add(file)
      leave(next)
    },
    chooseAll: (all) => leave(new Set(all ? [] : shelf.files)),
  }
}

async function send(batch: string, file: File): Promise<{ folder: string; problem: null } | Refused> {
  try {
    const path = `/api/uploads/${batch}/${encodeURIComponent(file.name)}`
    const response = await fetch(path, { method: 'PUT', body: file })
    const answer = (await response.json()) as { folder: string; message?: string }
    return response.ok ? { folder: answer.folder, problem: null } : refused(file, answer.message)
  } catch (error) {
    return refused(file, error instanceof Error ? error.message : String(error))
  }
}

type Refused = { readonly folder: null; readonly problem: string }

function refused({ name }: File, why = ''): Refused {
  return { folder: null, problem: why.startsWith(name) ? why : `${name}: ${why}` }
}
