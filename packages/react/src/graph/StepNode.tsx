import type { Counts } from '@monofil/protocol'
import { Handle, type Node, type NodeProps, Position, useReactFlow, useStoreApi } from '@xyflow/react'
import { memo, type ReactNode } from 'react'
import { StateIcon } from '../StateIcon.tsx'
import { STEP } from './layout.ts'
import { StepBar } from './StepBar.tsx'
import type { StepWords } from './words.ts'

/** What a step's box shows and does. */
export interface StepData extends Record<string, unknown> {
  readonly words: StepWords
  readonly counts: Counts
  readonly isChosen: boolean
  readonly onChoose: ((step: string) => void) | undefined
}

export type StepFlowNode = Node<StepData, 'step'>

/** One step: state, name, counts, what it waits for. */
export const StepNode = memo(function StepNode({
  data,
  positionAbsoluteX,
  positionAbsoluteY,
}: NodeProps<StepFlowNode>) {
  const { words, onChoose, isChosen } = data
  const reveal = useReveal(positionAbsoluteX, positionAbsoluteY)
  const shared = {
    className: 'monofil-step',
    'data-status': words.status,
    onFocus: reveal,
  }
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {onChoose === undefined ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: read in order by keyboard, and brought into sight by it
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what can be filled in
        <div {...shared} role="group" tabIndex={0}>
          <Content data={data} />
        </div>
      ) : (
        <button {...shared} type="button" aria-pressed={isChosen} onClick={() => onChoose(words.name)}>
          <Content data={data} />
        </button>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  )
})

function Content({ data: { words, counts } }: { readonly data: StepData }): ReactNode {
  return (
    <>
      <span className="monofil-step-head">
        <StateIcon status={words.status} />
        <strong title={words.name}>{words.name}</strong>{' '}
      </span>
      <StepBar counts={counts} />
      <span className="monofil-step-facts">
        <span className="monofil-step-state">{words.state}</span> <span>{words.amount}</span>{' '}
      </span>
      <span className="monofil-step-note" data-alarm={words.isAlarm || undefined} title={words.note || undefined}>
        {words.note}
      </span>
    </>
  )
}

/** Brings a box that got the focus into sight. What the pointer pressed is in sight. */
function useReveal(x: number, y: number): (event: { readonly currentTarget: Element }) => void {
  const { setCenter } = useReactFlow()
  const store = useStoreApi()
  return ({ currentTarget }) => {
    const { transform, width, height } = store.getState()
    const [left, top, zoom] = transform
    const [from, above] = [x * zoom + left, y * zoom + top]
    const isSeen = from >= 0 && above >= 0 && from + STEP.width * zoom <= width && above + STEP.height * zoom <= height
    if (isSeen || !currentTarget.matches(':focus-visible')) return
    const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    void setCenter(x + STEP.width / 2, y + STEP.height / 2, { zoom, duration: isCalm ? 0 : 200 })
  }
}
