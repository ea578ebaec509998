import type { StreamResponse } from '../../lib/http.js';
import type { OpenPart } from './parts.js';
import { streamHeaders } from './wire.js';

/** What a transport that cannot list its headers is asked for. */
const knownHeaders = [
  'content-type',
  'content-length',
  'cache-control',
  'date',
  'etag',
  ...Object.values(streamHeaders),
];

/** Headers are listed when somebody looks at them: few do, and a reader may get a hundred answers a second. */
export function openPart(
  live: OpenPart['live'],
  { status, headers }: StreamResponse,
  contentType: string | undefined,
): OpenPart {
  let listed: Readonly<Record<string, string>> | undefined;
  return {
    type: 'open',
    live,
    status,
    contentType,
    get headers() {
      return (listed ??= listOf(headers));
    },
  };
}

function listOf(headers: StreamResponse['headers']): Readonly<Record<string, string>> {
  if (headers.entries !== undefined) return Object.fromEntries(headers.entries());
  const list: Record<string, string> = {};
  for (const name of knownHeaders) {
    const value = headers.get(name);
    if (value !== null) list[name] = value;
  }
  return list;
}
