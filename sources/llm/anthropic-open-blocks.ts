import { applyDelta, beginBlock, emitCall, endBlock, type OpenBlock } from './anthropic-open-block.js';
import { lostEvents } from './lost-events.js';
import { isObject } from './shapes.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** What an event of one type does. */
export type Step = (data: NativeObject, sink: PartSink) => void;

/** The blocks of one message, open and ended, and the calls that wait until they are final. */
export interface OpenBlocks {
  readonly hasAny: boolean;
  readonly begin: Step;
  readonly delta: Step;
  readonly end: Step;
  /** A frame could not be read: it may have been a piece of any open block. */
  gap(): void;
  /** The message is over: ends what is open, and lets the calls go where it stopped in order to call. */
  close(isToolUse: boolean, sink: PartSink): void;
}

/** No blocks yet. */
export function openBlocks(): OpenBlocks {
  const blocks = new Map<unknown, OpenBlock>();
  /** In order, and none behind one that is not final. */
  let calls: OpenBlock[] = [];
  let current: OpenBlock | undefined;
  const release = (sink: PartSink): void => {
    while (calls[0]?.isClosed === true) {
      const call = calls.shift();
      if (call !== undefined) emitCall(call, sink);
    }
  };
  return {
    get hasAny() {
      return blocks.size > 0;
    },
    begin: (data, sink) => {
      const { index, content_block: native } = data;
      if (typeof index !== 'number' || !isObject(native)) return sink.part({ type: 'unknown', native: data });
      if (blocks.has(index)) throw lostEvents('anthropic', `block ${index} begins twice: the stream has started over`);
      if (native['type'] === 'fallback') calls = [];
      else release(sink);
      current = beginBlock(index, native, sink);
      blocks.set(index, current);
      if (current.kind === 'tool') calls.push(current);
    },
    delta: (data, sink) => {
      const { index, delta } = data;
      const block = current?.index === index ? current : blocks.get(index);
      if (typeof index !== 'number' || !isObject(delta)) return sink.part({ type: 'unknown', native: data });
      if (block === undefined || block.isClosed)
        throw lostEvents('anthropic', `a delta of block ${index}, which is not open: events are missing`);
      if (applyDelta(block, delta, sink)) return;
      if (block.kind === 'server' || block.kind === 'tool') block.hasGap = true;
      sink.part({ type: 'unknown', native: data });
    },
    end: (data, sink) => {
      const block = blocks.get(data['index']);
      if (block === undefined)
        throw lostEvents('anthropic', 'the end of a block that did not begin: events are missing');
      if (!block.isClosed) endBlock(block, false, sink);
    },
    gap: () => {
      for (const block of blocks.values()) if (!block.isClosed) block.hasGap = true;
    },
    close: (isToolUse, sink) => {
      for (const block of blocks.values()) if (!block.isClosed) endBlock(block, true, sink);
      if (isToolUse) release(sink);
      calls = [];
    },
  };
}
