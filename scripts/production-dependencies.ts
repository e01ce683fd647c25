/** What is installed with the packages that are published, as the lock file has it. */

/** An entry of `package-lock.json`. */
interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly license?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface ProductionDependency extends Locked {
  readonly name: string
  /** Whether one of the published packages names it itself, and with which range. */
  readonly range: string | undefined
}

/** Everything that these workspaces (their folders) need at run time, by name and place. @throws where one is not locked. */
export function productionDependencies(
  packages: Readonly<Record<string, Locked>>,
  workspaces: readonly string[],
): readonly ProductionDependency[] {
  const found = new Map<string, ProductionDependency>()
  const walk = (place: string, isOurs: boolean): void => {
    const { dependencies, optionalDependencies } = packages[place] ?? {}
    for (const [name, range] of Object.entries({ ...dependencies, ...optionalDependencies })) {
      const at = placeOf(packages, place, name)
      const locked = packages[at]
      if (locked === undefined) throw new Error(`${name}, which ${place} needs, is not in package-lock.json`)
      if (locked.link === true) continue
      const known = found.get(at)
      if (known === undefined || (isOurs && known.range === undefined)) {
        found.set(at, { ...locked, name, range: isOurs ? range : undefined })
      }
      if (known === undefined) walk(at, false)
    }
  }
  for (const workspace of workspaces) walk(workspace, true)
  return [...found.values()]
}

// As Node resolves: from the folder itself upwards.
function placeOf(packages: Readonly<Record<string, Locked>>, from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[place] !== undefined || folder === '') return place
  }
}
