import { Skeleton } from './Skeleton.tsx'
import './RunHero.css'
import './RunPage.css'

/** The shape of a run's page before the run is here. */
export function RunPageSkeleton() {
  return (
    <div aria-busy="true">
      <div className="run-head">
        <Skeleton width="160px" height="28px" />
        <Skeleton width="96px" height="24px" />
      </div>
      <div className="card run-hero">
        <Skeleton width="140px" height="36px" />
        <Skeleton width="100%" height="12px" />
        <Skeleton width="240px" />
      </div>
      <div className="run-columns">
        <div className="run-side">
          {['a', 'b', 'c'].map((key) => (
            <Skeleton key={key} width="100%" height="72px" />
          ))}
        </div>
        <Skeleton width="100%" height="320px" />
      </div>
    </div>
  )
}
