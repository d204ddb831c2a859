/** Errors of inventory: code to message and the next thing to do. */

export const inventoryErrors = {
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
