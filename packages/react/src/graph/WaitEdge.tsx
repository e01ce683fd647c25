import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { type PlacedLink, pathOf } from './layout.ts'

/** What an arrow shows. */
export interface WaitData extends Record<string, unknown> {
  readonly link: PlacedLink
  readonly text: string
}

export type WaitFlowEdge = Edge<WaitData, 'wait'>

/** An arrow along the layout's own points, so that it passes between the boxes, with what is waited for on it. */
export const WaitEdge = memo(function WaitEdge({ data, markerEnd }: EdgeProps<WaitFlowEdge>) {
  if (data === undefined) return null
  const { link, text } = data
  return (
    <>
      <BaseEdge path={pathOf(link.points)} {...(markerEnd === undefined ? {} : { markerEnd })} interactionWidth={0} />
      {text !== '' && (
        <text className="monofil-link-text" x={link.label.x} y={link.label.y}>
          {text}
        </text>
      )}
    </>
  )
})
