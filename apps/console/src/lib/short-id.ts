/** The part of an id that a person can hold in mind: short ids whole, long ones by both ends, since ids made in time order share their beginning. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 5)}…${id.slice(-6)}`
}
