import type { LlmWire } from '../../../sources/llm/index.js';
import { errorFrame } from './refusals.js';
import type { MockFault, MockFlow, MockPlace } from './script.js';

/** One thing that the server does with a body. The last one is always an end, a cut, or a stall for good. */
export type MockStep =
  | { readonly kind: 'write'; readonly bytes: Buffer }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'stall' | 'cut' | 'end' };

/** Frames, with what goes wrong between and inside them, as steps. A fault behind the end happens at the end. */
export function mockPlan(wire: LlmWire, frames: readonly Buffer[], flow: MockFlow): readonly MockStep[] {
  const { pace = 0, chunkSize = Infinity, faults = [] } = flow;
  const whole = Buffer.concat(frames);
  const starts = startsOf(frames);
  const placed = faults.map((fault) => ({ fault, at: placeOf(fault.after, starts, whole.length) }));
  const paced = new Set(pace > 0 ? starts.slice(1) : []);
  const edges = [...new Set([...starts, ...placed.map(({ at }) => at), whole.length])].sort((a, b) => a - b);
  const steps: MockStep[] = [];
  for (const [n, edge] of edges.entries()) {
    for (const { fault } of placed.filter(({ at }) => at === edge)) {
      const due = stepsOf(wire, fault);
      steps.push(...due);
      if (due.some(isLast)) return steps;
    }
    const piece = whole.subarray(edge, edges[n + 1] ?? edge);
    if (paced.has(edge)) steps.push({ kind: 'pause', ms: pace });
    steps.push(...chunksOf(piece, chunkSize).map((bytes) => ({ kind: 'write', bytes }) as const));
  }
  return [...steps, { kind: 'end' }];
}

/** Where each frame begins. */
function startsOf(frames: readonly Buffer[]): readonly number[] {
  let at = 0;
  return frames.map(({ length }) => {
    at += length;
    return at - length;
  });
}

function placeOf(after: MockPlace, starts: readonly number[], length: number): number {
  return 'bytes' in after ? Math.min(after.bytes, length) : (starts[after.events] ?? length);
}

function stepsOf(wire: LlmWire, fault: MockFault): readonly MockStep[] {
  switch (fault.kind) {
    case 'stall':
      return [fault.ms === undefined ? { kind: 'stall' } : { kind: 'pause', ms: fault.ms }];
    case 'cut':
    case 'end':
      return [{ kind: fault.kind }];
    case 'garbage':
      return [{ kind: 'write', bytes: Buffer.from(fault.bytes ?? 'data: {"type": oops\n\n') }];
    case 'error': {
      const bytes = Buffer.from(errorFrame(wire, fault.type, fault.message ?? `mock: ${fault.type}`));
      return [{ kind: 'write', bytes }, { kind: 'end' }];
    }
  }
}

function isLast({ kind }: MockStep): boolean {
  return kind === 'stall' || kind === 'cut' || kind === 'end';
}

function chunksOf(bytes: Buffer, size: number): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}
