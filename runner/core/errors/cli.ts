/** Errors of cli: code to message and the next thing to do. */

export const cliErrors = {
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
