import type { LlmWire } from '../../../sources/llm/index.js';
import { dataFrame, namedFrame } from './frame.js';

const anthropicTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/** Type and code. */
const openaiWords: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['permission_error', null],
  404: ['invalid_request_error', null],
  429: ['requests', 'rate_limit_exceeded'],
  500: ['server_error', null],
  503: ['server_error', 'slow_down'],
};

/** The body of an HTTP error in the provider's own words. */
export function refusalBody(wire: LlmWire, status: number, message?: string): object {
  if (wire === 'anthropic') {
    const type = anthropicTypes[status] ?? 'api_error';
    return { type: 'error', error: { type, message: message ?? inWords(type) }, request_id: 'req_mock' };
  }
  const [type, code] = openaiWords[status] ?? ['server_error', null];
  return { error: { message: message ?? inWords(code ?? type), type, param: null, code } };
}

function inWords(name: string): string {
  return `mock: ${name.replaceAll('_', ' ')}`;
}

/** An error in the middle of a stream, in the provider's own words. */
export function errorFrame(wire: LlmWire, type: string, message: string): string {
  switch (wire) {
    case 'anthropic':
      return namedFrame({ type: 'error', error: { type, message }, request_id: 'req_mock' });
    case 'openai-chat':
      return dataFrame({ error: { message, type, param: null, code: type } });
    case 'openai-responses':
      return namedFrame({ type: 'error', error: { type, code: type, message, param: null } });
  }
}
