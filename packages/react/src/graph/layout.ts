import { Graph, layout } from '@dagrejs/dagre'
import type { Step } from '@monofil/protocol'
import { type Link, linksOf } from './shape.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where everything stands, in pixels of the canvas; places of steps are their upper left corners. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly places: ReadonlyMap<string, Point>
  readonly links: readonly PlacedLink[]
}

export interface PlacedLink extends Link {
  readonly points: readonly Point[]
  /** The middle of its label. */
  readonly label: Point
}

/** Size of a step's box. */
export const STEP = { width: 184, height: 92 } as const

/** Room between columns is the label's and this on both of its sides. */
const LABEL = { width: 52, height: 16 } as const
const COLUMN_GAP = 24
const ROW_GAP = 20

/** What of dagre is used. Its own declarations do not resolve under `nodenext`. */
interface Dagre {
  setGraph(options: object): void
  setDefaultEdgeLabel(label: () => object): void
  setNode(name: string, label: object): void
  setEdge(from: string, to: string, label: object): void
  node(name: string): Point
  edge(from: string, to: string): { readonly points: readonly Point[]; readonly x: number; readonly y: number }
  graph(): { readonly width?: number; readonly height?: number }
}

/** Lays the steps out from left to right. Steps of which none follows another stand in rows, in their order. */
export function layoutOf(steps: readonly Step[]): Layout {
  const links = linksOf(steps)
  return links.length === 0 ? inRows(steps) : inColumns(steps, links)
}

function inColumns(steps: readonly Step[], links: readonly Link[]): Layout {
  const graph = new Graph() as unknown as Dagre
  graph.setGraph({ rankdir: 'LR', ranksep: COLUMN_GAP * 2, nodesep: ROW_GAP, edgesep: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { name } of steps) graph.setNode(name, { ...STEP })
  for (const { from, to } of links) graph.setEdge(from, to, { ...LABEL, labelpos: 'c' })
  layout(graph as never)
  const { width = 0, height = 0 } = graph.graph()
  const middles = new Map(steps.map(({ name }) => [name, graph.node(name)]))
  const isTurned = rising([...middles.values()]) < 0
  const turned = ({ x, y }: Point): Point => ({ x, y: isTurned ? height - y : y })
  const beside = (name: string, side: 1 | -1): Point => {
    const { x, y } = turned(middles.get(name) ?? { x: 0, y: 0 })
    return { x: x + (side * STEP.width) / 2, y }
  }
  return {
    width,
    height,
    places: new Map(
      steps.map(({ name }) => {
        const { x, y } = beside(name, -1)
        return [name, { x, y: y - STEP.height / 2 }]
      }),
    ),
    links: links.map((link) => {
      const { points, x, y } = graph.edge(link.from, link.to)
      // Its own first and last point lie anywhere on the box; arrows leave at the right and come in at the left.
      const between = points.slice(1, -1).map(turned)
      return { ...link, points: [beside(link.from, 1), ...between, beside(link.to, -1)], label: turned({ x, y }) }
    }),
  }
}

/** How many more pairs of one column stand in the order of the steps, from top to bottom, than against it. */
function rising(middles: readonly Point[]): number {
  return middles.reduce((sum, a, index) => {
    const below = middles.slice(index + 1).filter(({ x }) => x === a.x)
    return sum + below.reduce((pairs, b) => pairs + Math.sign(b.y - a.y), 0)
  }, 0)
}

function inRows(steps: readonly Step[]): Layout {
  const columns = Math.max(1, Math.min(steps.length, Math.ceil(Math.sqrt(steps.length * 2))))
  const rows = Math.ceil(steps.length / columns)
  const [right, down] = [STEP.width + ROW_GAP, STEP.height + ROW_GAP]
  return {
    width: columns * right - ROW_GAP,
    height: rows * down - ROW_GAP,
    places: new Map(
      steps.map(({ name }, index) => [name, { x: (index % columns) * right, y: Math.floor(index / columns) * down }]),
    ),
    links: [],
  }
}

/** A soft line through points, level at each of them. */
export function pathOf(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1]
      if (before === undefined) return `M${round(point)}`
      const middle = (before.x + point.x) / 2
      return `C${round({ x: middle, y: before.y })} ${round({ x: middle, y: point.y })} ${round(point)}`
    })
    .join(' ')
}

const round = ({ x, y }: Point): string => `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`
