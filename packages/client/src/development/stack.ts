/** Frames of the client's own, as V8 writes them in a build that keeps names. */
const OURS =
  /\b_?(CoreRecorder|Core|Client|StreamWatch|WatchedEventSource|watchedFetch)\d*\b|#note|stackOfCaller|seeEventSource|new EventSource\b/

/** The present stack from the first caller on that is not the client itself, a frame a line; empty where there is none. */
export function stackOfCaller(): string {
  const lines = (new Error('where from').stack ?? '').split('\n').filter((line) => /^\s+at |@/.test(line))
  const theirs = lines.findIndex((line) => !OURS.test(line.split(/[(@]/)[0] ?? ''))
  return lines.slice(Math.max(0, theirs)).join('\n')
}
