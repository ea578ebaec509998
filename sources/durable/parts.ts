/** Where a reader is: behind `skip` messages (JSON) or bytes (all else) of what follows `offset`. */
export interface DurablePlace {
  /** Server-minted, `-1` or `now`. */
  readonly offset: string;
  /** 0 where `offset` itself is the place. */
  readonly skip: number;
}

/** A response is open: its status and headers are in. */
export interface OpenPart {
  readonly type: 'open';
  readonly live: 'catch-up' | 'long-poll' | 'sse';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The stream's own media type; of an SSE response as learned before, `undefined` where nothing said it. */
  readonly contentType: string | undefined;
}

/** Messages of a JSON stream, in order, as parsed; unchecked. */
export interface ItemsPart {
  readonly type: 'items';
  readonly items: readonly unknown[];
  /** Of the first one. */
  readonly from: DurablePlace;
  /** With the last items of a body, where its headers have said it: the place behind them. */
  readonly nextOffset: string | undefined;
}

/** Data of a stream that is not JSON. */
export interface BytesPart {
  readonly type: 'bytes';
  readonly bytes: Uint8Array;
  /** Of the first byte. In SSE text streams the bytes are those of the text, which is not exact there. */
  readonly from: DurablePlace;
  readonly nextOffset: string | undefined;
}

/** Everything that came since the position before is at `nextOffset` now. */
export interface PositionPart {
  readonly type: 'position';
  readonly nextOffset: string;
  readonly cursor: string | undefined;
  readonly upToDate: boolean;
  readonly closed: boolean;
}

/** What a reader says, in order; every piece of data exactly once over all of its connections. */
export type DurablePart = OpenPart | ItemsPart | BytesPart | PositionPart;

/** `offset`, or `offset/skip`: offsets hold no slash (draft 1.0, 1.3). Opaque to the caller, and taken back by the option `offset`. */
export function placeText({ offset, skip }: DurablePlace): string {
  return skip === 0 ? offset : `${offset}/${skip}`;
}

/** Where a reader can go on. `undefined` behind data of which nothing has said where it lies: `now` is somewhere else by then. */
export function resumePlace(place: DurablePlace): string | undefined {
  return place.offset === 'now' && place.skip > 0 ? undefined : placeText(place);
}

/** Reads {@link placeText}; an offset of the server is a place too. `undefined` for what is neither. */
export function readPlace(text: string): DurablePlace | undefined {
  const [, offset, digits] = /^([^/]+)(?:\/(\d{1,16}))?$/.exec(text) ?? [];
  const skip = Number(digits ?? 0);
  if (offset === undefined || !Number.isSafeInteger(skip)) return undefined;
  return offset === 'now' && skip > 0 ? undefined : { offset, skip };
}
