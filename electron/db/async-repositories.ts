import type { Repositories } from './repositories';

/** The same repositories, answering later: the database lives on a thread of its own. */
export type AsyncRepositories = {
  readonly [Name in keyof Repositories]: {
    readonly [Method in keyof Repositories[Name]]: Repositories[Name][Method] extends (
      ...args: infer Args
    ) => infer Result
      ? (...args: Args) => Promise<Result>
      : never;
  };
};

export interface DatabaseRequest {
  readonly user_id: string;
  readonly repository: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type SendRequest = (request: DatabaseRequest) => Promise<unknown>;

/** Turns `repositories.jobs.get(id)` into one request bound to `userId`. */
export const asyncRepositories = (userId: string, send: SendRequest): AsyncRepositories => {
  const repositoryProxy = (repository: string) =>
    new Proxy(
      {},
      {
        get: (_target, method) =>
          typeof method === 'string'
            ? (...args: unknown[]) => send({ user_id: userId, repository, method, args })
            : undefined,
      },
    );
  const proxies: unknown = new Proxy(
    {},
    {
      get: (_target, name) =>
        typeof name === 'string' && name !== 'then' ? repositoryProxy(name) : undefined,
    },
  );
  // The proxy answers every name; its type is that of the repositories on the other side.
  return proxies as AsyncRepositories;
};
