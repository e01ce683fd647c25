import { Core } from '../core.ts'
import { Leader } from './leader.ts'
import type { FromWorker, ToWorker, WorkerConfig } from './port-words.ts'
import type { DownWord } from './words.ts'

/** What runs in the shared worker: one core without subscribers of its own, and a port to every tab. */
export class WorkerHost {
  readonly #ports = new Map<string, MessagePort>()
  readonly #term = Date.now()
  #tabs = 0
  #core: Core | null = null
  #leader: Leader | null = null
  #marker = ''

  connect(port: MessagePort): void {
    this.#tabs += 1
    const tab = String(this.#tabs)
    this.#ports.set(tab, port)
    port.onmessage = ({ data }) => this.#hear(tab, data as ToWorker)
  }

  #hear(tab: string, word: ToWorker): void {
    switch (word.kind) {
      case 'config':
        if (this.#core === null) this.#start(word.config)
        return
      case 'who':
        this.#post(tab, { kind: 'lead', marker: this.#marker, term: this.#term, tabs: this.#ports.size })
        return
      case 'logout':
        for (const other of this.#ports.keys()) this.#post(other, { kind: 'logout' })
        this.#end()
        return
      default:
        this.#leader?.take(tab, word)
        if (word.kind === 'detach') this.#ports.delete(tab)
    }
    this.#core?.schedule()
  }

  /** Nothing of the user stays; a tab that comes back configures the worker anew. */
  #end(): void {
    this.#ports.clear()
    this.#core?.close()
    this.#core = this.#leader = null
  }

  #post(tab: string, said: FromWorker): void {
    this.#ports.get(tab)?.postMessage(said)
  }

  #start({ url, tokens, ...options }: WorkerConfig): void {
    // This worker has no credential of its own: the tabs are asked whenever one is needed.
    const token = async () => (await this.#leader?.borrow(false)) ?? ''
    this.#core = new Core(url, { ...options, ...(tokens ? { token } : {}) }, (route, marker) => {
      this.#marker = marker
      const post = (tab: string, words: readonly DownWord[]) => this.#post(tab, { kind: 'words', words })
      this.#leader = new Leader({ route, marker, post, onYield() {} })
      return this.#leader
    })
  }
}
