import { defineWorkflow } from '@monofil/server/worker'

export default defineWorkflow({
  name: 'order',
  steps: (step) => [step.approval('release'), step.signal('paid'), step('ship', (ctx) => ctx.results('paid').all())],
})
