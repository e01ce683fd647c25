/**
 * Says why a value would not come back from JSON as it is, or undefined when it would. `JSON.stringify` alone turns
 * NaN, maps and functions silently into something else, and a run would show what the handler never returned.
 */
export function notJson(value: unknown): string | undefined {
  return check(value, 'it', [])
}

function check(value: unknown, path: string, above: readonly object[]): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} is ${value}`
    case 'object':
      return value === null ? undefined : checkObject(value, path, above)
    default:
      return `${path} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`
  }
}

function checkObject(value: object, path: string, above: readonly object[]): string | undefined {
  if (above.includes(value)) return `${path} contains itself`
  if (above.length >= 200) return `${path} is nested deeper than 200`
  const within = [...above, value]
  if ('toJSON' in value && typeof value.toJSON === 'function') return check(value.toJSON(), path, within)
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      const problem = check(entry, `${path}[${index}]`, within)
      if (problem !== undefined) return problem
    }
    return undefined
  }
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value) || value instanceof Promise) {
    return `${path} is a ${value.constructor.name}`
  }
  for (const [key, entry] of Object.entries(value)) {
    const problem = entry === undefined ? undefined : check(entry, `${path}.${key}`, within)
    if (problem !== undefined) return problem
  }
  return undefined
}
