import type { Item } from '@monofil/protocol'
import { useText } from '@monofil/react'
import { ArrowDown } from 'lucide-react'
import { useRef } from 'react'
import { useTexts } from '../lib/context.ts'
import { useFollow } from '../lib/use-follow.ts'
import { useItemTexts } from '../lib/use-item-texts.ts'
import { CopyButton } from './CopyButton.tsx'
import './ItemTexts.css'

/** What an item says, live; nothing for one that says nothing. */
export function ItemTexts({ item }: { readonly item: Item }) {
  const names = useItemTexts(item)
  return names.map((name) => <ItemText key={`${item.step}/${item.id}/${name}`} item={item} name={name} />)
}

function ItemText({ item, name }: { readonly item: Item; readonly name: string }) {
  const { t, f } = useTexts()
  const { text, done, cut, attempt, status, error } = useText(item.runId, item.id, { step: item.step, name })
  const box = useRef<HTMLElement>(null)
  const toEnd = () => {
    const element = box.current
    if (element !== null) element.scrollTop = element.scrollHeight
  }
  const { follow, setFollow, onScroll } = useFollow(box, text.length, toEnd)
  const title = t.texts.title(name)
  const isWriting = status === 'ready' && !done
  return (
    <section className="item-text">
      <div className="item-text-head">
        <h3>{title}</h3>
        {isWriting && <span className="item-text-live">{t.texts.writing}</span>}
        {attempt > 1 && <span className="faint">{t.texts.attempt(f.number(attempt))}</span>}
        {text !== '' && <CopyButton text={text} what={title} />}
      </div>
      {(status === 'error' || status === 'gone') && (
        <p className="item-error" role="alert">
          {t.texts.failed}: {error?.message}
        </p>
      )}
      <div className="item-text-frame">
        <section
          className="item-text-box"
          ref={box}
          onScroll={onScroll}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
          tabIndex={0}
          aria-label={title}
          aria-busy={isWriting}
        >
          {text}
          {isWriting && <span className="item-text-caret" aria-hidden />}
        </section>
        {!follow && isWriting && (
          <button type="button" className="button item-text-follow" onClick={() => setFollow(true)}>
            <ArrowDown className="icon" aria-hidden />
            {t.texts.follow}
          </button>
        )}
      </div>
      {cut && <p className="faint">{t.texts.cut}</p>}
      <p className="visually-hidden" role="status">
        {done && text !== '' ? t.texts.written : ''}
      </p>
    </section>
  )
}
