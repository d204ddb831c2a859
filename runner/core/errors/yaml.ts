/** Errors of yaml: code to message and the next thing to do. */

export const yamlErrors = {
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
