import { useTexts } from '../lib/context.ts'
import type { NamedSum } from '../lib/usage-sums.ts'
import type { Amounts } from './use-amounts.ts'

interface UsageTableProps {
  readonly head: string
  readonly name: string
  readonly sums: readonly NamedSum[]
  readonly amounts: Amounts
  /** What shares are of; none are shown when left out. */
  readonly whole?: number
}

/** Sums with their names, and which part of all each is. */
export function UsageTable({ head, name, sums, amounts, whole }: UsageTableProps) {
  const { t, f } = useTexts()
  return (
    <table className="usage-table">
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">{name}</th>
          {whole !== undefined && <th scope="col">{t.usage.share}</th>}
        </tr>
      </thead>
      <tbody>
        {sums.map((sum) => (
          <tr key={sum.name}>
            <th scope="row">{sum.name}</th>
            <td className="figure">{amounts.exact(sum.exact)}</td>
            {whole !== undefined && (
              <td className="figure usage-share">
                <i style={{ inlineSize: `${(100 * sum.size) / whole}%` }} aria-hidden />
                {f.percent((100 * sum.size) / whole)}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
