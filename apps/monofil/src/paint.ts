import type { RunStatus } from '@monofil/protocol'
import pc from 'picocolors'

type Style = (text: string) => string

/** The few styles that output uses; without colours all of them leave the text as it is. */
export interface Painter {
  readonly plain: Style
  readonly faint: Style
  readonly strong: Style
  readonly warn: Style
  status(status: RunStatus): Style
}

/** A state is told by icon and word as well as by colour. */
export const STATUS_LOOKS: Readonly<Record<RunStatus, { readonly icon: string }>> = {
  queued: { icon: '○' },
  running: { icon: '●' },
  paused: { icon: '‖' },
  completed: { icon: '✔' },
  partial: { icon: '▲' },
  failed: { icon: '✖' },
  cancelled: { icon: '⊘' },
}

/** A painter with or without colours. */
export function createPainter(colours: boolean): Painter {
  const c = pc.createColors(colours)
  const statuses: Readonly<Record<RunStatus, Style>> = {
    queued: c.gray,
    running: c.blue,
    paused: c.magenta,
    completed: c.green,
    partial: c.yellow,
    failed: c.red,
    cancelled: c.gray,
  }
  return { plain: (text) => text, faint: c.dim, strong: c.bold, warn: c.yellow, status: (status) => statuses[status] }
}

/** Colours only on a terminal, and not where `NO_COLOR` (any value) or a dumb terminal asks for none. */
export function wantsColours(out: { readonly isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): boolean {
  const noColor = env['NO_COLOR']
  return out.isTTY === true && (noColor === undefined || noColor === '') && env['TERM'] !== 'dumb'
}
