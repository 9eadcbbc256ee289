/** How long each path is measured, in ms, after as long to warm up. */
const MEASURE_MS = 400;

/** Calls per second of `run`, each worth `units`. */
export function rate(units: number, run: () => void): number {
  let perSecond = 0;
  for (let round = 0; round < 2; round++) {
    const start = performance.now();
    let calls = 0;
    while (performance.now() - start < MEASURE_MS) {
      run();
      calls++;
    }
    perSecond = calls * units * 1000 / (performance.now() - start);
  }
  return perSecond;
}
