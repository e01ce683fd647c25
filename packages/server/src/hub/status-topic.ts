import { isTerminal, type Run } from '@monofil/protocol'
import { can } from '../auth/index.ts'
import type { Principal } from '../seams/auth.ts'
import type { RunStore } from '../seams/store.ts'
import { Audience } from './audience.ts'

interface View {
  readonly audience: Audience
  readonly principal: Principal
}

/** What runs now, of one workflow and key. */
export function statusKey(run: Pick<Run, 'workflow' | 'key'>): string {
  return run.key === null ? run.workflow : `${run.workflow}/${run.key}`
}

/**
 * The state topic `status`: for each workflow and key the run that is active, the oldest where there are several.
 * Whoever may start a workflow sees that it runs; what runs is shown to those who may read it.
 */
export class StatusTopic {
  readonly #runs: RunStore
  readonly #views = new Map<string, View>()
  /** Active runs by status key and id; undefined until somebody asks. */
  #active: Map<string, Map<string, Run>> | undefined = undefined
  #loading: Promise<void> | undefined = undefined
  /** What changed while the active runs were read. */
  #early: Run[] = []
  #seq = 0

  constructor(runs: RunStore) {
    this.#runs = runs
  }

  /** The topic as this user sees it, once it is known. Users with the same rights share it. */
  async audience(principal: Principal): Promise<Audience> {
    if (this.#active === undefined) {
      this.#loading ??= this.#load()
      await this.#loading
    }
    const key = JSON.stringify([principal.sub, principal.roles, principal.topics, principal.publish])
    let view = this.#views.get(key)
    if (view === undefined) {
      view = { audience: new Audience('status'), principal }
      view.audience.idleSince = Number.MAX_SAFE_INTEGER
      this.#views.set(key, view)
      for (const status of this.#active?.keys() ?? []) this.#show(view, status, this.#seq)
    }
    return view.audience
  }

  changed(run: Run, seq: number): void {
    this.#seq = Math.max(this.#seq, seq)
    if (this.#loading !== undefined) this.#early.push(run)
    if (this.#active !== undefined) this.#apply(run, seq)
  }

  removed(id: string, seq: number): void {
    for (const [key, runs] of this.#active ?? []) if (runs.delete(id)) this.#showAll(key, seq)
  }

  sweep(now: number, lingerMs: number): void {
    for (const [key, { audience }] of this.#views) {
      if (audience.count > 0 || audience.idleSince > now) audience.idleSince = now
      else if (now - audience.idleSince > lingerMs) {
        this.#views.delete(key)
        audience.isDropped = true
      }
    }
    if (this.#views.size === 0 && this.#loading === undefined) this.#active = undefined
  }

  async #load(): Promise<void> {
    this.#early = []
    try {
      const active = new Map<string, Map<string, Run>>()
      for (const run of await this.#runs.active()) put(active, run)
      this.#active = active
      for (const run of this.#early) this.#apply(run, this.#seq)
    } finally {
      this.#early = []
      this.#loading = undefined
    }
  }

  #apply(run: Run, seq: number): void {
    const key = statusKey(run)
    const known = this.#active?.get(key)?.get(run.id)
    if (known !== undefined && known.offset > run.offset) return
    if (isTerminal(run.status)) {
      if (known === undefined) return
      this.#active?.get(key)?.delete(run.id)
      if (this.#active?.get(key)?.size === 0) this.#active.delete(key)
    } else {
      if (this.#active !== undefined) put(this.#active, run)
      if (known !== undefined) return
    }
    this.#showAll(key, seq)
  }

  #showAll(key: string, seq: number): void {
    for (const view of this.#views.values()) this.#show(view, key, seq)
  }

  #show({ audience, principal }: View, key: string, seq: number): void {
    let oldest: Run | undefined
    for (const run of this.#active?.get(key)?.values() ?? []) {
      if (oldest === undefined || run.createdAt < oldest.createdAt) oldest = run
    }
    if (oldest === undefined) {
      audience.set(key, seq, null)
      return
    }
    if (!can(principal, 'workflow.start', oldest.workflow)) return
    const runId = can(principal, 'run.read', oldest) ? oldest.id : null
    const data = { workflow: oldest.workflow, key: oldest.key, runId, since: oldest.createdAt }
    audience.set(key, seq, JSON.stringify(data))
  }
}

function put(active: Map<string, Map<string, Run>>, run: Run): void {
  const key = statusKey(run)
  const runs = active.get(key)
  if (runs === undefined) active.set(key, new Map([[run.id, run]]))
  else runs.set(run.id, run)
}
