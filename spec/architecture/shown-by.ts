/**
 * Files that are pieces of another: what they do is shown through the spec named here, because only together do they do something that
 * one can look at.
 */
export const shownBy: Readonly<Record<string, string>> = {
  ...piecesOf('spec/lib/sse.spec.ts', 'lib/sse-block.ts', 'lib/sse-reader.ts'),
  ...piecesOf(
    'spec/lib/json-array.spec.ts',
    ...['elements', 'guess', 'scan', 'start', 'store'].map((piece) => `lib/json-array-${piece}.ts`),
  ),
  ...piecesOf('spec/lib/angular/inject-stream.spec.ts', 'lib/angular/stream-session.ts', 'lib/angular/stream-view.ts'),
  ...piecesOf(
    'spec/lib/angular/stream-client.spec.ts',
    ...['request-headers', 'intercepted-fetch', 'page-url'].map((piece) => `lib/angular/${piece}.ts`),
  ),
  ...piecesOf('spec/sources/chain/stream-calls.spec.ts', 'sources/chain/stream-call-schemas.ts'),
  ...piecesOf(
    'spec/sources/durable/session.spec.ts',
    ...['open-parts', 'body-parts', 'open-part', 'read-faults', 'read-options', 'read-progress'].map(durable),
    ...['read-state', 'read-watch'].map(durable),
  ),
  ...piecesOf('spec/sources/durable/session-sse.spec.ts', ...['sse-batch', 'sse-control', 'sse-parts'].map(durable)),
  ...piecesOf(
    'spec/sources/durable/shapes.spec.ts',
    ...['batch-shapes', 'item-shapes', 'message-shape', 'shape', 'item-check'].map(durable),
  ),
  ...piecesOf('spec/sources/durable/deliveries.spec.ts', ...['places', 'tailing-live'].map(durable)),
  ...piecesOf('spec/sources/durable/read-all.spec.ts', durable('collect')),
  ...piecesOf(
    'spec/sources/durable/stream.spec.ts',
    ...['first-open', 'read-view', 'response-reader', 'stream-response'].map(durable),
  ),
  ...piecesOf(
    'spec/sources/llm/kept-llm.spec.ts',
    ...['background-call', 'connection', 'keeping-options', 'llm-failure', 'part-flow'].map(llm),
  ),
  ...piecesOf('spec/sources/llm/clocks.spec.ts', llm('active-time')),
  ...piecesOf('spec/sources/llm/assembler.spec.ts', ...['live-block', 'live-blocks'].map(llm)),
  ...piecesOf(
    'spec/sources/llm/fallback.spec.ts',
    ...['part-relay', 'whole-answer-events', 'whole-answer', 'whole-call'].map(llm),
  ),
  ...piecesOf('spec/sources/llm/relay.spec.ts', ...['relay-error', 'relay-shapes'].map(llm)),
  ...piecesOf('spec/sources/llm/run-tools.spec.ts', llm('tool-lanes')),
  ...piecesOf('spec/sources/llm/usage.spec.ts', ...['usage-ledger', 'usage-sums'].map(llm)),
  ...piecesOf('spec/sources/llm/llm-parts.spec.ts', llm('wire-event-of')),
};

function piecesOf(spec: string, ...pieces: readonly string[]): Record<string, string> {
  return Object.fromEntries(pieces.map((piece) => [piece, spec]));
}

function durable(name: string): string {
  return `sources/durable/${name}.ts`;
}

function llm(name: string): string {
  return `sources/llm/${name}.ts`;
}
