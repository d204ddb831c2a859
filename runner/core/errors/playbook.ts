/** Errors of playbook: code to message and the next thing to do. */

export const playbookErrors = {
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
