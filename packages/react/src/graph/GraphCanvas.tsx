import type { Step } from '@monofil/protocol'
import { MarkerType, ReactFlow, ReactFlowProvider, useReactFlow, useStore } from '@xyflow/react'
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react'
import { type Layout, layoutOf, STEP } from './layout.ts'
import { type StepFlowNode, StepNode } from './StepNode.tsx'
import { focusOf, outlineOf } from './shape.ts'
import { FAR_ZOOM, openingView, wholeView } from './viewport.ts'
import { WaitEdge, type WaitFlowEdge } from './WaitEdge.tsx'
import { linkState, linkWords, type Telling, wordsOf } from './words.ts'

export interface StepsProps {
  readonly name: string
  readonly steps: readonly Step[]
  readonly telling: Telling
  readonly chosen: string | undefined
  readonly onChoose: ((step: string) => void) | undefined
}

const NODE_TYPES = { step: StepNode }
const EDGE_TYPES = { wait: WaitEdge }
const SMALLEST = 0.15
const ROOM = 32

/** The steps as boxes and arrows, to be moved and zoomed. The wheel scrolls the page; with Ctrl or Cmd it zooms. */
export function GraphCanvas(props: StepsProps): ReactNode {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas({ name, steps, telling, chosen, onChoose }: StepsProps): ReactNode {
  const outline = outlineOf(steps)
  // biome-ignore lint/correctness/useExhaustiveDependencies: counts and states do not move a box
  const layout = useMemo(() => layoutOf(steps), [outline])
  const nodes = useNodes({ name, steps, telling, chosen, onChoose }, layout)
  const edges = useEdges(steps, layout, telling)
  const isFar = useStore(({ transform }) => transform[2] < FAR_ZOOM)
  const onMoveStart = useOpening(layout, steps)
  return (
    <>
      <Zoom telling={telling} layout={layout} />
      <div className="monofil-canvas" style={{ height: Math.ceil(layout.height) + ROOM }}>
        <ReactFlow<StepFlowNode, WaitFlowEdge>
          aria-label={name}
          data-far={isFar || undefined}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          minZoom={SMALLEST}
          maxZoom={1.5}
          onMoveStart={onMoveStart}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          preventScrolling={false}
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
        />
      </div>
    </>
  )
}

function useNodes({ steps, telling, chosen, onChoose }: StepsProps, layout: Layout): StepFlowNode[] {
  return useMemo(
    () =>
      steps.map((step) => ({
        id: step.name,
        type: 'step',
        position: layout.places.get(step.name) ?? { x: 0, y: 0 },
        ...STEP,
        // The box inside is what has a role and a name.
        ariaRole: 'presentation',
        domAttributes: { 'aria-roledescription': undefined },
        data: {
          words: wordsOf(step, steps, telling),
          counts: step.counts,
          isChosen: step.name === chosen,
          onChoose,
        },
      })),
    [steps, layout, telling, chosen, onChoose],
  )
}

function useEdges(steps: readonly Step[], layout: Layout, telling: Telling): WaitFlowEdge[] {
  return useMemo(() => {
    const named = new Map(steps.map((step) => [step.name, step]))
    return layout.links.flatMap((link) => {
      const [from, to] = [named.get(link.from), named.get(link.to)]
      if (from === undefined || to === undefined) return []
      return {
        id: link.id,
        source: link.from,
        target: link.to,
        type: 'wait',
        className: `monofil-link is-${linkState(from, to)}`,
        markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'context-stroke' },
        // Each box says in words what it waits for.
        domAttributes: { 'aria-hidden': true },
        data: { link, text: linkWords(link, from, telling) },
      }
    })
  }, [steps, layout, telling])
}

/** Shows the graph where it is best begun with, again after each change of its size, until somebody moves it. */
function useOpening(layout: Layout, steps: readonly Step[]): (event: unknown) => void {
  const { setViewport } = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const isMoved = useRef(false)
  const latest = useRef(steps)
  latest.current = steps
  useEffect(() => {
    if (isMoved.current || width === 0 || height === 0) return
    void setViewport(openingView(layout, { width, height }, focusOf(latest.current)))
  }, [layout, width, height, setViewport])
  return useCallback((event: unknown) => {
    // Moves by code have no event.
    if (event !== null) isMoved.current = true
  }, [])
}

function Zoom({ telling: { labels }, layout }: { readonly telling: Telling; readonly layout: Layout }): ReactNode {
  const { zoomIn, zoomOut, setViewport } = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  return (
    <div className="monofil-zoom">
      <button type="button" aria-label={labels.zoomOut} title={labels.zoomOut} onClick={() => zoomOut()}>
        <span aria-hidden="true">−</span>
      </button>
      <button type="button" aria-label={labels.zoomIn} title={labels.zoomIn} onClick={() => zoomIn()}>
        <span aria-hidden="true">+</span>
      </button>
      <button
        type="button"
        aria-label={labels.whole}
        title={labels.whole}
        onClick={() => setViewport(wholeView(layout, { width, height }))}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />
        </svg>
      </button>
    </div>
  )
}
