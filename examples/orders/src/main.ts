import { MonofilError } from '@monofil/protocol'
import { CommandError, listenForStop } from 'monofil'
import { runOrders } from './command.ts'

const stop = listenForStop()
try {
  process.exitCode = await runOrders(process.argv.slice(2), process.stdout, stop.signal)
} catch (error) {
  // What we know how to say is said in words; what is left is a defect, and its stack is what helps.
  const isKnown = error instanceof CommandError || MonofilError.is(error)
  process.stderr.write(`${isKnown ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = error instanceof CommandError ? error.exitCode : 1
} finally {
  stop.dispose()
}
