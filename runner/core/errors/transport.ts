/** Errors of transport: code to message and the next thing to do. */

export const transportErrors = {
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
