import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MockStep } from './plan.js';

/** The kernel says "written" before the bytes have left; a reset inside this time would overtake them. */
const flushTime = 20;

/** Does the steps one behind the other, until the client has left. */
export async function play(steps: readonly MockStep[], response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.flushHeaders();
  for (const step of steps) {
    if (response.destroyed) return;
    await act(step, response, gone.signal);
  }
}

async function act(step: MockStep, response: ServerResponse, gone: AbortSignal): Promise<void> {
  switch (step.kind) {
    case 'write':
      return new Promise((resolve) => void response.write(step.bytes, () => resolve()));
    case 'pause':
      return pause(step.ms, gone);
    case 'stall':
      return new Promise((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }));
    case 'cut':
      await pause(flushTime, gone);
      response.socket?.resetAndDestroy();
      return;
    case 'end':
      response.end();
  }
}

/** The client's leaving ends it early. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
