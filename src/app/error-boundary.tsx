import { Component } from 'react';
import type { ReactNode } from 'react';
import { ErrorState } from '../components/states';
import { toErrorPayload } from '../lib/messages/app-error';
import type { ErrorPayload } from '../lib/types/system';

interface Props {
  readonly children: ReactNode;
}

/** A page that breaks takes neither the sidebar nor the running job with it. */
export class ErrorBoundary extends Component<Props, { readonly error: ErrorPayload | null }> {
  override state: { readonly error: ErrorPayload | null } = { error: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { error: toErrorPayload(thrown) };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className="flex-1">
        <ErrorState
          title="This page stopped working"
          error={error}
          onRetry={() => this.setState({ error: null })}
        />
      </main>
    );
  }
}
