import { useMemo } from 'react'
import { useTexts } from '../lib/context.ts'
import { jsonTokens } from '../lib/json-tokens.ts'
import { CopyButton } from './CopyButton.tsx'
import './JsonView.css'

interface JsonViewProps {
  readonly title: string
  readonly value: unknown
}

/** A value as readable JSON, to copy. */
export function JsonView({ title, value }: JsonViewProps) {
  const { t } = useTexts()
  const text = useMemo(() => (value === undefined || value === null ? '' : JSON.stringify(value, null, 2)), [value])
  const tokens = useMemo(() => jsonTokens(text), [text])
  return (
    <section className="json-view">
      <div className="json-head">
        <h3>{title}</h3>
        {text !== '' && <CopyButton text={text} what={title} />}
      </div>
      {text === '' ? (
        <p className="faint">{t.items.noValue}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
        <section className="json-box" tabIndex={0} aria-label={title}>
          <pre>
            {tokens.map((token, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the tokens of one text never move
              <span key={index} className={`json-${token.kind}`}>
                {token.text}
              </span>
            ))}
          </pre>
        </section>
      )}
    </section>
  )
}
