/** A piece of a call. An absent `id` or `index` is `undefined`, also where a server sends an empty text or `null`. */
export interface ToolFragment {
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string;
  readonly text: string;
}

/** One call as far as it has come. */
export interface ToolSlot {
  /** Counts from 0, in the order of the calls. */
  readonly order: number;
  /** Unique: a second call under the same id gets one of ours. */
  readonly id: string | undefined;
  /** As the server says it. */
  readonly givenId: string | undefined;
  /** The first that was given: some servers repeat it, some send it empty afterwards. */
  name: string;
  raw: string;
}

export interface ToolSlots {
  /** The call that a piece belongs to, with the piece in it. */
  take(fragment: ToolFragment): ToolSlot;
  /** In the order of the calls. */
  readonly all: readonly ToolSlot[];
}

/**
 * Which call a piece of `tool_calls` belongs to, by one rule for all servers: by index, if it is given and its call has no other id; else by id;
 * else the last one. A fresh id always opens a call, so that servers that number every call 0, or none, are read right.
 *
 * A piece that names a tool and goes on behind text that is whole opens a call too, and so does one that names another tool: appended it could
 * only be broken JSON.
 */
export function toolSlots(): ToolSlots {
  const all: ToolSlot[] = [];
  const byIndex = new Map<number, ToolSlot>();
  const byId = new Map<string, ToolSlot>();
  const open = ({ index, id, name }: ToolFragment): ToolSlot => {
    const slot: ToolSlot = { order: all.length, id: unused(id, byId, all.length), givenId: id, name, raw: '' };
    all.push(slot);
    if (index !== undefined) byIndex.set(index, slot);
    if (id !== undefined) byId.set(id, slot);
    return slot;
  };
  const find = (fragment: ToolFragment): ToolSlot | undefined => {
    const { index, id, name } = fragment;
    if (index !== undefined) {
      const slot = byIndex.get(index);
      if (slot === undefined) return id !== undefined && name === '' ? byId.get(id) : undefined;
      if (id === undefined) return same(slot, fragment);
      if (slot.givenId === id) return same(slot, fragment);
    }
    return same(id === undefined ? all.at(-1) : byId.get(id), fragment);
  };
  return {
    all,
    take: (fragment) => {
      const slot = find(fragment) ?? open(fragment);
      if (slot.name === '') slot.name = fragment.name;
      if (fragment.text !== '') slot.raw += fragment.text;
      return slot;
    },
  };
}

/** The call, unless the piece must be of another. Only pieces with a name are asked, so it costs nothing in a long input. */
function same(slot: ToolSlot | undefined, { name, text }: ToolFragment): ToolSlot | undefined {
  if (slot === undefined || name === '' || slot.name === '') return slot;
  const isOther = name !== slot.name;
  const isAnother = isWhole(slot.raw) ? isOther || text.trim() !== '' : isOther && slot.raw === '';
  return isAnother ? undefined : slot;
}

function isWhole(raw: string): boolean {
  if (!raw.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
}

/** Some servers use a tool's name as id: two calls of one tool would be one result. */
function unused(id: string | undefined, taken: ReadonlyMap<string, unknown>, order: number): string | undefined {
  return id !== undefined && taken.has(id) ? `${id}_${order}` : id;
}
