import type { MockAnswer, MockFlow, MockScript } from '../../apps/cli/mock-llm/script.js';
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
