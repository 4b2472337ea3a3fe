const INTERVAL_MS = 100;

/** Passes on at most ten calls a second, and always the first and those after a pause. */
export function throttled<Value>(pass: (value: Value) => void): (value: Value) => void {
  let lastAt = -Infinity;
  return (value) => {
    const now = performance.now();
    if (now - lastAt < INTERVAL_MS) return;
    lastAt = now;
    pass(value);
  };
}
