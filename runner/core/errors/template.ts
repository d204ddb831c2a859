/** Errors of template: code to message and the next thing to do. */

export const templateErrors = {
  'call-failed': (data: { readonly kind: string; readonly name: string; readonly problem: string; readonly hint?: string | undefined }) => ({
    message: `${data.kind} '${data.name}': ${data.problem}`,
    ...(data.hint === undefined ? {} : { hint: data.hint }),
  }),
  'undefined-value': (data: { readonly message: string }) => ({
    message: data.message,
    hint: "set it, or give it a value where it is missing: {{ name | default('…') }}",
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>
