import { useState } from 'react'
import { createBrowserRouter, type RouteObject } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { BundlePage } from './pages/BundlePage.tsx'
import { ConnectionsPage } from './pages/ConnectionsPage.tsx'
import { CrashPage } from './pages/CrashPage.tsx'
import { NotFoundPage } from './pages/NotFoundPage.tsx'
import { OverviewPage } from './pages/OverviewPage.tsx'
import { RunPage } from './pages/RunPage.tsx'
import { RunsPage } from './pages/RunsPage.tsx'
import { SchedulesPage } from './pages/SchedulesPage.tsx'
import { SignInPage } from './pages/SignInPage.tsx'
import { Providers } from './parts/Providers.tsx'
import { SessionGate } from './parts/SessionGate.tsx'
import { Shell } from './parts/Shell.tsx'

const PAGES: RouteObject[] = [
  { path: '/', Component: OverviewPage },
  { path: '/runs', Component: RunsPage },
  { path: '/runs/:id', Component: RunPage },
  { path: '/schedules', Component: SchedulesPage },
  { path: '/bundle', Component: BundlePage },
  { path: '/connections', Component: ConnectionsPage },
  { path: '*', Component: NotFoundPage },
]

function Inside() {
  return (
    <SessionGate>
      <Shell />
    </SessionGate>
  )
}

/** The console. */
export function App() {
  const [router] = useState(() =>
    createBrowserRouter(
      [
        { path: '/sign-in', ErrorBoundary: CrashPage, Component: SignInPage },
        { Component: Inside, children: [{ ErrorBoundary: CrashPage, children: PAGES }] },
      ],
      { basename: '/console' },
    ),
  )
  return (
    <Providers>
      <RouterProvider router={router} />
    </Providers>
  )
}
