import { isRanked, type Matches } from './outcome.ts'
import { type Project, projectOf } from './projects.ts'

/** The result as a table for a terminal. Pure. */
export function reportLines(matches: Matches): readonly string[] {
  const project = projectOf(matches.project)
  const { candidates, eliminated, unread, language } = matches
  const lines = [
    `  ${project?.name[language] ?? matches.project}: ${candidates.length} passed, ${eliminated.length} out`,
  ]
  if (candidates.length === 0) lines.push('', '  Nobody passed. What each of them lacks:')
  else {
    lines.push('', `  ${'rank'.padEnd(6)}${'fit'.padEnd(5)}${'score'.padEnd(7)}${'name'.padEnd(26)}file`)
    for (const [at, one] of candidates.entries()) {
      const fit = isRanked(one) ? String(one.fit) : '–'
      lines.push(
        `  ${String(at + 1).padEnd(6)}${fit.padEnd(5)}${one.score.toFixed(1).padEnd(7)}${cell(one.title, 26)}${one.file}`,
      )
      if (isRanked(one)) lines.push(...one.reasons.split('\n').map((reason) => `  ${' '.repeat(18)}${reason}`))
    }
    if (eliminated.length > 0) lines.push('', '  Out:')
  }
  for (const { title, file, verdicts } of eliminated) {
    const missing = verdicts.filter(({ met }) => !met).map(({ id }) => wordsOf(project, id, language))
    lines.push(`  ${cell(title, 26)}${file} lacks: ${missing.join('; ')}`)
  }
  for (const { file, message } of unread) lines.push(`  ${cell('not judged', 26)}${file}: ${message}`)
  return lines.map(plain)
}

function wordsOf(project: Project | undefined, id: string, language: Matches['language']): string {
  return project?.musts.find((must) => must.id === id)?.says[language] ?? id
}

function cell(text: string, width: number): string {
  return (text.length >= width ? `${text.slice(0, width - 2)}…` : text).padEnd(width)
}

/** Words of a CV or a model reach a terminal: what could steer it becomes a blank. */
function plain(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').trimEnd()
}
