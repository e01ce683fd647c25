import { type Cursor, MonofilError } from '@monofil/protocol'
import { type Place, parseEventId, placeOf } from '../hub/index.ts'
import { noContent, type Reply } from './reply.ts'
import type { Request } from './request.ts'
import { comesBack, lastEventId, passing, type StreamContext, streamReply, wantsStream } from './stream.ts'

/** A run's own stream (protocol 4), for native EventSource and curl. */
export async function runStream(context: StreamContext, request: Request, runId: string): Promise<Reply> {
  wantsStream(request)
  const givenId = lastEventId(request)
  const { place, isOver } = placeIn(givenId, request.query.get('after') ?? undefined)
  if (isOver) return noContent()
  const { principal, address } = request
  try {
    const opening = await context.hub.openRun({
      principal,
      address,
      runId,
      place,
      givenId,
      comesBack: comesBack(request),
    })
    return opening.isOver ? noContent() : streamReply(context, opening)
  } catch (error) {
    return passing(context, error, request)
  }
}

function placeIn(givenId: string | undefined, after: string | undefined): { place: Place; isOver: boolean } {
  if (givenId !== undefined) {
    const { places, ended } = parseEventId(givenId, 1)
    return { place: places[0], isOver: ended === 'kicked' || ended === 'replaced' || ended === 'finished' }
  }
  const place: Cursor | 'start' | 'unknown' | undefined = placeOf(after)
  if (place === 'unknown') {
    throw new MonofilError('invalid_request', 'after is epoch:offset as the ids of this stream, or 0.', {
      field: 'after',
    })
  }
  return { place, isOver: false }
}
