import type { SchedulerLike } from 'rxjs';
import type { FullPolicy } from './delivery-queue.js';
import { type IdleTimer, idleTimer } from './idle-timer.js';
import type { ReadGate } from './read-gate.js';
import type { StreamReporter } from './state.js';

export interface PauseOptions {
  readonly maxUnacked: number;
  readonly onFull: FullPolicy;
  readonly gate: ReadGate | undefined;
  readonly report: StreamReporter | undefined;
  /** A full window in which nothing settles for this long is told of, in milliseconds. */
  readonly stallWarning: number;
  readonly scheduler: SchedulerLike | undefined;
}

/** The time in which nothing is handed out: from a full window until enough credit is back. */
export interface DeliveryPause {
  readonly isOn: boolean;
  /** Closes the gate where the policy is to pause. Begun twice it is one. */
  start(): void;
  /** Something has settled: the consumer is not stuck. */
  touch(): void;
  /** Opens the gate, for the subscription or whoever has the gate next. */
  stop(): void;
}

/** Not begun. Its timer runs only while it is on and somebody would hear of a stall. */
export function deliveryPause({ gate, onFull, ...options }: PauseOptions): DeliveryPause {
  const { stallWarning: limit, maxUnacked, report, scheduler } = options;
  const message = `all credit is out (${maxUnacked} deliveries) and nothing has settled for ${limit} ms`;
  const onIdle = (): void => report?.warn({ kind: 'stalled_consumer', message });
  let timer: IdleTimer | undefined;
  // A field, not a getter: it is read for every delivery.
  const pause = {
    isOn: false,
    start: () => {
      if (pause.isOn) return;
      pause.isOn = true;
      if (report !== undefined) timer = idleTimer({ limit, scheduler, onIdle });
      if (onFull === 'pause') gate?.close();
    },
    touch: () => timer?.touch(),
    stop: () => {
      pause.isOn = false;
      timer?.stop();
      timer = undefined;
      gate?.open();
    },
  };
  return pause;
}
