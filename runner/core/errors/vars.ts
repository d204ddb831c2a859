/** Errors of vars: code to message and the next thing to do. */

export const varsErrors = {
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
