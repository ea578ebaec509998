import type { XBoundOptions } from '../../sources/x/index.js';

const quickly = { initialBackoff: 50, backoffStep: 50, maxBackoff: 500 };

/** X's own waits are 5 s after 503 and 60 s after 429: shortened, so that all of it can be watched in one sitting. */
export const shortSchedules: NonNullable<XBoundOptions<'filtered'>['schedules']> = {
  connection_error: quickly,
  timeout: quickly,
  stream_interrupted: quickly,
  server_error: { initialBackoff: 250, maxBackoff: 2_000 },
  rate_limited: { initialBackoff: 500, maxBackoff: 2_000 },
};
