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
    ...['first-open', 'read-view', 'recoveries', 'response-reader', 'stream-response'].map(durable),
  ),
};

function piecesOf(spec: string, ...pieces: readonly string[]): Record<string, string> {
  return Object.fromEntries(pieces.map((piece) => [piece, spec]));
}

function durable(name: string): string {
  return `sources/durable/${name}.ts`;
}
