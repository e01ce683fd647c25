// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test, which the compiler runs
import { expectTypeOf } from 'vitest'
import { useRun } from './use-run.ts'
import { useTopic } from './use-topic.ts'

declare module './register.ts' {
  interface Register {
    topics: { orders: { id: string; total: number } }
    workflows: { photos: { input: { folder: string }; result: { count: number } } }
  }
}

/** Never run: the compiler is the test. */
export function Typed(): null {
  useTopic('orders', (event) => expectTypeOf(event.data).toEqualTypeOf<{ id: string; total: number }>())
  expectTypeOf(useTopic('orders').events[0]?.data.total).toEqualTypeOf<number | undefined>()
  expectTypeOf(useTopic('anything else').events[0]?.data).toEqualTypeOf<unknown>()
  const { run } = useRun<'photos'>('r1')
  expectTypeOf(run?.input.folder).toEqualTypeOf<string | undefined>()
  expectTypeOf(run?.result.count).toEqualTypeOf<number | undefined>()
  expectTypeOf(useRun('r2').run?.result).toEqualTypeOf<unknown>()
  return null
}
