/** The value that a JSON text has built so far, and the one place in it where the next part goes. */
export interface PartialTree {
  /** `undefined` before anything was put. */
  readonly root: unknown;
  /** The kind of the innermost container that is still open. */
  readonly inside: ContainerKind | undefined;
  /** How many containers are open. */
  readonly depth: number;
  /** The member that the next value belongs to. */
  name(name: string): void;
  /** Puts what there is of a value; a later `show` or `put` replaces it. */
  show(value: unknown): void;
  /** Puts a value that is whole. */
  put(value: unknown): void;
  open(kind: ContainerKind): void;
  close(): void;
}

export type ContainerKind = 'list' | 'record';

type Container =
  | { readonly kind: 'list'; readonly items: unknown[]; next: number }
  | { readonly kind: 'record'; readonly members: Record<string, unknown>; name: string };

/** An empty tree. Its containers are plain arrays and objects, put in their parents when they open and filled in place. */
export function partialTree(): PartialTree {
  // A list of our own in place of recursion: the text says how deep it goes.
  const containers: Container[] = [];
  let inner: Container | undefined;
  let root: unknown;
  const show = (value: unknown): void => {
    if (inner === undefined) root = value;
    else if (inner.kind === 'list') inner.items[inner.next] = value;
    else setMember(inner.members, inner.name, value);
  };
  const leave = (): void => {
    if (inner?.kind === 'list') inner.next += 1;
  };
  return {
    get root() {
      return root;
    },
    get inside() {
      return inner?.kind;
    },
    get depth() {
      return containers.length;
    },
    name: (name) => {
      if (inner?.kind === 'record') inner.name = name;
    },
    show,
    put: (value) => {
      show(value);
      leave();
    },
    open: (kind) => {
      const container: Container = kind === 'list' ? { kind, items: [], next: 0 } : { kind, members: {}, name: '' };
      show(container.kind === 'list' ? container.items : container.members);
      containers.push(container);
      inner = container;
    },
    close: () => {
      containers.pop();
      inner = containers.at(-1);
      leave();
    },
  };
}

/** Assigning to `__proto__` would change the prototype; `JSON.parse` makes a member of it, as of every other name. */
function setMember(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name in Object.prototype) {
    Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    members[name] = value;
  }
}
