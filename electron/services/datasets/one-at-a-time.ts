/** Work of which pieces with the same name never run at the same time, and run in the order in which they came. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  run<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    const result = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const settled = Promise.allSettled([result]).then(() => {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    });
    this.#last.set(name, settled);
    return result;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}
