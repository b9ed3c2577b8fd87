// Figures of a benchmark: minimum, median and 95th percentile of a list of measurements.
export interface Figures {
  n: number;
  min: number;
  p50: number;
  p95: number;
}

export function figuresOf(values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { n: sorted.length, min: round(at(0)), p50: round(at(0.5)), p95: round(at(0.95)) };
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
