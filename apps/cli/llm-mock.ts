import { defer, finalize, from, type Observable, switchMap } from 'rxjs';
import type { LlmAddress, ProviderName } from './llm-address.js';
import type { Question } from './llm-providers.js';
import type { MockTrouble } from './mock-llm/streaming-demo.js';
import { streamingDemo } from './mock-llm/streaming-demo.js';
import { startMockLlm } from './mock-llm/server.js';

/** Fast enough to be watched with pleasure, slow enough to be seen. */
const pace = 25;
/** Of the clock of content, in milliseconds: the stall is longer than half of it. */
const idleContent = 1_000;

/**
 * Asks a server of our own, which is overloaded at first, falls silent in the first answer, and breaks off in the second one. It is closed when the
 * parts are over or nobody wants them.
 */
export function askMock<T>(question: Question, asked: (question: Question) => Observable<T>): Observable<T> {
  return defer(() => from(startMockLlm(streamingDemo({ pace, troubles: troublesOf(question.provider) })))).pipe(
    switchMap((server) =>
      asked({
        ...question,
        address: { ...question.address, ...addressOf(question.provider, server.url) },
        clocks: question.clocks ?? { idleContent },
      }).pipe(finalize(() => void server.close())),
    ),
  );
}

function addressOf(provider: ProviderName, url: string): Pick<LlmAddress, 'key' | 'baseUrl'> {
  return { key: 'mock-key', baseUrl: provider === 'anthropic' ? url : `${url}/v1` };
}

function troublesOf(provider: ProviderName): readonly (MockTrouble | undefined)[] {
  return [
    { status: provider === 'anthropic' ? 529 : 503, headers: { 'retry-after-ms': '400' } },
    { faults: [{ kind: 'stall', after: { events: 15 }, ms: 700 }] },
    { faults: [{ kind: 'cut', after: { events: 12 } }] },
  ];
}
