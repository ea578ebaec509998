import { VirtualTimeScheduler } from 'rxjs';
import type { StreamError } from '../../../lib/errors.js';
import type { XOptionsOf, XStreamMessage } from '../../../sources/x/session-options.js';
import { xMessages } from '../../../sources/x/streams.js';
import { runUntil, scriptedX, type ScriptedAnswer, type ScriptedX } from './scripted-x.js';
import { type Watched, watch } from './watch.js';

/** A filtered stream in virtual time. */
export interface VirtualRun extends Pick<ScriptedX, 'requests'> {
  readonly scheduler: VirtualTimeScheduler;
  readonly seen: Watched<XStreamMessage<'filtered'>>;
  /** The waits, as `onReconnect` tells them. */
  readonly waits: number[];
  /** Callbacks in their order: connect, disconnect and error with their codes. */
  readonly life: string[];
}

/** Runs a filtered stream without jitter against a scripted X for `until` virtual milliseconds; the caller stops it. */
export async function virtualRun(
  answerOf: (n: number, url: URL) => ScriptedAnswer | 'refused',
  until: number,
  options:
    Partial<XOptionsOf<'filtered'>> | ((scheduler: VirtualTimeScheduler) => Partial<XOptionsOf<'filtered'>>) = {},
): Promise<VirtualRun> {
  const scheduler = new VirtualTimeScheduler();
  const { transport, requests } = scriptedX(answerOf, scheduler);
  const waits: number[] = [];
  const life: string[] = [];
  const callbacks = {
    onReconnect: (_: number, delay: number): void => void waits.push(delay),
    onConnect: (): void => void life.push('connect'),
    onDisconnect: (error: StreamError | undefined): void => void life.push(`disconnect ${error?.code ?? '-'}`),
    onError: ({ code }: StreamError): void => void life.push(`error ${code}`),
  };
  const fixed = { bearerToken: 'a', transport, scheduler, jitter: 'none', maxRetries: -1 } as const;
  const more = typeof options === 'function' ? options(scheduler) : options;
  const seen = watch(xMessages('filtered', { ...fixed, ...callbacks, ...more }));
  await runUntil(scheduler, until);
  return { scheduler, seen, waits, life, requests };
}
