// biome-ignore-all lint/correctness/noUndeclaredDependencies: a test, which the compiler runs
import type { MonofilClient, RunView } from '@monofil/client'
import { QueryClient, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { expectTypeOf } from 'vitest'
import { runQueryOptions } from './query/run-query.ts'
import { subscribeTopicQuery, topicQueryOptions } from './query/topic-query.ts'
import { useRunQuery, useSuspenseTopicQuery, useTopicQuery } from './query/use-queries.ts'
import { StartButton } from './StartButton.tsx'
import { useRun } from './use-run.ts'
import { useStartRun } from './use-start-run.ts'
import { useSuspenseRun, useSuspenseTopic } from './use-suspense.ts'
import { useTopic } from './use-topic.ts'
import { useTopicRefetch } from './use-topic-refetch.ts'

interface Order {
  id: string
  total: number
}

declare module './register.ts' {
  interface Register {
    topics: { orders: Order }
    workflows: { photos: { input: { folder: string }; result: { count: number } } }
  }
}

/** Never run: the compiler is the test. */
export function Typed(): null {
  useTopic('orders', (event) => expectTypeOf(event.data).toEqualTypeOf<Order>())
  useTopic('orders', { onEvent: (event) => expectTypeOf(event.data).toEqualTypeOf<Order>(), onGap: async () => {} })
  expectTypeOf(useTopic('orders').events[0]?.data.total).toEqualTypeOf<number | undefined>()
  expectTypeOf(useTopic('anything else').events[0]?.data).toEqualTypeOf<unknown>()
  const { run } = useRun<'photos'>('r1')
  expectTypeOf(run?.input.folder).toEqualTypeOf<string | undefined>()
  expectTypeOf(run?.result.count).toEqualTypeOf<number | undefined>()
  expectTypeOf(useRun('r2').run?.result).toEqualTypeOf<unknown>()
  return null
}

export function TypedSuspense(): null {
  expectTypeOf(useSuspenseTopic('orders').events[0]?.data.total).toEqualTypeOf<number | undefined>()
  const { run } = useSuspenseRun<'photos'>('r1')
  expectTypeOf(run.input.folder).toEqualTypeOf<string>()
  expectTypeOf(useSuspenseRun('r2').run.result).toEqualTypeOf<unknown>()
  // @ts-expect-error: one cannot wait for a run that has no id
  useSuspenseRun(undefined)
  return null
}

export function TypedRefetch(): null {
  const { freshness, lagMs, refetch } = useTopicRefetch('orders', () => fetch('/orders'), {
    events: ({ data }) => data.total > 10,
  })
  expectTypeOf(freshness).toEqualTypeOf<'live' | 'replaying' | 'stale' | 'gap'>()
  expectTypeOf(lagMs).toEqualTypeOf<number | null>()
  expectTypeOf(refetch).toEqualTypeOf<() => Promise<void>>()
  useTopicRefetch('anything else', () => {}, { events: ({ data }) => expectTypeOf(data).toEqualTypeOf<unknown>() })
  return null
}

export function TypedStart() {
  expectTypeOf(useStartRun('photos').start).parameter(0).toEqualTypeOf<{ folder: string }>()
  expectTypeOf(useStartRun('anything else').start).parameter(0).toEqualTypeOf<unknown>()
  // @ts-expect-error: the input of `photos` is a folder
  return <StartButton workflow="photos" input={1} />
}

declare const client: MonofilClient

export function TypedQueries(): null {
  const orders = useTopicQuery({
    topic: 'orders',
    queryKey: ['orders'],
    queryFn: async (): Promise<Order[]> => [],
    update: (data, event) => {
      expectTypeOf(data).toEqualTypeOf<Order[]>()
      expectTypeOf(event.data).toEqualTypeOf<Order>()
      return [...data, event.data]
    },
    cursorOf: (data) => data.length,
    select: (data) => data.length,
    gcTime: 1000,
  })
  expectTypeOf(orders.data).toEqualTypeOf<number | undefined>()
  expectTypeOf(orders.freshness).toEqualTypeOf<'live' | 'replaying' | 'stale' | 'gap'>()
  const options = { topic: 'orders', queryKey: ['orders'], queryFn: async (): Promise<Order[]> => [] } as const
  expectTypeOf(useSuspenseTopicQuery(options).data).toEqualTypeOf<Order[]>()
  expectTypeOf(useQuery(topicQueryOptions(client, options)).data).toEqualTypeOf<Order[] | undefined>()
  expectTypeOf(useSuspenseQuery(runQueryOptions(client, 'r')).data).toEqualTypeOf<RunView>()
  expectTypeOf(useRunQuery<'photos'>('r').data?.run?.result.count).toEqualTypeOf<number | undefined>()
  subscribeTopicQuery(client, new QueryClient(), options)
  // @ts-expect-error: what is live is never stale, and what is not is stale at once
  useTopicQuery({ ...options, staleTime: 1000 })
  // @ts-expect-error: the events of `orders` are orders
  useTopicQuery({ ...options, update: (data, _event: { data: number }) => data })
  return null
}
