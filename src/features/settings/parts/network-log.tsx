import { formatAmount, formatExactTime } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Async } from '../../../components/states';
import type { NetworkState } from '../../../lib/types/system';
import type { SharedState } from './shared-state';

export const NetworkLog = ({ state, quiet, onRetry }: SharedState<NetworkState>) => (
  <Panel title="Network" plain note="Requests of the window and of the trainer are denied and counted">
    <Async state={state} quiet={quiet} errorTitle="The network log cannot be read" onRetry={onRetry} rows={2}>
      {({ window_requests, trainer_requests, last }) => (
        <>
          <p className="p-4">
            {formatAmount(window_requests, 'request')} by the window,{' '}
            {formatAmount(trainer_requests, 'request')} by the trainer, since the start. None left this
            machine. WebRTC and look-ups of names lead nowhere in the window and are not counted.
          </p>
          {last.length > 0 ? (
            <ul aria-label="Denied requests" className="border-t">
              {last.map((request, index) => (
                <li key={`${request.time} ${index}`} className="flex gap-3 border-b px-4 py-1 last:border-0">
                  <span className="text-ink-3">{formatExactTime(request.time)}</span>
                  <span>{request.source}</span>
                  <span className="truncate font-mono text-mono">{request.target}</span>
                </li>
              ))}
            </ul>
          ) : null}
        </>
      )}
    </Async>
  </Panel>
);
