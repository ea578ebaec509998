import { fetchTransport, type Transport } from '../transport.js';
import { nodeTransport } from './node-transport.js';

const original = globalThis.fetch;
/** One pool for all that name no transport, like that of `fetch`. */
let shared: Transport | undefined;

/**
 * What requests go by in Node that name no `transport`: the caller's `fetch`, else one {@link nodeTransport} for all. Node's own
 * `fetch` costs twice as much for each small request, ends a body after 300 silent seconds, and takes a gzip body that was cut off
 * for a whole one.
 *
 * A global `fetch` that was replaced after this module was loaded, and a global dispatcher of undici's that is not a plain `Agent`
 * (`setGlobalDispatcher`, `NODE_USE_ENV_PROXY`), are somebody's wish that requests go by them, so they do.
 */
export function defaultTransport(fetch?: typeof globalThis.fetch): Transport {
  if (fetch !== undefined) return fetchTransport(fetch);
  const global = fetchTransport();
  return (request) => (isRouted() ? global(request) : (shared ??= nodeTransport())(request));
}

/** Where undici keeps its dispatcher, Node's own copy and installed ones alike: until its version 6, and since its version 7. */
const dispatchers = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];
/** What is there when nobody has set anything; the wrapper is for older copies, since Node 26. */
const plain: ReadonlySet<string> = new Set(['Agent', 'Dispatcher1Wrapper']);

/** What it does not know counts as a wish: that costs time, the other way round a proxy would be passed by. */
function isRouted(): boolean {
  if (globalThis.fetch !== original) return true;
  return dispatchers.some((key) => {
    const dispatcher: unknown = Reflect.get(globalThis, key);
    return typeof dispatcher === 'object' && dispatcher !== null && !plain.has(dispatcher.constructor.name);
  });
}
