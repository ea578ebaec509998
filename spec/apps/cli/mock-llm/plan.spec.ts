import { describe, expect, it } from '@jest/globals';
import { framesOf } from '../../../../apps/cli/mock-llm/frame.js';
import { mockPlan, type MockStep } from '../../../../apps/cli/mock-llm/plan.js';
import type { MockFlow } from '../../../../apps/cli/mock-llm/script.js';

/** `w` before what is written, `p` before a pause, the others by name. */
function plan(flow: MockFlow, frames = 'ab|cd|ef'): string {
  const steps = mockPlan(
    'anthropic',
    frames.split('|').map((frame) => Buffer.from(frame)),
    flow,
  );
  return steps.map(textOf).join(' ');
}

function textOf(step: MockStep): string {
  if (step.kind === 'write') return `w:${step.bytes.toString().replace(/\n/g, '/')}`;
  return step.kind === 'pause' ? `p:${step.ms}` : step.kind;
}

describe('the plan of a mocked body', () => {
  it.each<[MockFlow, string]>([
    [{}, 'w:ab w:cd w:ef end'],
    [{ pace: 5 }, 'w:ab p:5 w:cd p:5 w:ef end'],
    [{ chunkSize: 1 }, 'w:a w:b w:c w:d w:e w:f end'],
    [{ faults: [{ kind: 'cut', after: { events: 0 } }] }, 'cut'],
    [{ faults: [{ kind: 'cut', after: { events: 2 } }] }, 'w:ab w:cd cut'],
    [{ faults: [{ kind: 'cut', after: { bytes: 3 } }] }, 'w:ab w:c cut'],
    [{ faults: [{ kind: 'end', after: { events: 99 } }] }, 'w:ab w:cd w:ef end'],
    [{ faults: [{ kind: 'stall', after: { bytes: 1 } }] }, 'w:a stall'],
    [{ faults: [{ kind: 'stall', after: { events: 1 }, ms: 7 }] }, 'w:ab p:7 w:cd w:ef end'],
    [{ faults: [{ kind: 'garbage', after: { events: 1 }, bytes: '?' }] }, 'w:ab w:? w:cd w:ef end'],
    [
      {
        pace: 5,
        faults: [
          { kind: 'cut', after: { bytes: 5 } },
          { kind: 'stall', after: { bytes: 2 }, ms: 9 },
        ],
      },
      'w:ab p:9 p:5 w:cd p:5 w:e cut',
    ],
  ])('of %j is %s', (flow, steps) => {
    expect(plan(flow)).toBe(steps);
  });

  it('ends behind an error event', () => {
    const error =
      'event: error/data: {"type":"error","error":{"type":"api_error","message":"no"},"request_id":"req_mock"}//';
    const flow: MockFlow = { faults: [{ kind: 'error', type: 'api_error', message: 'no', after: { events: 1 } }] };
    expect(plan(flow)).toBe(`w:ab w:${error} end`);
  });

  it.each(['data: a\n\ndata: b\n\n', 'data: a\r\n\r\ndata: b', 'data: a\r\rdata: b\r\r', '', '\n\n\n\n'])(
    'cuts the recording %j between frames, and keeps every byte',
    (recording) => {
      const frames = framesOf(recording);
      expect(Buffer.concat(frames).toString()).toBe(recording);
      expect(frames).toHaveLength(recording === '' ? 0 : 2);
    },
  );
});
