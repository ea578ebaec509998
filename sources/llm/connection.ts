import { noop, Observable, Subscription } from 'rxjs';
import type { StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { type LlmClocks, llmClocks } from './clocks.js';
import type { LlmRun } from './llm-run.js';
import type { LlmRequest } from './llm-options.js';
import { type OpenedLlm, openEvents } from './open-llm.js';
import { isContent, type PartFlow } from './part-flow.js';
import type { LlmPart } from './parts.js';

/** One connection: what is asked, what reads the answer, and what the consumer hears first. */
export interface Connecting {
  readonly request: LlmRequest;
  readonly flow: PartFlow;
  /** Headers are in. */
  onOpen(opened: OpenedLlm): readonly LlmPart[];
}

/**
 * The parts of one connection, one list per piece of its body, watched by the clocks. Completes behind `end`; the socket is closed before the consumer
 * hears of it. What came before a failure is emitted before it.
 */
export function connection(run: LlmRun, { request, flow, onOpen }: Connecting): Observable<readonly LlmPart[]> {
  const { wire } = run.call;
  return new Observable((subscriber) => {
    const scope = new Subscription();
    subscriber.add(scope);
    const clocks = clocksOf(run, request, (error) => {
      scope.unsubscribe();
      subscriber.error(error);
    });
    scope.add(() => clocks.stop());
    const emit = (parts: readonly LlmPart[]): void => {
      if (parts.length > 0) clocks.outside(() => subscriber.next(parts));
    };
    const step = (work: () => void): void => {
      const failure = thrownBy(work);
      const taken = flow.take();
      if (noteContent(run, flow, taken)) clocks.content();
      if (flow.isDone || failure !== undefined) scope.unsubscribe();
      emit(taken);
      if (failure !== undefined) subscriber.error(failure.error);
      else if (flow.isDone) subscriber.complete();
    };
    subscribeWithin(openEvents({ ...request, monitor: byteMonitor(run.monitor, clocks) }, wire), scope, {
      next: (fact) => {
        if (fact.type === 'events') return step(() => flow.read(fact.events));
        clocks.opened();
        run.requestId = fact.opened.requestId;
        emit(onOpen(fact.opened));
      },
      error: (error) => {
        scope.unsubscribe();
        subscriber.error(error);
      },
      complete: () => step(() => flow.end()),
    });
  });
}

/** Counts what came as items. The first content is the proof that a connection is good. Returns whether there was any. */
export function noteContent({ monitor }: LlmRun, flow: PartFlow, taken: readonly LlmPart[]): boolean {
  let count = 0;
  for (const part of taken) if (isContent(part)) count += 1;
  if (count > 0 && count === flow.contents) monitor.report.proved();
  for (let n = 0; n < count; n += 1) monitor.report.item();
  return count > 0;
}

function clocksOf(run: LlmRun, { gate, scheduler }: LlmRequest, onLimit: (error: unknown) => void): LlmClocks {
  const { wire, limits } = run.call;
  return llmClocks({
    ...{ wire, limits, scheduler, onLimit },
    pausedBy: gate?.paused$,
    onStall: (clock, ms) => {
      run.monitor.report.warn({ kind: 'silence', message: `the clock "${clock}" has run for ${ms} ms` });
      run.emit({ type: 'stall', clock, ms });
    },
  });
}

/**
 * Bytes are a sign of life. Failures are told by whoever decides what becomes of them: what the connection would report is not yet the error that the
 * consumer sees.
 */
function byteMonitor(monitor: StreamMonitor, clocks: LlmClocks): StreamMonitor {
  const { report, state$, events$, isChild } = monitor;
  return {
    get state() {
      return monitor.state;
    },
    ...{ state$, events$, isChild },
    report: {
      ...report,
      bytes: (count) => {
        clocks.bytes();
        report.bytes(count);
      },
      failed: noop,
      disconnected: (error) => {
        if (error === undefined) report.disconnected();
      },
    },
  };
}

function thrownBy(work: () => void): { readonly error: unknown } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return { error };
  }
}
