import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { Flow } from './flow.ts'
import { TabsLab } from './lab.ts'

/** Whether everything is tested, or what a minute allows. */
export const isLong = process.env['TEST_LONG'] !== undefined

/** What each test of a file works with: the lab is the file's, the flow and the browser's contexts are the test's. */
export class TabsSuite {
  #lab: TabsLab | undefined
  #flow: Flow | undefined

  constructor() {
    let topics = 0
    beforeAll(async () => {
      this.#lab = await TabsLab.start()
    })
    beforeEach(async () => {
      topics += 1
      this.#flow = await Flow.start(this.lab.hub, `topic-${topics}`)
    })
    afterEach(async () => {
      await this.#flow?.stop()
      for (const context of this.#lab?.browser.contexts() ?? []) await context.close()
    })
    afterAll(async () => {
      await this.#lab?.close()
    })
  }

  get lab(): TabsLab {
    if (this.#lab === undefined) throw new Error('the lab is not there yet')
    return this.#lab
  }

  get flow(): Flow {
    if (this.#flow === undefined) throw new Error('the flow is not there yet')
    return this.#flow
  }
}
