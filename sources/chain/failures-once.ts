import type { StreamMonitor, StreamReporter } from '../../lib/state.js';
import { type ChainContext, chainError } from './answers.js';

/** One monitor for the two that report failures. */
export interface FailuresOnce {
  /** For the request. */
  readonly request: StreamMonitor;
  /** For whoever retries it. */
  readonly retry: StreamMonitor;
}

/**
 * Between a request and its retry the error gets its name of this ecosystem, and so the monitor cannot see that both tell of the same: here it is
 * told once, under that name, and before the disconnect.
 */
export function failuresOnce(monitor: StreamMonitor, context: ChainContext): FailuresOnce {
  const { report } = monitor;
  let isTold = false;
  return {
    request: withReport(monitor, {
      ...report,
      connecting: () => {
        isTold = false;
        report.connecting();
      },
      failed: (error) => {
        isTold = true;
        report.failed(chainError(error, context));
      },
    }),
    retry: withReport(monitor, {
      ...report,
      failed: (error) => {
        if (!isTold) report.failed(error);
        isTold = false;
      },
    }),
  };
}

function withReport(monitor: StreamMonitor, report: StreamReporter): StreamMonitor {
  const { state$, events$, isChild } = monitor;
  return {
    get state() {
      return monitor.state;
    },
    ...{ state$, events$, isChild, report },
  };
}
