import { type DragEvent, type ReactNode, useId, useState } from 'react'
import { useText } from './TextProvider.tsx'
import type { Selection } from './use-selection.ts'

/** The CVs of a folder to choose from, and a place to add more. */
export function CvPicker({ selection }: { readonly selection: Selection }): ReactNode {
  const { text, number } = useText()
  const words = text.launch
  const { shelves, shelf, chosen } = selection
  const count = useId()
  return (
    <fieldset className="cvs" aria-describedby={count}>
      <legend>{words.cvs}</legend>
      <fieldset className="tabs" aria-label={words.source}>
        {shelves.map(({ id, files }) => (
          <label key={id}>
            <input
              type="radio"
              name="source"
              value={id}
              checked={id === shelf.id}
              onChange={() => selection.turnTo(id)}
            />
            <span className="tab">
              {words[id]} <b>{number(files.length)}</b>
            </span>
          </label>
        ))}
      </fieldset>
      {shelf.id === 'own' && <p className="hint address">{shelf.folder}</p>}
      {shelf.files.length === 0 ? (
        <p className="hint">{words.noFiles}</p>
      ) : (
        <ul className="files">
          {shelf.files.map((file) => (
            <li key={file}>
              <label>
                <input type="checkbox" checked={chosen.has(file)} onChange={() => selection.toggle(file)} />
                <span className="file-name">{file}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
      <p className="choice">
        <span className="count" id={count}>
          {words.chosen(number(chosen.size))}
        </span>
        <button type="button" className="quiet" onClick={() => selection.chooseAll(true)}>
          {words.all}
        </button>
        <button type="button" className="quiet" onClick={() => selection.chooseAll(false)}>
          {words.none}
        </button>
      </p>
      <Drop selection={selection} />
    </fieldset>
  )
}

function Drop({ selection: { upload, sending, problems } }: { readonly selection: Selection }): ReactNode {
  const { text } = useText()
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void upload(event.dataTransfer.files)
  }
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <>
      <label
        className="drop"
        data-over={isOver || undefined}
        onDragOver={over}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          type="file"
          multiple
          accept=".pdf,.docx"
          disabled={sending.length > 0}
          onChange={({ target }) => {
            void upload([...(target.files ?? [])])
            target.value = ''
          }}
        />
        <b>{text.launch.upload}</b> {text.launch.drop}
      </label>
      <p className="hint" role="status">
        {sending[0] === undefined ? '' : text.launch.uploading(sending[0])}
      </p>
      {problems.length > 0 && (
        <ul className="problems" role="alert">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </>
  )
}
