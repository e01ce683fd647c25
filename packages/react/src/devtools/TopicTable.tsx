import type { Diagnostics } from '@monofil/client'
import type { ReactNode } from 'react'

/** Each topic with who listens, up to where it was delivered, and how true it is. */
export function TopicTable({ debug }: { readonly debug: Diagnostics }): ReactNode {
  const topics = Object.keys(debug.refs).toSorted()
  if (topics.length === 0) return <p className="empty">Nothing is subscribed to.</p>
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Topic</th>
          <th scope="col" className="number">
            Subscribers
          </th>
          <th scope="col">Cursor</th>
          <th scope="col">Freshness</th>
        </tr>
      </thead>
      <tbody>
        {topics.map((topic) => (
          <tr key={topic}>
            <th scope="row">{topic}</th>
            <td className="number">{debug.refs[topic]}</td>
            <td>
              <code>{debug.cursors[topic] ?? '–'}</code>
            </td>
            <td>
              <span className="dot" data-freshness={debug.freshness[topic]} aria-hidden="true" />{' '}
              {debug.freshness[topic]}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
