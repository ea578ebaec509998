import type { PositionPart } from './parts.js';

/** What a control event says (draft 1.0, 1.8); `undefined` for what is none: positions are not guessed. */
export function readControl(data: string): PositionPart | undefined {
  const control = parsed(data);
  if (!isRecord(control)) return undefined;
  const { streamNextOffset: nextOffset, streamCursor: cursor, upToDate, streamClosed } = control;
  if (typeof nextOffset !== 'string' || nextOffset === '') return undefined;
  const closed = streamClosed === true;
  return {
    type: 'position',
    nextOffset,
    cursor: typeof cursor === 'string' && cursor !== '' ? cursor : undefined,
    upToDate: closed || upToDate === true,
    closed,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
