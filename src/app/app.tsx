import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect } from 'react';
import { Link, Route, Router, Switch, useLocation } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { Page } from '../components/layout';
import { Toasts } from '../components/toasts';
import { ResumeAnyway } from '../features/jobs';
import { paths } from '../paths';
import { followImports } from '../stores';
import { DropAnywhere } from './drop-anywhere';
import { ErrorBoundary } from './error-boundary';
import { Palette } from './palette';
import { useRememberOpened } from './recents';
import { SCREENS } from './routes';
import type { ScreenParameters } from './routes';
import { RunSpeech } from './run-speech';
import { Shortcuts, useShortcuts } from './shortcuts';
import { Sidebar } from './sidebar';
import { StatusBar } from './status-bar';
import { useTheme } from './use-theme';

export const App = () => (
  <CSPProvider disableStyleElements>
    <Tooltip.Provider>
      <Router hook={useHashLocation}>
        <Window />
      </Router>
    </Tooltip.Provider>
  </CSPProvider>
);

const Window = () => {
  const [location] = useLocation();
  useTheme();
  useShortcuts();
  useRememberOpened();
  useEffect(followImports, []);
  return (
    <div className="grid h-full grid-cols-[var(--sidebar-width-icons)_minmax(0,1fr)] grid-rows-[minmax(0,1fr)_var(--status-height)] narrow:grid-cols-[var(--sidebar-width)_minmax(0,1fr)]">
      <Sidebar />
      <div className="flex min-h-0 min-w-0">
        <ErrorBoundary key={location}>
          <Switch>
            {SCREENS.map(({ path, render }) => (
              <Route key={path} path={path}>
                {({ id = '', ...others }: Partial<ScreenParameters>) => render({ id, ...others })}
              </Route>
            ))}
            <Route>
              <Page title="No such page">
                <p>
                  The address leads nowhere.{' '}
                  <Link href={paths.start} className="text-accent-text">
                    Go to Start
                  </Link>
                </p>
              </Page>
            </Route>
          </Switch>
        </ErrorBoundary>
      </div>
      <StatusBar />
      <Palette />
      <Shortcuts />
      <DropAnywhere />
      <RunSpeech />
      <ResumeAnyway />
      <Toasts />
    </div>
  );
};
