import { fetchTransport, type Transport } from './transport.js';

/**
 * What requests go by that name no `transport`: `fetch`, the caller's or the platform's. In Node `lib/node/default-transport.ts`
 * stands in its place, by the condition `node` of `imports` in package.json.
 */
export const defaultTransport: (fetch?: typeof globalThis.fetch) => Transport = fetchTransport;
