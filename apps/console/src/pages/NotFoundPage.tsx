import { SearchX } from 'lucide-react'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { Empty } from '../parts/Empty.tsx'

/** An address without a page. */
export function NotFoundPage() {
  const { t } = useTexts()
  return (
    <Empty icon={SearchX} title={t.notFound.title} body={t.notFound.body}>
      <Link className="button" to="/runs">
        {t.notFound.back}
      </Link>
    </Empty>
  )
}
