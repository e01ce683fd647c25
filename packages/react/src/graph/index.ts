export type { GraphLabels } from './graph-labels.ts'
export type { RunGraphProps } from './RunGraph.tsx'
export { RunGraph } from './RunGraph.tsx'
export type { GraphRun } from './shape.ts'
