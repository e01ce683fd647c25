import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { listenForStop, untilAborted } from './stop.ts'

function signals() {
  const target = new EventEmitter() as EventEmitter & Pick<NodeJS.Process, 'on' | 'off'>
  const state = { now: 0, exits: 0 }
  const stop = listenForStop(
    target,
    () => {
      state.exits += 1
    },
    () => state.now,
  )
  return { target, state, stop }
}

test('the first signal aborts, the second one exits at once', async () => {
  const { target, state, stop } = signals()
  target.emit('SIGINT')
  expect(stop.signal.aborted).toBe(true)
  await untilAborted(stop.signal)
  state.now = 600
  target.emit('SIGTERM')
  expect(state.exits).toBe(1)
})

test('one key press that arrives twice, as under npm, is one', () => {
  const { target, state } = signals()
  target.emit('SIGINT')
  state.now = 5
  target.emit('SIGINT')
  expect(state.exits).toBe(0)
})

test('dispose leaves no listener', () => {
  const { target, stop } = signals()
  stop.dispose()
  expect(target.listenerCount('SIGINT') + target.listenerCount('SIGTERM')).toBe(0)
})
