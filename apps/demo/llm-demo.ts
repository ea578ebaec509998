import { EMPTY, fromEvent, lastValueFrom, type Observable, of, repeat, takeUntil } from 'rxjs';
import type { LlmWire } from '../../sources/llm/index.js';
import { mockStreamingDemo, type MockTrouble } from '../../spec/servers/mock-llm.js';
import { type WordCount, wordCount } from './llm-count.js';
import { talk } from './llm-talk.js';
import type { LlmSummary } from './reporter.js';
import type { DemoOptions } from './x-demo.js';

const wires: readonly LlmWire[] = ['anthropic', 'openai-chat', 'openai-responses'];
/** Silence before each event, in milliseconds. */
const pace = 5;

/**
 * Conversations over three wires, one behind the other on each, with a model that is overloaded, falls silent, and breaks off in the middle of words and
 * of tool calls. Every answer is compared with what the model was made to say; each tool call must have run once.
 */
export async function runLlm(options: DemoOptions): Promise<LlmSummary> {
  const count = wordCount();
  const conversations = await Promise.all(wires.map((wire) => converse(wire, count, options)));
  const { summary } = count;
  const calls = conversations.reduce((sum, one) => sum + one, 0);
  // A conversation that was left on the way may have run its tool or not.
  const twice = options.signal.aborted ? 0 : Math.max(0, summary.tools - calls);
  return { ...summary, duplicates: summary.duplicates + twice };
}

/** Talks until the time is over; resolves with the number of conversations. */
async function converse(wire: LlmWire, count: WordCount, { seconds, signal, report }: DemoOptions): Promise<number> {
  await using server = await mockStreamingDemo({ pace, troubles: troublesOf(wire), isEndless: true });
  const end = performance.now() + seconds * 1_000;
  let conversations = 0;
  const again = (): Observable<true> => {
    conversations += 1;
    return performance.now() < end ? of(true) : EMPTY;
  };
  const talks = talk({ wire, server, count, report }).pipe(
    repeat({ delay: again }),
    takeUntil(fromEvent(signal, 'abort')),
  );
  await lastValueFrom(talks, { defaultValue: undefined }).catch((error: unknown) => {
    report.event('llm', `${wire}: gave up: ${String(error)}`);
    for (const text of server.texts) count.answer(text, '');
  });
  return conversations;
}

/**
 * What happens to the requests, in turn. Anthropic and Chat ask again after each of them. Responses only does so where it was refused: what breaks off
 * goes on over another connection, which is no request for a new answer.
 */
function troublesOf(wire: LlmWire): readonly MockTrouble[] {
  const well: MockTrouble = { faults: [] };
  const overloaded = { status: wire === 'anthropic' ? 529 : 503, headers: { 'retry-after-ms': '30' } };
  const limited = { status: 429, headers: { 'retry-after-ms': '100' } };
  const pauses: MockTrouble = { faults: [{ kind: 'stall', after: { events: 12 }, ms: 350 }] };
  const breaksOff: MockTrouble = { faults: [{ kind: 'cut', after: { bytes: 2_500 } }] };
  const endsEarly: MockTrouble = { faults: [{ kind: 'end', after: { events: 9 } }] };
  const fallsSilent: MockTrouble = { faults: [{ kind: 'stall', after: { events: 10 } }] };
  const fails: MockTrouble = { faults: [{ kind: 'error', type: 'overloaded_error', after: { events: 14 } }] };
  if (wire === 'openai-responses') return [overloaded, pauses, breaksOff, endsEarly, limited, fallsSilent, well, well];
  return [overloaded, pauses, breaksOff, well, endsEarly, well, fails, limited, well, fallsSilent, well, well];
}
