import type { MockAnswer, MockFlow, MockScript } from '../../apps/cli/mock-llm/script.js';
import {
  demoAnnouncement,
  demoAnswer,
  streamingDemo,
  type StreamingDemoOptions,
  type MockTrouble as Trouble,
} from '../../apps/cli/mock-llm/streaming-demo.js';
import { type MockLlm, type MockLlmOptions, startMockLlm } from '../../apps/cli/mock-llm/server.js';

/**
 * A local server that speaks as Anthropic, Chat Completions and Responses do: it replays a recording for every request, or answers by a
 * script, at the pace, in the pieces and with the faults that are given. It keeps the requests that came.
 *
 * It lives with the program, whose `--mock` is published and finds nothing of `spec` beside it.
 */
export function mockLlm(
  what: string | Uint8Array | MockAnswer | MockScript,
  { faults, ...options }: MockLlmOptions & Pick<MockFlow, 'faults'> = {},
): Promise<MockLlm> {
  return startMockLlm(scriptOf(what, faults), options);
}

function scriptOf(what: string | Uint8Array | MockAnswer | MockScript, faults: MockFlow['faults']): MockScript {
  if (typeof what === 'string' || what instanceof Uint8Array) return [{ recording: what, faults }];
  if (typeof what === 'function' || isList(what)) return what;
  return [{ faults, ...what }];
}

function isList(what: MockAnswer | readonly MockAnswer[]): what is readonly MockAnswer[] {
  return Array.isArray(what);
}

/** What goes wrong with one request of the scenario. */
export type MockTrouble = Trouble;

/** The scenario of the mock, and what its two answers must come to. */
export interface StreamingDemo extends MockLlm {
  readonly texts: readonly [announcement: string, answer: string];
}

/** Starts a server whose model has 42 times 17 worked out by a calculator, whatever it is asked. */
export async function mockStreamingDemo(options: StreamingDemoOptions = {}): Promise<StreamingDemo> {
  const server = await startMockLlm(streamingDemo(options));
  return Object.assign(server, { texts: [demoAnnouncement, demoAnswer('714')] as const });
}
