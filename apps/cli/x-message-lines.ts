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

/** Messages of X as lines of JSON: the items only, as X sends them, or all of them, each with its `type`. */
export function messageLines(options: MessageLinesOptions): OperatorFunction<XStreamMessage, string> {
  const { messages = false, raw = false, note } = options;
  if (messages) return map((message) => jsonLine(shown(message, raw)));
  return pipe(
    tap(teller(note)),
    filter((message) => message.type === 'item'),
    map(({ item }) => jsonLine(item)),
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

/** Malformed lines may come by the thousand: the first is told, the monitor counts the rest. */
function teller(note: (text: string) => void): (message: XStreamMessage) => void {
  let malformed = 0;
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
      case 'item':
      case 'keep_alive':
      case 'metadata':
      case 'unknown':
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
