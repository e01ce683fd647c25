import { rank } from '@monofil/example-models'
import { type Criterion, type Language, PROJECTS, type Project } from './projects.ts'

/**
 * How well a CV fits a project, 0 to 100, by its words in either language. Only the CV and the projects count, never
 * who else applies: the same CV has the same score in every run.
 */
export function scoreOf(project: Project, text: string): number {
  const inLanguage = (language: Language): number => {
    // The other projects say which words are common and so tell little.
    const others = PROJECTS.filter(({ id }) => id !== project.id).map((other) => questionOf(other, language))
    return rank(questionOf(project, language), new Map([['cv', text]]), others)[0]?.score ?? 0
  }
  return Math.max(inLanguage('en'), inLanguage('fr'))
}

function questionOf({ brief, musts, wishes }: Project, language: Language): string {
  const wordsOf = ({ says, terms = [] }: Criterion): string => [says[language], ...terms].join(' ')
  return [brief[language], ...[...musts, ...wishes].map(wordsOf)].join('\n')
}
