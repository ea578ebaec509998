import { filter, map, type OperatorFunction, pipe, tap } from 'rxjs';
import type { XStreamMessage } from '../../sources/x/index.js';
import { jsonLine } from './json-line.js';
import { seconds } from './status-line.js';

export interface MessageLinesOptions {
  /** Everything, not only items. */
  readonly messages?: boolean | undefined;
  /** The text of malformed lines too. */
  readonly raw?: boolean | undefined;
  /** Told of what is not printed, so that nothing goes in silence. */
  readonly note: (text: string) => void;
}

/**
 * Messages of X as lines of JSON: the items only, as X sends them, or all of them, each with its `type`. What cannot be written as JSON,
 * because it is thousands of levels deep, is told of and left out: one such item must not end the stream.
 */
export function messageLines(options: MessageLinesOptions): OperatorFunction<XStreamMessage, string> {
  const { messages = false, raw = false, note } = options;
  const line = (value: object): string | undefined => {
    try {
      return jsonLine(value);
    } catch {
      note('warning: an item is nested too deeply to be printed');
      return undefined;
    }
  };
  const isLine = (text: string | undefined): text is string => text !== undefined;
  if (messages) {
    return pipe(
      map((message) => line(shown(message, raw))),
      filter(isLine),
    );
  }
  return pipe(
    tap(teller(note)),
    filter((message) => message.type === 'item'),
    map(({ item }) => line(item)),
    filter(isLine),
  );
}

function shown(message: XStreamMessage, raw: boolean): object {
  switch (message.type) {
    case 'malformed': {
      const { type, code, length, path } = message;
      return { type, code, message: message.message, length, path, ...(raw ? { raw: message.raw() } : {}) };
    }
    case 'notice': {
      const { errorType, code } = message.error;
      return { type: message.type, errorType, code, ...message.notice };
    }
    case 'item':
    case 'keep_alive':
    case 'metadata':
    case 'unknown':
    case 'gap':
      return message;
  }
}

/** Such lines may come by the thousand: the first is told, the monitor counts those that are malformed. */
function teller(note: (text: string) => void): (message: XStreamMessage) => void {
  let malformed = 0;
  let unknown = 0;
  return (message) => {
    switch (message.type) {
      case 'malformed':
        malformed += 1;
        if (malformed === 1)
          note(`warning: a line is malformed and left out: ${message.message}; --messages shows all`);
        return;
      case 'notice':
        // The end of the connection is told by the reconnect, or by the error.
        if (!message.notice.isDisconnect) note(`warning: ${message.error.message}`);
        return;
      case 'gap':
        note(`nobody listened for ${seconds(message.to - message.from)}: ${recovered[message.recovered]}`);
        return;
      case 'unknown':
        unknown += 1;
        if (unknown === 1) note('warning: a line of an unknown kind is left out; --messages shows all');
        return;
      case 'item':
      case 'keep_alive':
      case 'metadata':
        return;
    }
  };
}

const recovered = {
  lost: 'what X sent meanwhile is lost (see --recovery)',
  backfill: 'X sends it again',
  replay: 'X replays it',
  partly: 'only the last minutes come again',
} as const;
