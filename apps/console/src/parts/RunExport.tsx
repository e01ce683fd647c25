import { Menu } from '@base-ui/react/menu'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../lib/context.ts'
import type { ItemFilter } from '../lib/item-filter.ts'
import { download, type ExportFormat, type ExportProblem, exportUrl } from '../lib/run-export.ts'
import './Menu.css'
import './RunExport.css'

interface RunExportProps {
  readonly id: string
  /** Of the table: a file has what it shows. */
  readonly filter: ItemFilter
}

/** Saves a run as a file: its items as they are filtered, or all of it for a report. */
export function RunExport({ id, filter }: RunExportProps) {
  const { t } = useTexts()
  const { exports } = t
  const [problem, setProblem] = useState<ExportProblem | null>(null)
  const save = async (format: ExportFormat) => {
    setProblem(null)
    setProblem(await download(exportUrl(id, format, filter, t.locale)))
  }
  const words = [filter.status === null ? '' : t.status[filter.status], filter.step, filter.q.trim()]
  const filtered = words.filter((word) => word !== '').join(', ')
  const item = (format: ExportFormat) => (
    <Menu.Item className="menu-item" onClick={() => void save(format)}>
      {exports[format]}
    </Menu.Item>
  )
  return (
    <>
      <Menu.Root modal={false}>
        <Menu.Trigger className="button">
          <Download className="icon" aria-hidden />
          {exports.open}
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className="positioner" sideOffset={6} align="end">
            <Menu.Popup className="popup menu run-export">
              <Menu.Group>
                <Menu.GroupLabel className="menu-label">
                  {filtered === '' ? exports.all : exports.only(filtered)}
                </Menu.GroupLabel>
                {item('csv')}
                {item('json')}
                {item('pdf')}
              </Menu.Group>
              <Menu.Group>
                <Menu.GroupLabel className="menu-label">{exports.report}</Menu.GroupLabel>
                {item('bundle')}
              </Menu.Group>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {problem !== null && (
        <p className="form-problem run-export-problem" role="alert">
          {exports.problems[problem]}
        </p>
      )}
    </>
  )
}
