/** One message of an event stream. */
export interface SseEvent {
  readonly type: 'event';
  /** The server's name for the event, `message` where it gave none. */
  readonly event: string;
  /** The `data` lines, joined by LF. May be empty. */
  readonly data: string;
  /** The last event id at this point, which an earlier event may have set; empty where there is none. Opaque. */
  readonly id: string;
}

/** What is called for everything that an event stream says. */
export interface SseHandlers {
  onEvent(event: SseEvent): void;
  /** A line that starts with a colon, often a heartbeat. One longer than 65,536 characters is left out. */
  onComment?: ((text: string) => void) | undefined;
  /** The server's wish for the wait before a reconnect, in milliseconds, as big as it likes. */
  onRetry?: ((milliseconds: number) => void) | undefined;
  /** A block that sets the last event id and has no data, so that there is no event. */
  onId?: ((id: string) => void) | undefined;
  /** A line of a field that the standard does not know, and ignores: some service's own, or a known one that was damaged on the way. */
  onUnknown?: ((line: string) => void) | undefined;
}

/** What the fields since the last empty line have set. */
export interface SseBlock {
  readonly handlers: SseHandlers;
  readonly commentLimit: number;
  /** Text of the `data` lines, and whether there was one: a single empty one makes an event too. */
  data: string;
  hasData: boolean;
  event: string;
  /** Becomes `lastEventId` at the end of the block, so that a block cut short changes nothing. */
  id: string;
  hasId: boolean;
  lastEventId: string;
}

/** What a comment may hold in characters: it is no data, only kept where somebody listens. */
const longestComment = 65_536;

const space = 0x20;
const colon = 0x3a;
const zero = 0x30;
const nine = 0x39;

export function sseBlock(handlers: SseHandlers, maxLength: number, lastEventId: string): SseBlock {
  const commentLimit = Math.min(longestComment, maxLength);
  return { handlers, commentLimit, data: '', hasData: false, event: '', id: lastEventId, hasId: false, lastEventId };
}

/** Characters that the block holds; never more than the bytes they came from. */
export function heldLength(block: SseBlock): number {
  return block.data.length + block.event.length + (block.hasId ? block.id.length : 0);
}

/**
 * One line from `start` to `end`, which is not empty (WHATWG HTML, 9.2.6 Interpreting an event stream).
 *
 * The colon is looked for only behind a known name: a search would run over the lines that have none, again for each.
 */
export function readField(block: SseBlock, text: string, start: number, end: number): void {
  switch (text.charCodeAt(start)) {
    case 0x64: {
      const value = valueStart(text, start, end, 'data');
      if (value < 0) break;
      return addData(block, text.slice(value, end));
    }
    case 0x65: {
      const value = valueStart(text, start, end, 'event');
      if (value < 0) break;
      block.event = text.slice(value, end);
      return;
    }
    case 0x69: {
      const value = valueStart(text, start, end, 'id');
      if (value < 0) break;
      return setId(block, text.slice(value, end));
    }
    case 0x72: {
      const value = valueStart(text, start, end, 'retry');
      if (value < 0) break;
      return readRetry(block, text.slice(value, end));
    }
    case colon:
      return readComment(block, text, start, end);
  }
  block.handlers.onUnknown?.(text.slice(start, end));
}

/** The end of a block: state is cleared before anybody is called. */
export function dispatch(block: SseBlock): void {
  const { data, hasData, event, hasId, handlers, id } = block;
  if (hasId) {
    block.lastEventId = id;
    block.hasId = false;
  }
  if (event !== '') block.event = '';
  if (hasData) {
    block.data = '';
    block.hasData = false;
    handlers.onEvent({ type: 'event', event: event === '' ? 'message' : event, data, id });
  } else if (hasId) {
    handlers.onId?.(id);
  }
}

/** Where the value of the field `name` begins; -1 if the line is not of that field. */
function valueStart(text: string, start: number, end: number, name: string): number {
  const behind = start + name.length;
  if (behind > end || !text.startsWith(name, start)) return -1;
  if (behind === end) return end;
  if (text.charCodeAt(behind) !== colon) return -1;
  return behind + 1 < end && text.charCodeAt(behind + 1) === space ? behind + 2 : behind + 1;
}

/** Adding to the text costs no copy: engines join when it is read, once. */
function addData(block: SseBlock, value: string): void {
  block.data = block.hasData ? `${block.data}\n${value}` : value;
  block.hasData = true;
}

function setId(block: SseBlock, value: string): void {
  if (value.includes('\0')) return;
  block.id = value;
  block.hasId = true;
}

function readRetry({ handlers }: SseBlock, value: string): void {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < zero || code > nine) return;
  }
  if (value !== '') handlers.onRetry?.(Math.min(Number(value), Number.MAX_VALUE));
}

function readComment(block: SseBlock, text: string, start: number, end: number): void {
  const { handlers, commentLimit } = block;
  if (handlers.onComment === undefined || end - start > commentLimit) return;
  const value = text.charCodeAt(start + 1) === space ? start + 2 : start + 1;
  handlers.onComment(text.slice(Math.min(value, end), end));
}
