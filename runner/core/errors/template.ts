/** Errors of template: code to message and the next thing to do. */

export const templateErrors = {
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
