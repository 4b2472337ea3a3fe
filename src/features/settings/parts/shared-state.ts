import type { Loaded } from '../../../live-store';

/** What a panel shows, loaded by the page: it says once what several could not read. */
export interface SharedState<Value> {
  readonly state: Loaded<Value>;
  readonly quiet: boolean;
  readonly onRetry: () => void;
}
