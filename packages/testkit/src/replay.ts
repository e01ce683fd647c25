import { readFile } from 'node:fs/promises'
import { type Difference, type Recording, type Replay, replay } from '@monofil/client/recorder'

/**
 * Makes a recording of a report happen again in the client's machines: the document itself, or the path of its file.
 * @throws Error that lists where the machines went elsewhere than the recording says.
 */
export async function replayRecording(recording: Recording | string): Promise<Replay> {
  const document = typeof recording === 'string' ? ((await readJson(recording)) as Recording) : recording
  const result = replay(document)
  const { differences, steps } = result
  if (differences.length === 0) return result
  const lines = differences.slice(0, 20).map(lineOf)
  throw new Error(`${differences.length} differences in ${steps} steps:\n${lines.join('\n')}`)
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8')) as unknown
}

function lineOf({ index, at, machine, field, recorded, replayed }: Difference): string {
  const time = new Date(at).toISOString()
  return `  entry ${index}, ${time}, ${machine}.${field}: recorded ${JSON.stringify(recorded)}, now ${JSON.stringify(replayed)}`
}
