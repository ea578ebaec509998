/** What a request may still do, as the `x-rate-limit-*` headers say it. */
export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch seconds. */
  readonly reset: number;
}

export interface RateLimits {
  /** Counts one request in a bucket. */
  take(bucket: string, limit: number): Allowance;
  /** Forgets what was counted. */
  clear(): void;
}

/** Fixed windows, as X has them: a window starts with its first request. */
export function rateLimits(now: () => number, windowMs: number): RateLimits {
  const windows = new Map<string, { used: number; readonly end: number }>();
  return {
    take(bucket, limit) {
      const known = windows.get(bucket);
      const current = known !== undefined && known.end > now() ? known : { used: 0, end: now() + windowMs };
      windows.set(bucket, current);
      current.used++;
      return {
        allowed: current.used <= limit,
        limit,
        remaining: Math.max(0, limit - current.used),
        reset: Math.ceil(current.end / 1_000),
      };
    },
    clear: () => windows.clear(),
  };
}

export function limitHeaders({ limit, remaining, reset }: Allowance): Record<string, string> {
  return {
    'x-rate-limit-limit': String(limit),
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(reset),
  };
}
