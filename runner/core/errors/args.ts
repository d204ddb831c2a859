/** Errors of args: code to message and the next thing to do. */

export const argErrors = {
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
