import { controls, type LedgerResult, ledger } from './ledger.ts'

/** The ledger's cases, each once: how fast, and what it took. */
export async function ledgerTables(): Promise<string[][][]> {
  const speed = [
    ['ledger, over the socket', 'items/s', 'first tenth', 'last tenth', 'last step: first, last tenth', 'wall, s'],
  ]
  const cost = [
    ['ledger', 'hub, MB', 'worker, MB', 'hub CPU, s', 'worker CPU, s', 'loop p99, ms', 'file, MB', 'stream, MB'],
  ]
  for (const result of await ledger()) {
    speed.push(speedOf(result))
    cost.push(costOf(result))
  }
  const { cancelMs, retryMs, hub } = await controls()
  const control = [
    ['control of 100,000 open items', 'answered after, ms', 'hub, MB', 'loop p99 of both, ms'],
    ['cancel', cancelMs.toFixed(0), hub.peakMb.toFixed(0), hub.loopP99Ms.toFixed(1)],
    ['retry', retryMs.toFixed(0), hub.peakMb.toFixed(0), hub.loopP99Ms.toFixed(1)],
  ]
  return [speed, cost, control]
}

function speedOf({ name, perSecond, firstTenth, lastTenth, ofLastStep, wallMs }: LedgerResult): string[] {
  const whole = [perSecond, firstTenth, lastTenth].map(count)
  return [name, ...whole, `${count(ofLastStep.firstTenth)}, ${count(ofLastStep.lastTenth)}`, seconds(wallMs)]
}

function costOf({ name, hub, worker, fileMb, streamMb }: LedgerResult): string[] {
  const memory = [hub.peakMb, worker.peakMb].map(count)
  const cpu = [hub.cpuMs, worker.cpuMs].map(seconds)
  return [name, ...memory, ...cpu, hub.loopP99Ms.toFixed(1), count(fileMb), count(streamMb)]
}

function count(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 })
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
