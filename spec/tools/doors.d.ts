/** One entry of `exports` in package.json; all paths are relative to the project. */
export interface Door {
  /** `./sources/x` */
  readonly name: string;
  /** `tailrace/sources/x` */
  readonly specifier: string;
  /** `sources-x` */
  readonly label: string;
  /** `sources/x/index.ts` */
  readonly source: string;
  /** `dist/sources/x/index.js` */
  readonly built: string;
  /** `dist/sources/x/index.d.ts` */
  readonly types: string;
}

export function readDoors(root?: string): Door[];
