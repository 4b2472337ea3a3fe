interface Quitting {
  readonly stop: () => Promise<void>;
  readonly quit: () => void;
  readonly onFailure: (thrown: unknown) => void;
}

/**
 * What to do before each quit: the first stops everything and then quits; others that come meanwhile wait
 * for that. A stop that fails is told and quits all the same.
 */
export const stopBeforeQuit = ({ stop, quit, onFailure }: Quitting) => {
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  return (event: { preventDefault(): void }): void => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'stopping') return;
    state = 'stopping';
    void stop()
      .catch(onFailure)
      .finally(() => {
        state = 'stopped';
        quit();
      });
  };
};
