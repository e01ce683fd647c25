import { type ComponentType, useState } from 'react'
import { createBrowserRouter, type RouteObject } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { ConnectionsPage } from './pages/ConnectionsPage.tsx'
import { CrashPage } from './pages/CrashPage.tsx'
import { NotFoundPage } from './pages/NotFoundPage.tsx'
import { OverviewPage } from './pages/OverviewPage.tsx'
import { RunPage } from './pages/RunPage.tsx'
import { RunsPage } from './pages/RunsPage.tsx'
import { SignInPage } from './pages/SignInPage.tsx'
import { Providers } from './parts/Providers.tsx'
import { SessionGate } from './parts/SessionGate.tsx'
import { Shell } from './parts/Shell.tsx'

/** Pages that are seldom opened come when they are; the one before stays until then. */
const PAGES: RouteObject[] = [
  { path: '/', Component: OverviewPage },
  { path: '/runs', Component: RunsPage },
  { path: '/runs/:id', Component: RunPage },
  { path: '/schedules', lazy: () => import('./pages/SchedulesPage.tsx').then(pageOf('SchedulesPage')) },
  { path: '/usage', lazy: () => import('./pages/UsagePage.tsx').then(pageOf('UsagePage')) },
  { path: '/bundle', lazy: () => import('./pages/BundlePage.tsx').then(pageOf('BundlePage')) },
  { path: '/notifications', lazy: () => import('./pages/NotificationsPage.tsx').then(pageOf('NotificationsPage')) },
  { path: '/notifications/:id', lazy: () => import('./pages/TracePage.tsx').then(pageOf('TracePage')) },
  { path: '/queues', lazy: () => import('./pages/QueuesPage.tsx').then(pageOf('QueuesPage')) },
  { path: '/queues/:id', lazy: () => import('./pages/TracePage.tsx').then(pageOf('TracePage')) },
  { path: '/test', lazy: () => import('./pages/TestPage.tsx').then(pageOf('TestPage')) },
  { path: '/settings', lazy: () => import('./pages/SettingsPage.tsx').then(pageOf('SettingsPage')) },
  { path: '/connections', Component: ConnectionsPage },
  { path: '*', Component: NotFoundPage },
]

function pageOf<Name extends string>(name: Name) {
  return (page: Readonly<Record<Name, ComponentType>>) => ({ Component: page[name] })
}

/** While a page that was asked for first is on its way. */
function Nothing() {
  return null
}

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
        { Component: Inside, HydrateFallback: Nothing, children: [{ ErrorBoundary: CrashPage, children: PAGES }] },
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
