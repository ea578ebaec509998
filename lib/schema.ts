/**
 * The part of Standard Schema v1 (https://standardschema.dev) that the toolkit uses; zod 4, valibot and arktype fit.
 *
 * Public types name this and never `z.ZodType`: an application with a second copy of zod would make the compiler
 * compare both libraries member by member, which takes minutes.
 */
export interface Schema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
